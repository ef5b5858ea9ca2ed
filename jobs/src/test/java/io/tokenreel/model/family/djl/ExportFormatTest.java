package io.tokenreel.model.family.djl;

import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.engine.Engine;
import io.tokenreel.model.engine.PyTorch;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ExportFormatTest {

  @Test
  void withoutEngine_ofOnnx_namesTheVersionsThatTheTestsHave() {
    PyTorch.engine();
    ExportedFile file = new ExportedFile("m", "m.onnx", ExportFormat.ONNX, Path.of("m.onnx"));
    String message = file.withoutEngine(null).getMessage();
    String runtime = Engine.getEngine("OnnxRuntime").getVersion();
    for (String jar :
        new String[] {
          ":onnxruntime-engine:" + Engine.getDjlVersion(),
          "onnxruntime-engine-" + Engine.getDjlVersion() + ".jar",
          "onnxruntime-" + runtime + ".jar"
        }) {
      assertTrue(message.contains(jar), message);
    }
  }
}
