package io.tokenreel.eval.stat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.tokenreel.eval.result.Cell;
import io.tokenreel.eval.result.Difference;
import io.tokenreel.eval.result.Estimate;
import io.tokenreel.eval.stat.PairwiseMean.Item;
import io.tokenreel.testing.RunSeed;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.RepeatedTest;

/** All scores of random sweeps against {@link PairwiseMean}. */
class ScoresRandomTest {

  private static final Average TYPES = Average.macro("type", List.of("count", "order", "plot"));
  private static final Map<ScoredTask, Average> AVERAGES =
      Map.of(Asked.task("micro"), Average.MICRO, Asked.task("macro"), TYPES);
  private static final List<Cell> CELLS = List.of(Asked.BASELINE, Asked.COMPRESSED, Asked.PRUNED);

  private final long seed = RunSeed.VALUE;
  private final Random random = new Random(seed);

  @RepeatedTest(3)
  void of_randomQuestions_areThePairwiseSums() {
    List<Asked> asked =
        Stream.of("micro", "macro")
            .flatMap(task -> questions(task, 1 + random.nextInt(90)).stream())
            .toList();
    Map<ScoreKey, List<Asked>> expected = new HashMap<>();
    for (Asked question : asked) {
      keys(question)
          .forEach(key -> expected.computeIfAbsent(key, k -> new ArrayList<>()).add(question));
    }
    Map<ScoreKey, Score> scores = Scores.of(Asked.table(asked), AVERAGES);
    assertEquals(expected.keySet(), scores.keySet(), "seed " + seed);
    expected.forEach(
        (key, questions) ->
            compare(
                key, questions, expected.getOrDefault(key.baseline(), List.of()), scores.get(key)));
  }

  /** Each cell answers most of a task's questions; few videos have most of them. */
  private List<Asked> questions(String task, int count) {
    List<Asked> asked = new ArrayList<>();
    int videos = 1 + random.nextInt(count);
    for (int i = 0; i < count; i++) {
      String video = "v" + (int) (videos * Math.pow(random.nextDouble(), 3));
      Map<String, String> groups = new HashMap<>();
      groups.put("type", TYPES.values().get(random.nextInt(2))); // none is of the third
      groups.put("length", random.nextInt(4) == 0 ? null : random.nextBoolean() ? "short" : "long");
      for (Cell cell : CELLS) {
        if (random.nextInt(5) > 0) {
          double score = random.nextInt(3) == 0 ? random.nextDouble() : random.nextInt(2);
          asked.add(new Asked(cell, task, "q" + i, video, groups, score));
        }
      }
    }
    return asked;
  }

  private static List<ScoreKey> keys(Asked question) {
    return Stream.concat(
            Stream.of(""),
            question.groups().entrySet().stream()
                .filter(group -> group.getValue() != null)
                .map(group -> group.getKey() + "=" + group.getValue()))
        .map(question::key)
        .toList();
  }

  private void compare(ScoreKey key, List<Asked> questions, List<Asked> baseline, Score score) {
    assertEquals(questions.size(), score.questions(), say(key));
    assertEquals(
        questions.stream().map(Asked::cluster).distinct().count(), score.videos(), say(key));
    compare(key, pairwise(key, questions, Asked::score), score.estimate());
    Map<String, Double> before =
        baseline.stream().collect(Collectors.toMap(Asked::docId, Asked::score));
    List<Asked> shared = questions.stream().filter(q -> before.containsKey(q.docId())).toList();
    if (key.cell().isBaseline() || shared.isEmpty()) {
      assertNull(score.difference(), say(key));
      assertNull(score.retainedPercent(), say(key));
      return;
    }
    Difference difference = score.difference();
    assertEquals(shared.size(), difference.questions(), say(key));
    compare(
        key, pairwise(key, shared, q -> q.score() - before.get(q.docId())), difference.estimate());
    assertEquals(
        shared.stream().filter(q -> before.get(q.docId()) > 0.5 && q.score() <= 0.5).count(),
        difference.onlyBaseline(),
        say(key));
    assertEquals(
        shared.stream().filter(q -> before.get(q.docId()) <= 0.5 && q.score() > 0.5).count(),
        difference.onlyCell(),
        say(key));
    double mean = pairwise(key, baseline, Asked::score).mean();
    if (mean == 0) {
      assertNull(score.retainedPercent(), say(key));
    } else {
      assertEquals(
          pairwise(key, questions, Asked::score).mean() / mean * 100,
          score.retainedPercent(),
          1e-9,
          say(key));
    }
  }

  private static PairwiseMean pairwise(
      ScoreKey key, List<Asked> questions, ToDoubleFunction<Asked> value) {
    boolean macro = key.task().equals("macro") && key.group().isEmpty();
    return new PairwiseMean(
        questions.stream()
            .map(
                question ->
                    new Item(
                        value.applyAsDouble(question),
                        question.cluster(),
                        macro ? question.groups().get("type") : ""))
            .toList(),
        macro ? 3 : 1);
  }

  private void compare(ScoreKey key, PairwiseMean expected, Estimate found) {
    assertEquals(expected.mean(), found.mean(), 1e-12, say(key));
    double error = expected.standardError();
    assertEquals(error, found.standardError(), 1e-10, say(key));
    assertEquals(Double.isNaN(error), Double.isNaN(found.low()), say(key));
  }

  private String say(ScoreKey key) {
    return key + ", seed " + seed;
  }
}
