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
 * @param frameIndex {@code [count]}, which of the source's frames each one is, from 0, ascending;
 *     equal where frames repeat
 * @param source what they were sampled from
 */
public record Frames(
    FrameSize size, byte[] rgb, long[] ptsMicros, int[] frameIndex, SourceInfo source) {

  public Frames {
    Objects.requireNonNull(size, "size");
    Objects.requireNonNull(source, "source");
    long expected = (long) ptsMicros.length * size.rgbBytes();
    if (rgb.length != expected) {
      throw new IllegalArgumentException(
          "%d frames of %s must hold %d bytes; got %d"
              .formatted(ptsMicros.length, size, expected, rgb.length));
    }
    if (frameIndex.length != ptsMicros.length) {
      throw new IllegalArgumentException(
          "expected as many indices as times; got %d and %d"
              .formatted(frameIndex.length, ptsMicros.length));
    }
  }

  public int count() {
    return ptsMicros.length;
  }
}
