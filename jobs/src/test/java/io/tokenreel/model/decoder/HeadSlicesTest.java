package io.tokenreel.model.decoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.tokenreel.model.ComputeType;
import io.tokenreel.model.checkpoint.CheckpointFolder;
import io.tokenreel.model.engine.PyTorch;
import io.tokenreel.model.engine.WeightLoader;
import io.tokenreel.model.safetensors.SafetensorsDtype;
import io.tokenreel.model.safetensors.SparseTensor;
import io.tokenreel.testing.RunSeed;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Embeddings and heads of more than one buffer. */
class HeadSlicesTest {

  private static final DecoderConfig CONFIG =
      new DecoderConfig(48, 80, 1, 4, 2, 70, 256, 1e-6, 1e6, true);

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void logits_ofAHeadInSlices_areThoseOfOne(ComputeType type) throws IOException {
    new SeededQwen2("Any", CONFIG).write(folder);
    CheckpointFolder checkpoint =
        CheckpointFolder.open(folder.toUri().toString(), new Configuration());
    DecoderWeights weights = new DecoderWeights(checkpoint, CONFIG, true);
    Random random = new Random(RunSeed.VALUE);
    float[] row = new float[CONFIG.hidden()];
    for (int i = 0; i < row.length; i++) {
      row[i] = (float) random.nextGaussian();
    }
    long eightRows = 8L * CONFIG.hidden() * Float.BYTES; // 35 are a share: the last slice has fewer
    try (NDManager manager = PyTorch.engine().newBaseManager(Device.cpu());
        NDArray rows = manager.create(row, new Shape(1, row.length));
        DecoderShare one =
            new DecoderShare(new WeightLoader(manager, type), CONFIG, weights, 1, 2);
        DecoderShare slices =
            new DecoderShare(new WeightLoader(manager, type, eightRows), CONFIG, weights, 1, 2)) {
      assertArrayEquals(
          one.rows().orElseThrow().logits(row), slices.rows().orElseThrow().logits(row));
      NDArray found = slices.logits(rows);
      assertEquals(new Shape(1, 35), found.getShape());
      float most = type == ComputeType.F32 ? 1e-5f : 0.05f;
      assertArrayEquals(
          one.logits(rows).toFloatArray(), found.toFloatArray(), most, "seed " + RunSeed.VALUE);
    }
  }

  /** Of the width of Qwen2's 72B; it takes no disk. */
  @Test
  void rows_ofAnEmbeddingOfMoreThan2GiB_areThoseOfTheFile() throws IOException {
    int hidden = 8192;
    int vocabulary = 152064;
    int[] ids = {0, 131070, 131071, 131072, vocabulary - 1};
    TextEmbedding embedding =
        new TextEmbedding(
            SparseTensor.write(
                folder.resolve("w"), SafetensorsDtype.BF16, vocabulary, hidden, ids));
    float[] rows = embedding.rows(ids);
    for (int i = 0; i < ids.length; i++) {
      assertEquals(i + 1, rows[i * hidden], "row " + ids[i]);
      assertEquals(0, rows[i * hidden + 1]);
    }
  }
}
