package io.tokenreel.video;

import java.io.Serializable;

/** The size in pixels that frames are resized to for an encoder. */
public record FrameSize(int height, int width) implements Serializable {

  public FrameSize {
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "frame height and width must be at least 1; got %d x %d".formatted(height, width));
    }
  }

  /** Bytes of one RGB frame of this size. */
  public int rgbBytes() {
    return Math.multiplyExact(Math.multiplyExact(height, width), 3);
  }

  /** As messages name it, {@code height x width}. */
  @Override
  public String toString() {
    return height + " x " + width;
  }
}
