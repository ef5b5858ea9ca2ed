package io.tokenreel.video;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Resizes images of one size, by {@link BicubicResizer} or, level for level the same, by {@link
 * VectorResizer}. The second takes a quarter of the time, and half a second once, until it is
 * compiled: so a process that resizes little never comes to it. Not thread-safe.
 */
public final class RowResizer {

  /** Pixels that the first resizes in the time that the second takes to be compiled. */
  private static final long PIXELS_UNTIL_VECTORS = 1 << 26;

  /** Of this process. */
  private static final AtomicLong RESIZED_PIXELS = new AtomicLong();

  private final FrameSize source;
  private final FrameSize target;
  private final Resampling resampling;
  private BicubicResizer scalar;
  private VectorResizer vector;

  public RowResizer(FrameSize source, FrameSize target, Resampling resampling) {
    this.source = source;
    this.target = target;
    this.resampling = resampling;
  }

  /** The size of the images to {@link #resize}. */
  public FrameSize source() {
    return source;
  }

  /** As {@link BicubicResizer#resize(BicubicResizer.Rows)}. */
  public byte[] resize(BicubicResizer.Rows image) {
    long before = RESIZED_PIXELS.getAndAdd((long) source.height() * source.width());
    if (before >= PIXELS_UNTIL_VECTORS && !source.equals(target) && Vectors.CAN_RESIZE) {
      if (vector == null) {
        scalar = null; // whose rows take as much memory
        vector = new VectorResizer(source, target, resampling);
      }
      return vector.resize(image);
    }
    if (scalar == null) {
      scalar = new BicubicResizer(source, target, resampling);
    }
    return scalar.resize(image);
  }

  /** Asked when vectors would be used first. */
  private static final class Vectors {

    static final boolean CAN_RESIZE =
        ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()
            && VectorResizer.isAvailable();
  }
}
