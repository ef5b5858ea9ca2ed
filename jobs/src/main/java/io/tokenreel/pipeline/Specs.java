package io.tokenreel.pipeline;

import io.tokenreel.compress.Compressors;
import java.util.List;
import java.util.stream.Stream;

/** Specs in their canonical form, as runs are recorded with them. */
final class Specs {

  private Specs() {}

  /**
   * Compressions.
   *
   * @throws IllegalArgumentException as {@link Compressors#of} does
   */
  static List<String> compressions(String... specs) {
    return Stream.of(specs).map(spec -> Compressors.of(spec).spec()).toList();
  }
}
