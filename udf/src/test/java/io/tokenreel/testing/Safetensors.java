package io.tokenreel.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.TreeMap;

/**
 * A safetensors file read whole: eight bytes of header length, a JSON header, then the tensors'
 * bytes, little-endian and row-major. For golden files in tests.
 */
public final class Safetensors {

  private static final String METADATA = "__metadata__";

  private final Path path;
  private final Map<String, Tensor> tensors = new TreeMap<>();
  private final Map<String, String> metadata = new TreeMap<>();

  /**
   * One tensor.
   *
   * @param dtype as the header spells it: F32, I64, U8, ...
   * @param shape sizes of the axes, outermost first
   * @param data the stored bytes
   */
  public record Tensor(String dtype, long[] shape, byte[] data) {

    public float[] floats() {
      require("F32");
      float[] values = new float[data.length / Float.BYTES];
      buffer().asFloatBuffer().get(values);
      return values;
    }

    public long[] longs() {
      require("I64");
      long[] values = new long[data.length / Long.BYTES];
      buffer().asLongBuffer().get(values);
      return values;
    }

    /** The values of an I64 tensor that all fit an int. */
    public int[] ints() {
      return Arrays.stream(longs()).mapToInt(Math::toIntExact).toArray();
    }

    private ByteBuffer buffer() {
      return ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void require(String expected) {
      if (!dtype.equals(expected)) {
        throw new IllegalStateException("expected a tensor of " + expected + "; got " + dtype);
      }
    }
  }

  private Safetensors(Path path) {
    this.path = path;
  }

  /** Reads a file; a missing one is an error, so that no test passes without its golden. */
  public static Safetensors read(Path path) {
    try {
      ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
      byte[] header = new byte[Math.toIntExact(file.getLong())];
      file.get(header);
      Safetensors read = new Safetensors(path);
      Iterator<Map.Entry<String, JsonNode>> fields = new ObjectMapper().readTree(header).fields();
      while (fields.hasNext()) {
        Map.Entry<String, JsonNode> field = fields.next();
        if (field.getKey().equals(METADATA)) {
          field
              .getValue()
              .fields()
              .forEachRemaining(e -> read.metadata.put(e.getKey(), e.getValue().asText()));
        } else {
          read.tensors.put(field.getKey(), tensor(field.getValue(), file, header.length));
        }
      }
      return read;
    } catch (IOException e) {
      throw new UncheckedIOException(path.toAbsolutePath().toString(), e);
    }
  }

  private static Tensor tensor(JsonNode entry, ByteBuffer file, int headerLength) {
    long[] shape = new long[entry.get("shape").size()];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = entry.get("shape").get(i).asLong();
    }
    int from = entry.get("data_offsets").get(0).asInt();
    int to = entry.get("data_offsets").get(1).asInt();
    byte[] data = new byte[to - from];
    file.get(Long.BYTES + headerLength + from, data);
    return new Tensor(entry.get("dtype").asText(), shape, data);
  }

  /** Names of all tensors, sorted. */
  public Set<String> names() {
    return tensors.keySet();
  }

  public Map<String, String> metadata() {
    return metadata;
  }

  public Tensor tensor(String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new NoSuchElementException(path + " has no tensor '" + name + "'; it has " + names());
    }
    return tensor;
  }
}
