package io.tokenreel.scene;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

/** Draws from lists, the same for the same stream on every machine. */
final class Draws {

  private Draws() {}

  static <T> T one(List<T> of, SplittableRandom random) {
    return of.get(random.nextInt(of.size()));
  }

  /** A new list in random order. */
  static <T> List<T> shuffled(List<T> of, SplittableRandom random) {
    List<T> shuffled = new ArrayList<>(of);
    for (int i = shuffled.size() - 1; i > 0; i--) {
      Collections.swap(shuffled, i, random.nextInt(i + 1));
    }
    return shuffled;
  }
}
