package io.tokenreel.cli;

import io.tokenreel.cache.EncoderCard;
import io.tokenreel.cache.lookup.CachedTokens;
import io.tokenreel.compress.VllmCounts;
import io.tokenreel.model.SourceTimes;
import io.tokenreel.model.safetensors.SafetensorsDtype;
import io.tokenreel.model.safetensors.Tensor;
import io.tokenreel.pipeline.setting.SettingsException;
import io.tokenreel.spec.Spec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Rows of one encoder and one compression as vLLM's encoder cache has them, and what vLLM does not
 * take.
 *
 * <ul>
 *   <li>Of a server without a pruning rate, a row of every token: {@code [T * M][D]}, of Qwen3-VL
 *       {@code [T * M][planes * D]}, in the type in which they are stored; in float32 where that
 *       has scales.
 *   <li>Of a server with a rate, which Qwen2.5-VL alone has here: {@code [n][D + 4]} in float32,
 *       with n by {@link VllmCounts#evs}. The last channels are the position on the three axes as
 *       of a video that stands first, and the position at which the text goes on: one after the
 *       largest of the whole grid, as the same server has it of a video that it does not prune.
 * </ul>
 *
 * <p>Source: vllm-project/vllm 0.32, vllm/distributed/ec_transfer/ec_connector/example_connector.py
 * and vllm/model_executor/models/qwen2_5_vl.py. Times on the axis are computed as {@code
 * get_mrope_input_positions} there does, a float32 of seconds times the speed in float64.
 */
final class VllmRows {

  /** The version whose sources and answers the formats are from. */
  static final String SERVER = "vLLM 0.32";

  static final String SECONDS = "second_per_grid_ts";

  /** Channels after a pruned row's own. */
  private static final int POSITIONS = 4;

  /** Frames of a step, in all of Qwen's families. */
  private static final int STEP_FRAMES = 2;

  /** The families of which a request may come without a tensor. */
  private enum Family {
    QWEN2_VL("Qwen2VLForConditionalGeneration"),
    QWEN2_5_VL("Qwen2_5_VLForConditionalGeneration"),
    QWEN3_VL("Qwen3VLForConditionalGeneration");

    private final String architecture;

    Family(String architecture) {
      this.architecture = architecture;
    }

    static Optional<Family> of(EncoderCard card) {
      return Stream.of(values())
          .filter(family -> card.architecture().filter(family.architecture::equals).isPresent())
          .findFirst();
    }
  }

  private final Family family;
  private final int merge;
  private final double tokensPerSecond;
  private final double rate;

  private VllmRows(Family family, int merge, double tokensPerSecond, double rate) {
    this.family = family;
    this.merge = merge;
    this.tokensPerSecond = tokensPerSecond;
    this.rate = rate;
  }

  /**
   * Of an encoder's rows with a compression.
   *
   * @param card what the cache says of the encoder
   * @param givenRate of the server; empty to take the compression's own
   * @throws SettingsException for what the server does not take
   */
  static VllmRows of(
      String encoder, Optional<EncoderCard> card, String compression, OptionalDouble givenRate) {
    if (card.isEmpty() && encoder.startsWith("qwen")) {
      throw new SettingsException(
          "the cache does not say what encoder %s is, for an older version wrote it: run precompute into it once more, which adds that and computes nothing twice"
              .formatted(encoder));
    }
    Family family =
        card.flatMap(Family::of)
            .orElseThrow(
                () ->
                    new SettingsException(
                        "%s takes rows from an encoder cache for Qwen2-VL, Qwen2.5-VL and Qwen3-VL; got rows of %s, whose requests need a tensor: send them in an image's place, as docs/serving.md shows"
                            .formatted(
                                SERVER,
                                card.map(EncoderCard::family).orElse("encoder " + encoder))));
    double rate = givenRate.orElseGet(() -> rate(compression));
    if (rate > 0 && family != Family.QWEN2_5_VL) {
      throw new SettingsException(
          (family == Family.QWEN2_VL
                  ? "%s makes places for every token of a Qwen2-VL video; got rows of '%s': export those of --compression none"
                  : "%s takes pruned rows of Qwen3-VL only between embeddings of its time texts, which a cache does not have; got rows of '%s': export those of --compression none")
              .formatted(SERVER, compression));
    }
    if (family == Family.QWEN2_5_VL && card.get().tokensPerSecond().isEmpty()) {
      throw lacking(encoder, "tokens_per_second");
    }
    return new VllmRows(
        family,
        card.get().mergeSize().orElseThrow(() -> lacking(encoder, "merge_size")),
        card.get().tokensPerSecond().orElse(0),
        rate);
  }

  private static SettingsException lacking(String encoder, String field) {
    return new SettingsException(
        "_encoders/%s.json of the cache has no %s, for an older version wrote it: run precompute into the cache once more, which adds that and computes nothing twice"
            .formatted(encoder, field));
  }

  /** The server's rate that a compression is made for. */
  private static double rate(String compression) {
    Spec spec = Spec.parse("compression", compression, "none");
    String prune = spec.name().equals("evs") ? spec.written("prune") : null;
    String retention = spec.written("retention");
    if (prune == null && retention == null && !spec.name().equals("none")) {
      throw new SettingsException(
          "which --video-pruning-rate a server needs for rows of '%s' is not known: give it as --pruning-rate, or export rows of evs:prune=Q"
              .formatted(compression));
    }
    double rate =
        prune != null
            ? Double.parseDouble(prune)
            : retention == null ? 0 : VllmCounts.rate(Double.parseDouble(retention));
    if (rate >= 1) {
      throw new SettingsException(
          "%s takes a --video-pruning-rate from 0 to below 1; '%s' is for the rate 1"
              .formatted(SERVER, compression));
    }
    return rate;
  }

  /** Which {@code --video-pruning-rate} the server has; 0 for none. */
  double rate() {
    return rate;
  }

  /** Why a video's row does not fit the server; empty where it does. */
  Optional<String> refusal(CachedTokens row) {
    int all = row.frames() * row.tokensPerFrame();
    int places = rate == 0 ? all : VllmCounts.evs(row.frames(), row.tokensPerFrame(), rate);
    if (row.tokenCount() != places) {
      return Optional.of(
          rate == 0
              ? "it has %d of %d tokens, and a server without --video-pruning-rate makes a place for each"
                  .formatted(row.tokenCount(), all)
              : "it has %d of %d tokens, and a server with --video-pruning-rate %s makes %d places"
                  .formatted(row.tokenCount(), all, Spec.print(rate), places));
    }
    return row.times().isEmpty() && family != Family.QWEN2_VL
        ? Optional.of("its row does not say which frames it has, for an older version wrote it")
        : Optional.empty();
  }

  /** What the server would have encoded; of a row without a {@link #refusal}. */
  EncoderOutput output(CachedTokens row) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put(
        "video_grid_thw", List.of(row.frames(), row.gridHeight() * merge, row.gridWidth() * merge));
    switch (family) {
      case QWEN2_VL -> {}
      case QWEN2_5_VL -> fields.put(SECONDS, List.of(secondsPerStep(row)));
      case QWEN3_VL -> fields.put("timestamps", stepTimes(row));
    }
    List<Long> whole = List.of((long) row.tokenCount(), (long) row.planes() * row.dim());
    Tensor tensor = rate == 0 ? SafetensorsExport.tokens(row, whole) : positioned(row);
    return new EncoderOutput(row, tensor, fields);
  }

  private Tensor positioned(CachedTokens row) {
    float[] tokens = row.rows().decode();
    int dim = row.dim();
    long[] times = times(row);
    long largest =
        Math.max(times[times.length - 1], Math.max(row.gridHeight(), row.gridWidth()) - 1L);
    ByteBuffer rows =
        ByteBuffer.allocate(Math.multiplyExact(row.tokenCount() * (dim + POSITIONS), Float.BYTES))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < row.tokenCount(); i++) {
      int place = row.tokenIndex()[i];
      int line = place % row.tokensPerFrame() / row.gridWidth();
      for (int d = 0; d < dim; d++) {
        rows.putFloat(tokens[i * dim + d]);
      }
      rows.putFloat(times[place / row.tokensPerFrame()]);
      rows.putFloat(line);
      rows.putFloat(place % row.gridWidth());
      rows.putFloat(largest + 1);
    }
    return new Tensor(
        SafetensorsDtype.F32,
        List.of((long) row.tokenCount(), (long) dim + POSITIONS),
        rows.flip());
  }

  /** Positions of the steps on the time axis, ascending from 0. */
  private long[] times(CachedTokens row) {
    double speed = secondsPerStep(row) * tokensPerSecond;
    return IntStream.range(0, row.frames()).mapToLong(step -> (long) (step * speed)).toArray();
  }

  private static float secondsPerStep(CachedTokens row) {
    return row.times().orElseThrow().secondsPerStep(STEP_FRAMES);
  }

  private static List<Double> stepTimes(CachedTokens row) {
    SourceTimes times = row.times().orElseThrow();
    return IntStream.range(0, row.frames())
        .mapToObj(step -> times.stepSeconds(step, STEP_FRAMES))
        .toList();
  }
}
