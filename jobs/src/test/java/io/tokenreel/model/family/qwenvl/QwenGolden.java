package io.tokenreel.model.family.qwenvl;

import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.tokenreel.model.checkpoint.CheckpointFolder;
import io.tokenreel.model.checkpoint.Settings;
import io.tokenreel.model.safetensors.Tensor;
import io.tokenreel.testing.GoldenTensors;
import io.tokenreel.testing.SharedFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/** A tiny Qwen-VL checkpoint with what Transformers computes from it. */
final class QwenGolden {

  static final Path FOLDERS = Path.of("jobs", "src", "test", "resources", "goldens");

  private final Path path;
  private final GoldenTensors expected;
  final CheckpointFolder folder;
  final QwenVlKind kind;
  final QwenVisionConfig config;
  final QwenPixels pixels;
  final QwenVisionWeights weights;

  QwenGolden(Path path) {
    this.path = path;
    this.expected = GoldenTensors.of(path);
    this.folder = folder(path);
    this.kind = kind(path).orElseThrow();
    this.config = QwenVisionConfig.read(kind, folder);
    this.pixels = QwenPixels.read(folder, config);
    this.weights = new QwenVisionWeights(folder, config);
  }

  /** The folders of the repository, and more of the same layout in ../shared. */
  static List<Path> paths() throws IOException {
    return SharedFiles.with(FOLDERS, "goldens/models", "").stream()
        .filter(path -> Files.exists(path.resolve("expected.safetensors")))
        .filter(path -> kind(path).isPresent())
        .toList();
  }

  static CheckpointFolder folder(Path path) {
    return CheckpointFolder.open(path.toString(), new Configuration());
  }

  private static Optional<QwenVlKind> kind(Path path) {
    Settings config = Settings.read(folder(path), "config.json");
    return QwenVlKind.of(config.words("architectures").get(0));
  }

  boolean has(String name) {
    return expected.has(name);
  }

  List<String> names() {
    return expected.names();
  }

  float[] floats(String name) {
    return expected.floats(name);
  }

  List<Long> shape(String name) {
    return expected.tensor(name).shape();
  }

  /** An I64 tensor, row-major. */
  long[] longs(String name) {
    return expected.longs(name);
  }

  /** Steps of the video; an odd last frame is half of one. */
  int steps() {
    return (int) longs("video_grid_thw")[0];
  }

  PatchGrid grid() {
    long[] grid = longs("video_grid_thw");
    return new PatchGrid((int) grid[1], (int) grid[2], config.merge());
  }

  /** {@code (steps, 2, height, width, 3)}, the last frame repeated where their number is odd. */
  NDArray rgb(NDManager manager) {
    Tensor resized = expected.tensor("resized");
    int frameBytes = resized.data().remaining() / Math.toIntExact(resized.shape().get(0));
    ByteBuffer bytes = ByteBuffer.allocateDirect(2 * steps() * frameBytes);
    bytes.put(resized.data().duplicate());
    if (bytes.hasRemaining()) {
      bytes.put(resized.data().slice(resized.data().limit() - frameBytes, frameBytes));
    }
    return manager.create(
        bytes.flip(),
        new Shape(steps(), 2, resized.shape().get(1), resized.shape().get(2), 3),
        DataType.UINT8);
  }

  /** Compares values; a NaN differs from everything. */
  void assertClose(String name, NDArray actual, double tolerance) {
    float[] wanted = floats(name);
    double worst = difference(wanted, actual.toFloatArray());
    assertTrue(worst <= tolerance, path + " " + name + " differs by " + worst);
  }

  /** The largest difference of two arrays of the same length. */
  static double difference(float[] expected, float[] actual) {
    assertTrue(expected.length == actual.length, expected.length + " and " + actual.length);
    double worst = 0;
    for (int i = 0; i < expected.length; i++) {
      double difference = Math.abs((double) expected[i] - actual[i]);
      worst = difference <= worst ? worst : difference;
    }
    return worst;
  }
}
