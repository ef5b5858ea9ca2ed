package io.tokenreel.stage;

import io.tokenreel.model.LanguageModel;
import java.util.Collections;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;

/**
 * Has a process answer its first question again and again before the answer that counts: code is
 * compiled, kernels are chosen and memory is taken then, which no later answer pays for. A model is
 * warmed up once for each way of answering, and once more where it was opened again.
 */
final class WarmUp {

  /** Small models need many answers until their code is compiled; a large one has enough of one. */
  private static final long NANOS = 1_000_000_000L;

  private static final int MOST_ANSWERS = 20;

  private static final Map<LanguageModel, Set<String>> DONE =
      Collections.synchronizedMap(new WeakHashMap<>());

  private WarmUp() {}

  /**
   * Answers at least once, unless that was done before. Other tasks wait: their times would hold
   * the warm-up's.
   *
   * @param way of answering, such as the KV cache and the scoring
   * @param answer whose result is thrown away
   */
  static void before(LanguageModel model, String way, Runnable answer) {
    Set<String> done = DONE.computeIfAbsent(model, opened -> new HashSet<>());
    synchronized (done) {
      if (done.contains(way)) {
        return;
      }
      long start = System.nanoTime();
      for (int i = 0; i == 0 || (i < MOST_ANSWERS && System.nanoTime() - start < NANOS); i++) {
        answer.run();
      }
      done.add(way);
    }
  }
}
