package io.tokenreel.cache;

import io.tokenreel.token.TokenFormat;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One row of {@code tokens/}: what a language model is fed for one video. The columns are explained
 * in {@link CacheSchema#TOKENS}.
 *
 * @param tokenIndex per token its place t * M + m in the grid, or -1 for a separator row
 * @param tokens {@code [tokenCount][dim]}, little-endian, row-major; shared, not to be written to
 * @param frameSeconds {@code [frames]}, seconds from the video's start
 * @param passthrough the manifest's own columns of a primitive type, as text, in the manifest's
 *     order; NULLs are left out
 */
public record CachedTokens(
    String videoId,
    String videoUri,
    String contentSha256,
    String encoder,
    String sampling,
    String compression,
    int frames,
    int gridHeight,
    int gridWidth,
    int tokensPerFrame,
    int dim,
    TokenFormat dtype,
    int tokenCount,
    int[] tokenIndex,
    byte[] tokens,
    double[] frameSeconds,
    String outcome,
    String writerVersion,
    Instant createdAt,
    Map<String, String> passthrough) {

  public CachedTokens {
    passthrough = Collections.unmodifiableMap(new LinkedHashMap<>(passthrough));
    long expected = dtype.bytes((long) tokenCount * dim);
    if (tokens.length != expected || tokenIndex.length != tokenCount) {
      throw new IllegalArgumentException(
          "%d tokens of %d %s channels must hold %d bytes and %d places; got %d and %d"
              .formatted(
                  tokenCount,
                  dim,
                  dtype.label(),
                  expected,
                  tokenCount,
                  tokens.length,
                  tokenIndex.length));
    }
  }

  /** The columns that say what the tokens are of, by their names in {@code tokens/}. */
  public Map<String, Object> columns() {
    Map<String, Object> columns = new LinkedHashMap<>();
    columns.put("video_id", videoId());
    columns.put("video_uri", videoUri());
    columns.put("content_sha256", contentSha256());
    columns.put("encoder", encoder());
    columns.put("sampling", sampling());
    columns.put("compression", compression());
    columns.put("frames", frames());
    columns.put("grid_height", gridHeight());
    columns.put("grid_width", gridWidth());
    columns.put("tokens_per_frame", tokensPerFrame());
    columns.put("outcome", outcome());
    return columns;
  }
}
