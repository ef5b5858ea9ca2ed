package io.tokenreel.eval.task;

import io.tokenreel.spec.Spec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * A benchmark that is to be run, as one string: {@code
 * videomme:root=/data/Video-MME,version=lmms-eval-0.3.4,limit=100}. The project's own benchmark
 * needs no root, because it is rendered: {@code generated:videos=200,questions=5}.
 *
 * @param task its name, or the path of its file
 * @param root where its files lie, in the published layout; null for one that is rendered
 * @param version null for its first
 * @param limit questions that are asked at most
 * @param seed of their choice; -1 takes the first ones
 * @param judge name of the language model that judges, instead of the task's; null for the task's
 * @param videos that are rendered; 0 with a root
 * @param questions that each of these has at least; 0 with a root
 */
public record TaskSpec(
    String task,
    String root,
    String version,
    int limit,
    int seed,
    String judge,
    int videos,
    int questions) {

  /** The benchmark that this project renders itself. */
  public static final String GENERATED = "generated";

  private static final String EXAMPLE = "videomme:root=/data/Video-MME,limit=100";

  /**
   * Parses a spec.
   *
   * @throws IllegalArgumentException for another form, an unknown key or a root that is missing
   */
  public static TaskSpec parse(String text) {
    Spec spec = Spec.parse("task", text, EXAMPLE);
    String root = spec.text("root", null);
    boolean rendered = spec.name().equals(GENERATED) && root == null;
    if (root == null && !rendered) {
      Tasks.checkName(spec.name());
      throw new IllegalArgumentException(
          "task '%s' needs the folder that its files lie in, such as %s".formatted(text, EXAMPLE));
    }
    TaskSpec parsed =
        new TaskSpec(
            spec.name(),
            root,
            spec.text("version", null),
            spec.whole("limit", Integer.MAX_VALUE, 1, Integer.MAX_VALUE),
            spec.whole("seed", -1, 0, Integer.MAX_VALUE),
            spec.text("judge", null),
            rendered ? spec.whole("videos", 200, 1, 1_000_000) : 0,
            rendered ? spec.whole("questions", 5, 0, 5) : 0);
    spec.requireRead();
    return parsed;
  }

  /** The questions that are asked, in their order. */
  public List<TaskQuestion> chosen(List<TaskQuestion> all) {
    if (limit >= all.size()) {
      return all;
    }
    if (seed < 0) {
      return all.subList(0, limit);
    }
    List<Integer> places = new ArrayList<>(IntStream.range(0, all.size()).boxed().toList());
    Collections.shuffle(places, new Random(seed));
    return places.subList(0, limit).stream()
        .sorted(Comparator.naturalOrder())
        .map(all::get)
        .toList();
  }
}
