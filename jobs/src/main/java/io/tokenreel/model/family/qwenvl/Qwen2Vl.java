package io.tokenreel.model.family.qwenvl;

/** The Qwen2-VL (arXiv 2409.12191) family. */
public final class Qwen2Vl extends QwenVl {

  public Qwen2Vl() {
    super(QwenVlKind.QWEN2_VL);
  }
}
