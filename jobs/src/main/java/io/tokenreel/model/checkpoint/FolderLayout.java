package io.tokenreel.model.checkpoint;

/** The kinds of folders that a model may be, distinguished by how the model's name begins. */
public enum FolderLayout {
  /** A checkpoint whose settings name its architecture. */
  HUGGING_FACE(
      "",
      CheckpointFolder.CONFIG,
      "expected a Hugging Face checkpoint folder (config.json, *.safetensors, preprocessor_config.json) on any Hadoop file system, or 'default'"),

  /** One exported vision encoder and what its file does not say. */
  EXPORTED(
      FolderLayout.EXPORTED_PREFIX,
      FolderLayout.EXPORTED_SETTINGS,
      "expected the folder of an exported encoder (one *.pt or *.onnx file, and tokenreel.yaml) on any Hadoop file system");

  /** What the name of an exported encoder begins with, before its folder. */
  public static final String EXPORTED_PREFIX = "djl:";

  /** The file of an exported encoder's folder that says what the exported file does not. */
  public static final String EXPORTED_SETTINGS = "tokenreel.yaml";

  private final String prefix;
  private final String settings;
  private final String expected;

  FolderLayout(String prefix, String settings, String expected) {
    this.prefix = prefix;
    this.settings = settings;
    this.expected = expected;
  }

  /** The layout of a model's folder. */
  public static FolderLayout of(String model) {
    return model.startsWith(EXPORTED.prefix) ? EXPORTED : HUGGING_FACE;
  }

  /** What the name of a model with this layout begins with. */
  String prefix() {
    return prefix;
  }

  /** The file without which a folder is no such model. */
  String settings() {
    return settings;
  }

  /** What an error says that a folder should be. */
  String expected() {
    return expected;
  }
}
