package io.tokenreel.cli;

import io.tokenreel.cache.lookup.CachedTokens;
import io.tokenreel.model.safetensors.SafetensorsDtype;
import io.tokenreel.model.safetensors.SafetensorsWriter;
import io.tokenreel.model.safetensors.Tensor;
import io.tokenreel.token.TokenFormat;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A row of {@code tokens/} as a safetensors file: {@code tokens [token_count][dim]}, or {@code
 * [token_count][planes][dim]} where there are more planes than one, {@code token_index
 * [token_count]}, {@code frame_seconds [frames]}, {@code frame_index [sampled frames]} where it is
 * known, and the row's other columns as metadata. Tokens with scales are written as float32, each
 * code times its scale, so that every reader can feed them as they are.
 */
final class SafetensorsExport {

  private SafetensorsExport() {}

  /** Writes the file, and the folders above it; one that is there is replaced. */
  static void write(Path file, CachedTokens row) throws IOException {
    LinkedHashMap<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put(
        "tokens",
        tokens(
            row,
            row.planes() == 1
                ? List.of((long) row.tokenCount(), (long) row.dim())
                : List.of((long) row.tokenCount(), (long) row.planes(), (long) row.dim())));
    tensors.put("token_index", integers(row.tokenIndex()));
    row.times().ifPresent(times -> tensors.put("frame_index", integers(times.index())));
    ByteBuffer seconds = ByteBuffer.allocate(8 * row.frames()).order(ByteOrder.LITTLE_ENDIAN);
    seconds.asDoubleBuffer().put(row.frameSeconds());
    tensors.put(
        "frame_seconds", new Tensor(SafetensorsDtype.F64, List.of((long) row.frames()), seconds));
    Map<String, String> metadata = new LinkedHashMap<>();
    row.columns().forEach((name, value) -> metadata.put(name, value.toString()));
    Files.createDirectories(file.toAbsolutePath().getParent());
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      SafetensorsWriter.write(out, tensors, metadata);
    }
  }

  /** The tokens in their type, those with scales as float32, in a shape of as many elements. */
  static Tensor tokens(CachedTokens row, List<Long> shape) {
    TokenFormat written = row.dtype().withoutScales();
    return new Tensor(
        SafetensorsDtype.valueOf(written.name()),
        shape,
        ByteBuffer.wrap(row.dtype().scaled() ? written.encode(row.rows().decode()) : row.tokens()));
  }

  private static Tensor integers(int[] values) {
    ByteBuffer data = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    data.asIntBuffer().put(values);
    return new Tensor(SafetensorsDtype.I32, List.of((long) values.length), data);
  }
}
