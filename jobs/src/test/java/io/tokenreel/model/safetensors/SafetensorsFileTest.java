package io.tokenreel.model.safetensors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.testing.RunSeed;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsFileTest {

  @TempDir Path folder;

  @Test
  void open_ofWhatWasWritten_givesItBack() throws IOException {
    LinkedHashMap<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("z", tensor(SafetensorsDtype.U8, List.of(3L), 1, 2, 3));
    tensors.put("empty", tensor(SafetensorsDtype.F32, List.of(0L, 4L)));
    tensors.put("scalar", tensor(SafetensorsDtype.F16, List.of(), 0, 0x3c));
    Path path = write(tensors, Map.of("format", "pt"));

    SafetensorsFile file = SafetensorsFile.open(path);

    assertEquals(List.of("z", "empty", "scalar"), file.names());
    assertEquals(Map.of("format", "pt"), file.metadata());
    tensors.forEach((name, expected) -> assertEquals(expected, file.tensor(name).mapped()));
    assertArrayEquals(new float[] {1}, file.tensor("scalar").floats());
    assertTrue(file.tensor("z").data().isDirect(), "mapped, not read");
  }

  @Test
  void forEachPart_ofRowsOfAFile_givesTheirBytesInOrder() throws IOException {
    int rows = 3000;
    int columns = 333; // so that parts end within rows
    ByteBuffer data = ByteBuffer.allocate(rows * columns * 2);
    new Random(RunSeed.VALUE).nextBytes(data.array());
    LinkedHashMap<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("odd", tensor(SafetensorsDtype.U8, List.of(1L), 1)); // the next lies at an odd byte
    Tensor whole = new Tensor(SafetensorsDtype.BF16, List.of((long) rows, (long) columns), data);
    tensors.put("matrix", whole);
    Tensor stored = SafetensorsFile.open(write(tensors, Map.of())).tensor("matrix");

    for (int from : new int[] {0, 1, 1234}) {
      ByteBuffer found = ByteBuffer.allocate((rows - from) * columns * 2);
      stored.rows(from, rows).forEachPart(found::put);
      assertEquals(whole.rows(from, rows).data(), found.flip(), "seed " + RunSeed.VALUE);
      assertArrayEquals(
          whole.rows(from, from + 2L).floats(), stored.rows(from, from + 2L).floats());
    }
  }

  @Test
  void tensor_ofAFileThatWasReplacedSince_saysSo() throws IOException {
    LinkedHashMap<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("a", tensor(SafetensorsDtype.U8, List.of(2L), 7, 8));
    Path path = write(tensors, Map.of());
    Tensor before = SafetensorsFile.open(path).tensor("a");
    Path other = Files.write(folder.resolve("other"), Files.readAllBytes(path));
    Files.setLastModifiedTime(other, FileTime.from(Instant.now().plusSeconds(5)));
    Files.move(other, path, StandardCopyOption.REPLACE_EXISTING);
    for (Executable reading : List.<Executable>of(before::mapped, before::data)) {
      String message = assertThrows(IllegalStateException.class, reading).getMessage();
      assertTrue(message.contains(path.toString()) && message.contains("start again"), message);
    }
    assertThrows(IllegalStateException.class, () -> before.forEachPart(part -> {}));
  }

  /** A killed task may be the one that opens a model for others. */
  @Test
  void open_byAThreadThatIsInterrupted_readsAllAndStaysInterrupted() throws IOException {
    LinkedHashMap<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("a", tensor(SafetensorsDtype.U8, List.of(2L), 7, 8));
    Path path = write(tensors, Map.of());
    Thread.currentThread().interrupt();
    try {
      Tensor stored = SafetensorsFile.open(path).tensor("a");
      assertEquals(tensors.get("a"), stored.mapped());
      stored.forEachPart(part -> assertEquals(tensors.get("a").data(), part));
    } finally {
      assertTrue(Thread.interrupted(), "an interrupt was lost");
    }
  }

  @Test
  void write_twice_givesTheSameBytesOnAnEightByteBoundary() throws IOException {
    LinkedHashMap<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("a", tensor(SafetensorsDtype.U8, List.of(1L), 7));
    ByteArrayOutputStream first = new ByteArrayOutputStream();
    ByteArrayOutputStream second = new ByteArrayOutputStream();
    SafetensorsWriter.write(first, tensors, Map.of());
    SafetensorsWriter.write(second, tensors, Map.of());
    assertArrayEquals(first.toByteArray(), second.toByteArray());
    assertEquals(1, first.size() % 8);
  }

  @Test
  void floats_ofEveryHalf_areThoseOfTheDefinition() {
    for (int bits = 0; bits < 0x7c00; bits++) {
      int exponent = bits >> 10;
      double fraction = (bits & 0x3ff) / 1024.0;
      double expected =
          exponent == 0 ? Math.scalb(fraction, -14) : Math.scalb(1 + fraction, exponent - 15);
      assertEquals((float) expected, half(bits));
      assertEquals((float) -expected, half(bits | 0x8000));
    }
    assertEquals(Float.POSITIVE_INFINITY, half(0x7c00));
    assertEquals(Float.NEGATIVE_INFINITY, half(0xfc00));
    assertTrue(Float.isNaN(half(0x7e00)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}|takes 8 bytes, in 4",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}}|cut short",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[-4,0]}}|bytes -4 to 0",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}|described as",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}|described as",
        "{\"a\":{\"dtype\":\"F8\",\"shape\":[1],\"data_offsets\":[0,1]}}|unknown safetensors dtype 'F8'",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[3037000500,3037000500],\"data_offsets\":[0,1]}}|overflow",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]},\"b\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[1,3]}}|tensors 'a' and 'b' on the same bytes",
        "{\"a\":|not JSON",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]}}|not JSON",
      })
  void open_ofAMalformedHeader_saysWhatIsWrong(String header, String expected) throws IOException {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    Path path = raw(json.length, json);
    String message =
        assertThrows(IllegalArgumentException.class, () -> SafetensorsFile.open(path)).getMessage();
    assertTrue(message.contains(expected) && message.contains(path.toString()), message);
  }

  @Test
  void open_ofAHeaderLongerThanTheFile_saysSo() throws IOException {
    for (long length : new long[] {-1, 0, 1L << 40}) {
      Path path = raw(length, new byte[] {'{', '}'});
      assertThrows(IllegalArgumentException.class, () -> SafetensorsFile.open(path));
    }
    Path tiny = Files.write(folder.resolve("tiny"), new byte[3]);
    assertThrows(IllegalArgumentException.class, () -> SafetensorsFile.open(tiny));
  }

  @Test
  void tensor_thatIsNotThere_isAnErrorThatNamesIt() throws IOException {
    SafetensorsFile file = SafetensorsFile.open(write(new LinkedHashMap<>(), Map.of()));
    String message =
        assertThrows(IllegalArgumentException.class, () -> file.tensor("absent")).getMessage();
    assertTrue(message.contains("'absent'"), message);
  }

  private Path write(Map<String, Tensor> tensors, Map<String, String> metadata) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    SafetensorsWriter.write(out, tensors, metadata);
    return Files.write(folder.resolve("file.safetensors"), out.toByteArray());
  }

  /** A header of a declared length, then eight bytes of data. */
  private Path raw(long length, byte[] header) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(8 + header.length + 8).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(length).put(header);
    return Files.write(folder.resolve("raw.safetensors"), bytes.array());
  }

  private static Tensor tensor(SafetensorsDtype dtype, List<Long> shape, int... bytes) {
    ByteBuffer data = ByteBuffer.allocate(bytes.length);
    for (int value : bytes) {
      data.put((byte) value);
    }
    return new Tensor(dtype, shape, data.flip());
  }

  private static float half(int bits) {
    return tensor(SafetensorsDtype.F16, List.of(1L), bits & 0xff, bits >> 8).floats()[0];
  }
}
