package io.tokenreel.pipeline.run;

import io.tokenreel.model.ComputeType;
import io.tokenreel.model.DeviceUse;
import io.tokenreel.model.Models;
import io.tokenreel.pipeline.setting.ComputeOption;
import io.tokenreel.stage.StageCounters;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a run's model computed in, and where.
 *
 * @param computeDtype f32, bf16 or f16; null for an exported encoder, which computes as its file
 *     says
 * @param devices that tasks of the run computed on; none where nothing was left to do
 */
public record Computed(String computeDtype, List<DeviceUse> devices) {

  /** What bf16 brings on processors that multiply it. */
  static final String BF16_GAINS =
      "holds the weights in half the memory and takes about half the time";

  /** Where compute types are described. */
  static final String PAGE = "docs/models.md";

  private static final double GIB = 1L << 30;

  public Computed {
    devices = List.copyOf(devices);
  }

  /**
   * Of a run.
   *
   * @param model with its compute type
   * @param counters of the stage that opened it
   */
  static Computed of(String model, StageCounters counters) {
    return new Computed(
        Models.computeType(model).map(ComputeType::label).orElse(null), counters.devices().value());
  }

  /**
   * This and what another run of the same model computed, with the uses of each device together.
   *
   * @throws IllegalArgumentException when the other computed in another type
   */
  public Computed and(Computed other) {
    if (!Objects.equals(computeDtype, other.computeDtype)) {
      throw new IllegalArgumentException(
          "expected what was computed in %s; got %s".formatted(computeDtype, other.computeDtype));
    }
    Map<String, DeviceUse> uses = new TreeMap<>();
    Stream.concat(devices.stream(), other.devices.stream())
        .forEach(use -> uses.merge(use.device(), use, DeviceUse::and));
    return new Computed(computeDtype, List.copyOf(uses.values()));
  }

  /** For a person: where it was computed, and what would be faster there. */
  public List<String> lines() {
    if (devices.isEmpty()) {
      return List.of();
    }
    List<String> lines = new ArrayList<>();
    lines.add(
        "computed %s on %s"
            .formatted(
                computeDtype == null ? "as exported" : "in " + computeDtype,
                devices.stream().map(Computed::text).collect(Collectors.joining(", "))));
    if (ComputeType.F32.label().equals(computeDtype)) {
      devices.stream()
          .map(DeviceUse::bf16Unit)
          .filter(unit -> !unit.isEmpty())
          .map(
              unit ->
                  "these processors multiply bf16 with %s: %s bf16 %s, under a key of its own (%s)"
                      .formatted(unit, ComputeOption.NAME, BF16_GAINS, PAGE))
          .forEach(lines::add);
    }
    if (ComputeType.F16.label().equals(computeDtype)
        && devices.stream().anyMatch(use -> use.device().equals(DeviceUse.cpu().device()))) {
      lines.add(
          "CPUs multiply f16 slowly: %s f32 or bf16 is faster there, under a key of its own (%s)"
              .formatted(ComputeOption.NAME, PAGE));
    }
    return lines;
  }

  private static String text(DeviceUse use) {
    List<String> more = new ArrayList<>();
    if (use.totalBytes() > 0) {
      more.add(
          String.format(
              Locale.ROOT,
              "%.1f of %.1f GiB in use at most",
              use.usedBytes() / GIB,
              use.totalBytes() / GIB));
    }
    if (use.halved()) {
      more.add("a batch did not fit and was halved");
    }
    return more.isEmpty()
        ? use.device()
        : "%s (%s)".formatted(use.device(), String.join("; ", more));
  }
}
