package io.tokenreel.video;

import java.util.Objects;

/**
 * The sampled frames of one video, upright, resized for the encoder, in presentation order.
 *
 * @param size of each frame
 * @param rgb {@code [count][height][width][3]}, uint8, owned by this record and not written to
 *     again
 * @param ptsMicros {@code [count]}, presentation times in microseconds from the video's first
 *     frame, ascending; equal where a short video's frames repeat
 */
public record Frames(FrameSize size, byte[] rgb, long[] ptsMicros) {

  public Frames {
    Objects.requireNonNull(size, "size");
    long expected = (long) ptsMicros.length * size.rgbBytes();
    if (rgb.length != expected) {
      throw new IllegalArgumentException(
          "%d frames of %s must hold %d bytes; got %d"
              .formatted(ptsMicros.length, size, expected, rgb.length));
    }
  }

  public int count() {
    return ptsMicros.length;
  }
}
