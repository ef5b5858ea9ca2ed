package io.tokenreel.testing;

import java.nio.file.Path;

/** Where the repository's test files lie; tests run in the repository's root. */
public final class Fixtures {

  private static final Path RESOURCES =
      Path.of("jobs", "src", "test", "resources").toAbsolutePath();

  /** A small corpus; its README.md says what each video is. */
  public static final Path VIDEOS = RESOURCES.resolve("videos");

  /** Tiny checkpoints of every family, each with what its reference computes of it. */
  public static final Path GOLDENS = RESOURCES.resolve("goldens");

  /** Settings of the goldens as versions of Transformers save them; {@code VERSION/FAMILY}. */
  public static final Path LAYOUTS = RESOURCES.resolve("layouts");

  /** A tiny LLaVA-OneVision with {@code expected.safetensors}, what Transformers computes of it. */
  public static final Path LLAVA_ONEVISION = GOLDENS.resolve("llava_onevision_tiny");

  /** A tiny LLaVA-Video with what LLaVA-NeXT's code computes of it. */
  public static final Path LLAVA_VIDEO = GOLDENS.resolve("llava_video_tiny");

  /** The part of its weights that has the vision side. */
  public static final Path LLAVA_ONEVISION_VISION =
      LLAVA_ONEVISION.resolve("model-00001-of-00002.safetensors");

  /** Sizes and pixels of Qwen's models: {@code frames, resized, smart_resize.cases}. */
  public static final Path FITS = GOLDENS.resolve("fit");

  private Fixtures() {}
}
