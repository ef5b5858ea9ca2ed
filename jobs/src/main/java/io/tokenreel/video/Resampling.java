package io.tokenreel.video;

/** How pixels of 8 bits are resized: one bicubic filter, in two precisions. */
public enum Resampling {

  /**
   * Pillow's, up to 12.3: weights in 22-bit fixed point, across and then down. Pillow 13.0 resizes
   * some shapes down first, which rounds otherwise.
   */
  PILLOW,

  /**
   * torchvision's on uint8: the largest precision, of an axis, whose weights fit 16 bits with a
   * sign. Source: ATen/native/cpu/UpSampleKernel.cpp.
   */
  TORCHVISION
}
