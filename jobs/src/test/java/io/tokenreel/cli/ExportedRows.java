package io.tokenreel.cli;

import io.tokenreel.cache.CacheKey;
import io.tokenreel.cache.EncoderCard;
import io.tokenreel.cache.EncodingSetting;
import io.tokenreel.cache.VideoContent;
import io.tokenreel.cache.lookup.CachedTokens;
import io.tokenreel.model.SourceTimes;
import io.tokenreel.token.FeedLayout;
import io.tokenreel.token.StoredRows;
import io.tokenreel.token.TokenFormat;
import io.tokenreel.video.SourceInfo;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** Rows of videos of two lines and three columns, two channels a plane, for exports. */
final class ExportedRows {

  static final String SAMPLING = "uniform:frames=6";
  static final String SHA = "0123456789abcdef".repeat(4);
  static final String QWEN2_5 = "Qwen2_5_VLForConditionalGeneration";
  static final int DIM = 2;
  static final int PER_STEP = 6;

  private ExportedRows() {}

  static EncoderCard card(String architecture) {
    return new EncoderCard(
        "qwen@1",
        "a family",
        Optional.ofNullable(architecture),
        QWEN2_5.equals(architecture) ? OptionalDouble.of(2) : OptionalDouble.empty(),
        OptionalInt.of(2),
        "settings");
  }

  /** As {@link #card} lies in a cache. */
  static String cardFile(String architecture) {
    return """
        {"schema": 1, "encoder": "qwen@1", "family": "a family", "architecture": "%s", "dim": 2, "planes": 1,
         "layout": "plain", "axes": 3, "tokens_per_second": 2, "merge_size": 2, "settings": "settings", "tensors": []}
        """
        .formatted(architecture);
  }

  /** Of a video of so many steps these places; f32 channels count up from 0. */
  static CachedTokens row(String id, String compression, int steps, int planes, int... places) {
    return row(id, compression, steps, planes, times(steps), places);
  }

  static CachedTokens row(
      String id, String compression, int steps, int planes, SourceTimes times, int... places) {
    return new CachedTokens(
        new CacheKey(
            new VideoContent(id, SHA), new EncodingSetting("qwen@1", SAMPLING), compression),
        "file:/" + id,
        steps,
        2,
        3,
        PER_STEP,
        DIM,
        TokenFormat.F32,
        places.length,
        places,
        tokens(places.length * planes),
        new double[steps],
        "OK",
        "test",
        Instant.EPOCH,
        planes,
        Optional.of(FeedLayout.Kind.PLAIN),
        Optional.ofNullable(times),
        StoredRows.NO_SCALES,
        Map.of());
  }

  /** Two frames a step and two of three frames of a source with two a second: a step is 1.5 s. */
  static SourceTimes times(int steps) {
    int[] index = IntStream.range(0, 2 * steps).map(i -> i * 3 / 2).toArray();
    return new SourceTimes(new SourceInfo(3 * steps, 2), index);
  }

  static byte[] tokens(int rows) {
    float[] values = new float[rows * DIM];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    return TokenFormat.F32.encode(values);
  }

  /** The same as a row of {@code tokens/}, of one plane. */
  static Row stored(String id, String compression, int steps, int... places) {
    SourceTimes times = times(steps);
    Double[] seconds = new Double[steps];
    Arrays.setAll(seconds, i -> 1.5 * i);
    return RowFactory.create(
        id,
        "file:/" + id,
        SHA,
        "qwen@1",
        SAMPLING,
        compression,
        steps,
        2,
        3,
        PER_STEP,
        DIM,
        "f32",
        places.length,
        Arrays.stream(places).boxed().toArray(Integer[]::new),
        tokens(places.length),
        seconds,
        "OK",
        "test",
        Timestamp.from(Instant.EPOCH),
        "tiny",
        "plain",
        1,
        times.source().frames(),
        times.source().rate(),
        Arrays.stream(times.index()).boxed().toArray(Integer[]::new),
        null);
  }
}
