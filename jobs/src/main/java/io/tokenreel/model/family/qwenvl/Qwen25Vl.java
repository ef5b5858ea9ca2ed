package io.tokenreel.model.family.qwenvl;

/** The Qwen2.5-VL (arXiv 2502.13923) family. */
public final class Qwen25Vl extends QwenVl {

  public Qwen25Vl() {
    super(QwenVlKind.QWEN2_5_VL);
  }
}
