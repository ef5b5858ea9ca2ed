package io.tokenreel.cli;

import io.tokenreel.cache.lookup.CachedTokens;
import io.tokenreel.model.safetensors.Tensor;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a vision encoder would have given a server for one video, and what a request says of it.
 *
 * @param row what it is made of
 * @param tensor {@code [rows][channels]}
 * @param fields of the request that size the video's places: {@code video_grid_thw}, and the
 *     family's {@code second_per_grid_ts} or {@code timestamps}
 */
record EncoderOutput(CachedTokens row, Tensor tensor, Map<String, Object> fields) {

  /** Hexadecimal digits of the content's digest in a {@link #uuid}. */
  private static final int CONTENT_DIGITS = 16;

  private static final String UNRESERVED = "-._~";

  /**
   * The name under which a server finds and keeps the rows: video id, compression and the beginning
   * of the content's digest, with a bar between them. All but the unreserved characters of RFC 3986
   * are percent-encoded, for the name becomes a folder's.
   */
  static String uuid(CachedTokens row) {
    return "%s|%s|%s"
        .formatted(
            encoded(row.videoId()),
            encoded(row.compression()),
            encoded(row.contentSha256().substring(0, CONTENT_DIGITS)));
  }

  private static String encoded(String text) {
    StringBuilder encoded = new StringBuilder();
    for (byte unit : text.getBytes(StandardCharsets.UTF_8)) {
      char character = (char) (unit & 0xff);
      boolean plain =
          (character < 0x80 && Character.isLetterOrDigit(character))
              || UNRESERVED.indexOf(character) >= 0;
      encoded.append(plain ? character : "%%%02X".formatted((int) character));
    }
    return encoded.toString();
  }

  /** What the file says of itself beside the tensor: the row's key. */
  Map<String, String> key() {
    Map<String, String> key = new LinkedHashMap<>();
    key.put("video_id", row.videoId());
    key.put("content_sha256", row.contentSha256());
    key.put("encoder", row.encoder());
    key.put("sampling", row.sampling());
    key.put("compression", row.compression());
    return key;
  }

  /**
   * The video's line of {@code requests.jsonl}: what it is, and a part for a chat request, which
   * names it and brings no media.
   */
  Map<String, Object> request() {
    String uuid = uuid(row);
    Map<String, Object> line = new LinkedHashMap<>(key());
    line.put("uuid", uuid);
    line.put("modality", "video");
    line.put("rows", row.tokenCount());
    line.putAll(fields);
    Map<String, Object> embeds = new LinkedHashMap<>(fields);
    // A server takes lists of the fields alone that it cannot do without; this one is a tensor.
    embeds.computeIfPresent(
        VllmRows.SECONDS, (name, seconds) -> NumpyFile.base64((List<?>) seconds));
    Map<String, Object> part = new LinkedHashMap<>();
    part.put("type", "video_embeds");
    part.put("video_embeds", embeds);
    part.put("uuid", uuid);
    line.put("part", part);
    return line;
  }
}
