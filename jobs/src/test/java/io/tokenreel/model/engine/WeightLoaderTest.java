package io.tokenreel.model.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.tokenreel.model.ComputeType;
import io.tokenreel.model.safetensors.SafetensorsDtype;
import io.tokenreel.model.safetensors.SafetensorsFile;
import io.tokenreel.model.safetensors.SafetensorsWriter;
import io.tokenreel.model.safetensors.SparseTensor;
import io.tokenreel.model.safetensors.Tensor;
import io.tokenreel.testing.RunSeed;
import io.tokenreel.token.TokenFormat;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class WeightLoaderTest {

  private static final long SEED = RunSeed.VALUE;
  private static final int ROWS = 7;
  private static final int COLUMNS = 5;

  private final Random random = new Random(SEED);

  static Stream<Arguments> storedAndComputed() {
    return Stream.of(SafetensorsDtype.F32, SafetensorsDtype.F16, SafetensorsDtype.BF16)
        .flatMap(stored -> Stream.of(ComputeType.values()).map(type -> Arguments.of(stored, type)));
  }

  /** Stored at an odd address too, as the format allows. */
  private Tensor tensor(SafetensorsDtype stored, int misaligned) {
    float[] values = new float[ROWS * COLUMNS];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    byte[] bytes = TokenFormat.valueOf(stored.name()).encode(values);
    ByteBuffer memory = ByteBuffer.allocateDirect(bytes.length + misaligned);
    memory.position(misaligned).put(bytes);
    return new Tensor(
        stored,
        List.of((long) ROWS, (long) COLUMNS),
        memory.position(misaligned).slice().asReadOnlyBuffer());
  }

  /** The array's bytes, as numbers. */
  private static float[] numbers(NDArray array, ComputeType type) {
    ByteBuffer direct = array.toByteBuffer(true);
    byte[] bytes = new byte[direct.remaining()];
    direct.get(bytes);
    return type.format().decode(bytes);
  }

  private static float[] rounded(Tensor tensor, ComputeType type) {
    return type.format().decode(type.format().encode(tensor.floats()));
  }

  @ParameterizedTest
  @MethodSource("storedAndComputed")
  void matrix_ofEachStoredType_isRoundedToNearestEven(SafetensorsDtype stored, ComputeType type) {
    try (NDManager manager = PyTorch.engine().newBaseManager(Device.cpu())) {
      WeightLoader loader = new WeightLoader(manager, type);
      for (int misaligned = 0; misaligned < 4; misaligned++) {
        Tensor tensor = tensor(stored, misaligned);
        NDArray matrix = loader.matrix(tensor);
        assertEquals(List.of(7L, 5L), Arrays.stream(matrix.getShape().getShape()).boxed().toList());
        assertArrayEquals(rounded(tensor, type), numbers(matrix, type), "seed " + SEED);
        assertArrayEquals(
            tensor.floats(), numbers(loader.values(tensor), ComputeType.F32), "seed " + SEED);
      }
      assertEquals(8, manager.getManagedArrays().size(), "what a conversion makes ends with it");
    }
  }

  @ParameterizedTest
  @MethodSource("storedAndComputed")
  void matrix_ofSeveral_holdsThemBelowEachOther(SafetensorsDtype stored, ComputeType type) {
    try (NDManager manager = PyTorch.engine().newBaseManager(Device.cpu())) {
      Tensor upper = tensor(stored, 0);
      Tensor lower = tensor(SafetensorsDtype.BF16, 0);
      NDArray joined = new WeightLoader(manager, type).matrix(upper, lower);
      float[] found = numbers(joined, type);
      int half = ROWS * COLUMNS;
      assertArrayEquals(rounded(upper, type), Arrays.copyOf(found, half), "seed " + SEED);
      assertArrayEquals(
          rounded(lower, type), Arrays.copyOfRange(found, half, 2 * half), "seed " + SEED);
      assertEquals(1, manager.getManagedArrays().size());
    }
  }

  @ParameterizedTest
  @MethodSource("storedAndComputed")
  void columns_ofAMatrix_lieRowAfterRow(SafetensorsDtype stored, ComputeType type) {
    try (NDManager manager = PyTorch.engine().newBaseManager(Device.cpu())) {
      Tensor tensor = tensor(stored, 0);
      float[] all = rounded(tensor, type);
      WeightLoader loader = new WeightLoader(manager, type);
      for (int from = 0; from < COLUMNS; from++) {
        float[] found = numbers(loader.columns(tensor, from, COLUMNS), type);
        int width = COLUMNS - from;
        for (int row = 0; row < ROWS; row++) {
          assertArrayEquals(
              Arrays.copyOfRange(all, row * COLUMNS + from, (row + 1) * COLUMNS),
              Arrays.copyOfRange(found, row * width, (row + 1) * width),
              "seed " + SEED);
        }
      }
      assertEquals(COLUMNS, manager.getManagedArrays().size());
    }
  }

  @Test
  void slices_ofMoreThan2GiB_areLoadedOneByOneAndTheWholeIsRefused(@TempDir Path folder)
      throws IOException {
    int rows = (1 << 19) + 3; // of 4 KiB
    Tensor tensor =
        SparseTensor.write(
            folder.resolve("w"), SafetensorsDtype.F32, rows, 1024, 1, (1 << 19) - 1, rows - 1);
    try (NDManager manager = PyTorch.engine().newBaseManager(Device.cpu())) {
      WeightLoader loader = new WeightLoader(manager, ComputeType.F32);
      List<NDArray> slices = loader.slices(tensor);
      assertEquals(2, slices.size());
      assertEquals((1 << 19) - 1, slices.get(0).getShape().get(0));
      assertEquals(1, slices.get(0).getFloat(1, 0));
      assertEquals(0, slices.get(0).getFloat((1 << 19) - 2, 0));
      assertEquals(2, slices.get(1).getFloat(0, 0));
      assertEquals(3, slices.get(1).getFloat(3, 0));
      String message =
          assertThrows(IllegalArgumentException.class, () -> loader.matrix(tensor)).getMessage();
      assertTrue(message.contains("choose a --compute-dtype of fewer bytes"), message);
    }
  }

  /** Mapped pages count as a process's memory, so a copy beside them would take twice as much. */
  @ParameterizedTest
  @MethodSource("storedAndComputed")
  @EnabledOnOs(OS.LINUX)
  void load_ofAFile_leavesMappedOnlyWhatItComputesFrom(
      SafetensorsDtype stored, ComputeType type, @TempDir Path folder) throws IOException {
    Path path = folder.resolve("weights.safetensors");
    Tensor written = tensor(stored, 0);
    try (OutputStream out = Files.newOutputStream(path)) {
      SafetensorsWriter.write(out, Map.of("w", written), Map.of());
    }
    try (NDManager manager = PyTorch.engine().newBaseManager(Device.cpu())) {
      WeightLoader loader = new WeightLoader(manager, type);
      Tensor tensor = SafetensorsFile.open(path).tensor("w");
      NDArray matrix = loader.matrix(tensor);
      NDArray columns = loader.columns(tensor, 1, COLUMNS);
      assertArrayEquals(rounded(written, type), numbers(matrix, type), "seed " + SEED);
      assertEquals(ROWS, columns.getShape().get(0));
      String name = path.toRealPath().toString();
      long mappings =
          Files.readAllLines(Path.of("/proc/self/maps")).stream()
              .filter(line -> line.endsWith(name))
              .count();
      assertEquals(stored == SafetensorsDtype.F32 && type == ComputeType.F32 ? 1 : 0, mappings);
    }
  }
}
