package io.tokenreel.model.family.qwenvl;

/** The Qwen3-VL (arXiv 2511.21631) family. */
public final class Qwen3Vl extends QwenVl {

  public Qwen3Vl() {
    super(QwenVlKind.QWEN3_VL);
  }
}
