package io.tokenreel.video;

/** What tests of other packages do with decoder processes. */
public final class TestDecoders {

  private TestDecoders() {}

  /** Ends those of this JVM that no task has, as happens some seconds after their last one. */
  public static void endIdle() {
    IdleDecoders.SHARED.endAll();
  }
}
