package io.tokenreel.video;

import java.util.Objects;

/**
 * {@code fixed:384x384}: every frame has one size, whatever the source's shape, by Pillow's
 * bicubic.
 *
 * @param size of every frame
 */
public record FixedFit(FrameSize size) implements FrameFit {

  static final String NAME = "fixed";

  public FixedFit {
    Objects.requireNonNull(size, "size");
  }

  @Override
  public FrameSize size(FrameSize source, int frames) {
    return size;
  }

  @Override
  public long mostPixels(int frames) {
    return (long) size.height() * size.width();
  }

  @Override
  public Resampling resampling() {
    return Resampling.PILLOW;
  }

  @Override
  public String toString() {
    return "%s:%dx%d".formatted(NAME, size.height(), size.width());
  }
}
