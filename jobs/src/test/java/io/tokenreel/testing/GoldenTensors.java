package io.tokenreel.testing;

import io.tokenreel.model.safetensors.SafetensorsFile;
import io.tokenreel.model.safetensors.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** What a reference computed of a golden checkpoint, its {@code expected.safetensors}. */
public final class GoldenTensors {

  private final SafetensorsFile file;

  private GoldenTensors(SafetensorsFile file) {
    this.file = file;
  }

  /** Of the folder of a golden. */
  public static GoldenTensors of(Path folder) {
    return new GoldenTensors(SafetensorsFile.open(folder.resolve("expected.safetensors")));
  }

  public boolean has(String name) {
    return file.names().contains(name);
  }

  /** All names, sorted. */
  public List<String> names() {
    return file.names().stream().sorted().toList();
  }

  public Tensor tensor(String name) {
    return file.tensor(name);
  }

  public float[] floats(String name) {
    return file.tensor(name).floats();
  }

  /** An I64 tensor, row-major. */
  public long[] longs(String name) {
    LongBuffer buffer = data(name).asLongBuffer();
    long[] longs = new long[buffer.remaining()];
    buffer.get(longs);
    return longs;
  }

  /** An I64 tensor of small numbers, row-major. */
  public int[] ints(String name) {
    return Arrays.stream(longs(name)).mapToInt(Math::toIntExact).toArray();
  }

  /** The first number of an F64 tensor. */
  public double number(String name) {
    return data(name).getDouble(0);
  }

  /** A U8 tensor, row-major. */
  public byte[] bytes(String name) {
    ByteBuffer data = data(name);
    byte[] bytes = new byte[data.remaining()];
    data.get(bytes);
    return bytes;
  }

  /** An entry of the metadata. */
  public String text(String key) {
    return file.metadata().get(key);
  }

  private ByteBuffer data(String name) {
    return file.tensor(name).data().duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }
}
