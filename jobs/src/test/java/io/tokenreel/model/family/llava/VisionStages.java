package io.tokenreel.model.family.llava;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.tokenreel.model.ComputeType;
import io.tokenreel.model.checkpoint.CheckpointFolder;
import io.tokenreel.model.engine.PyTorch;
import io.tokenreel.model.engine.WeightLoader;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;

/** Every stage of a checkpoint's vision side, under the names that the goldens use. */
final class VisionStages {

  private VisionStages() {}

  /**
   * Runs all stages over all frames at once on the CPU.
   *
   * @param rgb {@code [frames][size][size][3]}
   * @return pixel_values, vision_hidden.i for every i (all frames), projected, pooled; row-major
   */
  static Map<String, float[]> run(Path checkpoint, byte[] rgb, int frames) {
    CheckpointFolder folder = CheckpointFolder.open(checkpoint.toString(), new Configuration());
    LlavaVisionConfig config = new LlavaOnevision().vision(folder);
    VisionWeights weights = new VisionWeights(folder, config);
    Map<String, float[]> stages = new LinkedHashMap<>();
    try (NDManager manager = PyTorch.engine().newBaseManager(Device.cpu());
        SiglipEncoder encoder =
            new SiglipEncoder(new WeightLoader(manager, ComputeType.F32), config, weights);
        Projector projector =
            new Projector(new WeightLoader(manager, ComputeType.F32), config, weights)) {
      int size = config.vision().imageSize();
      ByteBuffer direct = ByteBuffer.allocateDirect(rgb.length).put(rgb).flip();
      NDArray scaled =
          encoder.scale(manager.create(direct, new Shape(frames, size, size, 3), DataType.UINT8));
      stages.put("pixel_values", scaled.transpose(0, 3, 1, 2).toFloatArray());
      NDArray x = encoder.embed(scaled);
      stages.put("vision_hidden.0", x.toFloatArray());
      for (int i = 0; i < encoder.layers(); i++) {
        x = encoder.layer(i, x);
        stages.put("vision_hidden." + (i + 1), x.toFloatArray());
      }
      NDArray projected = projector.project(x);
      stages.put("projected", projected.toFloatArray());
      stages.put("pooled", projector.pool(projected).toFloatArray());
      return stages;
    }
  }
}
