package io.tokenreel.video;

/** How pixels of 8 bits are resized: one bicubic filter, in two precisions. */
public enum Resampling {

  /** Pillow's: weights in 22-bit fixed point. */
  PILLOW,

  /**
   * torchvision's on uint8: the largest precision, of an axis, whose weights fit 16 bits with a
   * sign. Source: ATen/native/cpu/UpSampleKernel.cpp.
   */
  TORCHVISION
}
