package io.tokenreel.cache.lookup;

import io.tokenreel.cache.CacheKey;
import io.tokenreel.cache.CacheSchema;
import io.tokenreel.cache.EncodingSetting;
import io.tokenreel.cache.VideoContent;
import io.tokenreel.model.SourceTimes;
import io.tokenreel.token.FeedLayout;
import io.tokenreel.token.StoredRows;
import io.tokenreel.token.TokenFormat;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One row of {@code tokens/}: what a language model is fed for one video. The columns are explained
 * in {@link CacheSchema#TOKENS}.
 *
 * @param key the row's, unique in its table
 * @param tokenIndex per token its place t * M + m in the grid, or -1 for a separator row
 * @param tokens {@code [tokenCount][planes][dim]}, little-endian, row-major; shared, not to be
 *     written to
 * @param frameSeconds {@code [frames]}, of each step's first frame, seconds from the video's first
 * @param planes of a token, each of dim channels
 * @param layout where the model's own rows stand; empty in rows that were written without it
 * @param times of the sampled frames; empty in rows that were written without them
 * @param scales {@code [tokenCount][planes]} of float32, little-endian, for a dtype with scales,
 *     else empty; shared, not to be written to
 * @param passthrough the manifest's own columns of a primitive type, as text, in the manifest's
 *     order; NULLs are left out
 */
public record CachedTokens(
    CacheKey key,
    String videoUri,
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
    int planes,
    Optional<FeedLayout.Kind> layout,
    Optional<SourceTimes> times,
    byte[] scales,
    Map<String, String> passthrough) {

  public CachedTokens {
    passthrough = Collections.unmodifiableMap(new LinkedHashMap<>(passthrough));
    long expected = dtype.bytes((long) tokenCount * planes * dim);
    if (tokens.length != expected || tokenIndex.length != tokenCount) {
      throw new IllegalArgumentException(
          "%d tokens of %d planes of %d %s channels must hold %d bytes and %d places; got %d and %d"
              .formatted(
                  tokenCount,
                  planes,
                  dim,
                  dtype.label(),
                  expected,
                  tokenCount,
                  tokens.length,
                  tokenIndex.length));
    }
    new StoredRows(dtype, dim, tokens, scales); // checks the scales
  }

  /** The tokens with their scales, {@code [tokenCount][planes]} rows of dim channels. */
  public StoredRows rows() {
    return new StoredRows(dtype, dim, tokens, scales);
  }

  public String videoId() {
    return key.video().videoId();
  }

  public String contentSha256() {
    return key.video().contentSha256();
  }

  public String encoder() {
    return key.encoding().encoder();
  }

  public String sampling() {
    return key.encoding().sampling();
  }

  public String compression() {
    return key.compression();
  }

  /** The columns that say what the tokens are of, by their names in {@code tokens/}. */
  public Map<String, Object> columns() {
    Map<String, Object> columns = new LinkedHashMap<>();
    columns.put(VideoContent.ID, videoId());
    columns.put("video_uri", videoUri());
    columns.put(VideoContent.SHA256, contentSha256());
    columns.put(EncodingSetting.ENCODER, encoder());
    columns.put(EncodingSetting.SAMPLING, sampling());
    columns.put(CacheKey.COMPRESSION, compression());
    columns.put("frames", frames());
    columns.put("grid_height", gridHeight());
    columns.put("grid_width", gridWidth());
    columns.put("tokens_per_frame", tokensPerFrame());
    columns.put("outcome", outcome());
    columns.put("planes", planes());
    layout().ifPresent(kind -> columns.put("layout", kind.label()));
    times()
        .ifPresent(
            sampled -> {
              columns.put("source_frames", sampled.source().frames());
              columns.put("source_rate", sampled.source().rate());
            });
    return columns;
  }
}
