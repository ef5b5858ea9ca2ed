package io.tokenreel.model.safetensors;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Writes the safetensors format: eight bytes of header length, a JSON header, then the tensors'
 * bytes one after another. The same tensors in the same order give the same bytes.
 */
public final class SafetensorsWriter {

  /** The header is padded with spaces so that the first tensor starts on this boundary. */
  private static final int ALIGNMENT = 8;

  private static final ObjectMapper JSON = new ObjectMapper();

  private SafetensorsWriter() {}

  /**
   * Writes tensors in the map's order, so give a map that has one. Leaves the stream open and the
   * buffers' positions untouched.
   *
   * @param metadata free text pairs; may be empty
   */
  public static void write(
      OutputStream out, Map<String, Tensor> tensors, Map<String, String> metadata)
      throws IOException {
    byte[] json = JSON.writeValueAsBytes(header(tensors, metadata));
    int padding = Math.floorMod(-json.length, ALIGNMENT);
    ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    out.write(length.putLong(0, json.length + (long) padding).array());
    out.write(json);
    out.write(" ".repeat(padding).getBytes(StandardCharsets.US_ASCII));
    out.flush();
    WritableByteChannel channel = Channels.newChannel(out);
    for (Tensor tensor : tensors.values()) {
      ByteBuffer data = tensor.data();
      while (data.hasRemaining()) {
        channel.write(data);
      }
    }
    out.flush();
  }

  private static ObjectNode header(Map<String, Tensor> tensors, Map<String, String> metadata) {
    ObjectNode header = JSON.createObjectNode();
    if (!metadata.isEmpty()) {
      ObjectNode pairs = header.putObject("__metadata__");
      metadata.forEach(pairs::put);
    }
    long offset = 0;
    for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
      Tensor tensor = entry.getValue();
      ObjectNode node = header.putObject(entry.getKey());
      node.put("dtype", tensor.dtype().name());
      ArrayNode shape = node.putArray("shape");
      tensor.shape().forEach(shape::add);
      long end = offset + tensor.bytes().size();
      node.putArray("data_offsets").add(offset).add(end);
      offset = end;
    }
    return header;
  }
}
