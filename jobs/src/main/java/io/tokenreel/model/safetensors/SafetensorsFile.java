package io.tokenreel.model.safetensors;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One safetensors file: its header is read and checked when it is opened, its tensors' bytes stay
 * in the file until they are asked for.
 */
public final class SafetensorsFile {

  /** The reference implementation refuses longer headers too. */
  private static final long MAX_HEADER_BYTES = 100_000_000;

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

  private final TensorBytes.Version file;
  private final Map<String, Entry> entries;
  private final Map<String, String> metadata;

  /** Where a tensor lies, in bytes from the start of the file. */
  private record Entry(SafetensorsDtype dtype, List<Long> shape, long begin, long end) {}

  private SafetensorsFile(
      TensorBytes.Version file, Map<String, Entry> entries, Map<String, String> metadata) {
    this.file = file;
    this.entries = entries;
    this.metadata = metadata;
  }

  /**
   * Reads and checks a file's header.
   *
   * @throws IllegalArgumentException when the file is not well-formed; the message names the file
   *     and the tensor
   */
  public static SafetensorsFile open(Path path) {
    try {
      TensorBytes.Version file = TensorBytes.Version.of(path); // before it is opened
      return open(file);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + path, e);
    }
  }

  private static SafetensorsFile open(TensorBytes.Version file) throws IOException {
    Path path = file.path();
    try (RandomAccessFile in = new RandomAccessFile(path.toFile(), "r")) {
      long size = in.length();
      long headerBytes = size < Long.BYTES ? -1 : read(in, Long.BYTES).getLong();
      if (headerBytes < 2 || headerBytes > Math.min(MAX_HEADER_BYTES, size - Long.BYTES)) {
        throw malformed(
            path, "a header of %d bytes in a file of %d bytes".formatted(headerBytes, size));
      }
      JsonNode header = JSON.readTree(read(in, (int) headerBytes).array());
      return parse(file, header, Long.BYTES + headerBytes, size);
    } catch (JsonProcessingException e) {
      throw malformed(path, "a header that is not JSON: " + e.getOriginalMessage());
    }
  }

  /** Names of the tensors, in the header's order. */
  public List<String> names() {
    return List.copyOf(entries.keySet());
  }

  /** The header's free text pairs. */
  public Map<String, String> metadata() {
    return metadata;
  }

  /**
   * A tensor of any size, whose bytes stay in the file.
   *
   * @throws IllegalArgumentException when the file does not hold it
   */
  public Tensor tensor(String name) {
    Entry entry = entries.get(name);
    if (entry == null) {
      throw new IllegalArgumentException("%s holds no tensor '%s'".formatted(file.path(), name));
    }
    return new Tensor(
        entry.dtype(),
        entry.shape(),
        new TensorBytes.InFile(file, entry.begin(), entry.end() - entry.begin()));
  }

  private static SafetensorsFile parse(
      TensorBytes.Version file, JsonNode header, long start, long size) {
    Path path = file.path();
    Map<String, Entry> entries = new LinkedHashMap<>();
    Map<String, String> metadata = new LinkedHashMap<>();
    header
        .fields()
        .forEachRemaining(
            field -> {
              if (field.getKey().equals("__metadata__")) {
                field
                    .getValue()
                    .fields()
                    .forEachRemaining(
                        pair -> metadata.put(pair.getKey(), pair.getValue().asText()));
              } else {
                entries.put(
                    field.getKey(), entry(path, field.getKey(), field.getValue(), start, size));
              }
            });
    checkDisjoint(path, entries);
    return new SafetensorsFile(file, entries, Collections.unmodifiableMap(metadata));
  }

  private static Entry entry(Path path, String name, JsonNode node, long start, long size) {
    JsonNode offsets = node.path("data_offsets");
    List<Long> shape = new ArrayList<>();
    node.path("shape").forEach(length -> shape.add(length.asLong(-1)));
    if (offsets.size() != 2
        || !node.path("shape").isArray()
        || shape.stream().anyMatch(n -> n < 0)) {
      throw malformed(path, "tensor '%s' described as %s".formatted(name, node));
    }
    SafetensorsDtype dtype;
    long expected;
    try {
      dtype = SafetensorsDtype.of(node.path("dtype").asText());
      expected = Math.multiplyExact(Tensor.elements(shape), (long) dtype.bytes());
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw malformed(path, "tensor '%s': %s".formatted(name, e.getMessage()));
    }
    long begin = offsets.get(0).asLong(-1);
    long end = offsets.get(1).asLong(-1);
    if (begin < 0 || end < begin || end > size - start) {
      throw malformed(
          path,
          "tensor '%s' at bytes %d to %d of %d bytes of data; the file may be cut short"
              .formatted(name, begin, end, size - start));
    }
    if (end - begin != expected) {
      throw malformed(
          path,
          "tensor '%s' of %s %s, which takes %d bytes, in %d bytes"
              .formatted(name, dtype, shape, expected, end - begin));
    }
    return new Entry(dtype, List.copyOf(shape), start + begin, start + end);
  }

  private static void checkDisjoint(Path path, Map<String, Entry> entries) {
    List<Map.Entry<String, Entry>> ordered = new ArrayList<>(entries.entrySet());
    ordered.sort(
        Comparator.comparingLong((Map.Entry<String, Entry> e) -> e.getValue().begin())
            .thenComparingLong(e -> e.getValue().end()));
    for (int i = 1; i < ordered.size(); i++) {
      if (ordered.get(i).getValue().begin() < ordered.get(i - 1).getValue().end()) {
        throw malformed(
            path,
            "tensors '%s' and '%s' on the same bytes"
                .formatted(ordered.get(i - 1).getKey(), ordered.get(i).getKey()));
      }
    }
  }

  /** Not by a channel, which an interrupt of one task would close under all that share a model. */
  private static ByteBuffer read(RandomAccessFile in, int length) throws IOException {
    byte[] bytes = new byte[length];
    in.readFully(bytes);
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static IllegalArgumentException malformed(Path path, String found) {
    return new IllegalArgumentException("%s is not a safetensors file: %s".formatted(path, found));
  }
}
