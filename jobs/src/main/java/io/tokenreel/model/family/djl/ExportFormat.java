package io.tokenreel.model.family.djl;

import ai.djl.engine.EngineProvider;
import java.util.Map;
import java.util.ServiceLoader;

/** The forms of an exported model, by its file's ending, and DJL's engine for each. */
enum ExportFormat {
  /** Its weights go to the device that is asked for, wherever they were exported. */
  TORCHSCRIPT(".pt", "PyTorch", Map.of("mapLocation", "true")),

  /** One thread per pass: passes run side by side instead, as PyTorch's do. */
  ONNX(".onnx", "OnnxRuntime", Map.of("intraOpNumThreads", "1", "interOpNumThreads", "1"));

  private final String ending;
  private final String engine;
  private final Map<String, String> options;

  ExportFormat(String ending, String engine, Map<String, String> options) {
    this.ending = ending;
    this.engine = engine;
    this.options = options;
  }

  /** How names of its files end. */
  String ending() {
    return ending;
  }

  /** DJL's name of the engine. */
  String engine() {
    return engine;
  }

  /** Options with which the engine loads a model. */
  Map<String, String> options() {
    return options;
  }

  /** Whether the engine is on the class path; starts none. */
  boolean hasEngine() {
    return ServiceLoader.load(EngineProvider.class).stream()
        .anyMatch(provider -> provider.get().getEngineName().equals(engine));
  }
}
