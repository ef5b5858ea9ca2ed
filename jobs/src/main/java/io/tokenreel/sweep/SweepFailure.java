package io.tokenreel.sweep;

import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A part of a sweep that failed: the exit status says that there is one.
 *
 * @param stage what failed: {@link #VIDEOS}, {@link #ANSWERS}, {@link #SELECTIONS} or {@link
 *     #PICTURES}
 * @param task the benchmark; null where it is not one benchmark's
 * @param model null where it is not one model's, and so are the following
 * @param detail one line for a person
 */
public record SweepFailure(
    String stage,
    String task,
    String model,
    String sampling,
    String compression,
    String kv,
    String detail) {

  static final String VIDEOS = "videos";
  static final String ANSWERS = "answers";
  static final String SELECTIONS = "selections";
  static final String PICTURES = "pictures of the report";

  /** Of work that is not one cell's. */
  static SweepFailure of(String stage, Exception failure) {
    return new SweepFailure(stage, null, null, null, null, null, firstLine(failure));
  }

  /** A message of Spark's holds whole stack traces behind its first line. */
  static String firstLine(Exception failure) {
    return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
  }

  /** What failed and why, on one line. */
  public String line() {
    String where =
        Stream.of(task, model, sampling, compression, kv)
            .filter(Objects::nonNull)
            .collect(Collectors.joining(", "));
    return where.isEmpty()
        ? "FAILED %s: %s".formatted(stage, detail)
        : "FAILED %s of %s: %s".formatted(stage, where, detail);
  }
}
