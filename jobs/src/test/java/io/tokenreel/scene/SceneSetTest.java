package io.tokenreel.scene;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tokenreel.video.FrameTimes;
import io.tokenreel.video.Frames;
import io.tokenreel.video.UniformSampler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Generated sets: reproducible, disjoint, and without a way to the answer past the video. */
class SceneSetTest {

  private static final SceneSet MANY = new SceneSet(SceneSplit.TEST, 0, 300, SceneSet.SAMPLES);
  private static final double CHANCE = 1.0 / SceneQuestion.OPTIONS;

  private static double majority(List<SceneQuestion> questions, Function<SceneQuestion, ?> by) {
    return questions.stream()
            .collect(Collectors.groupingBy(by, Collectors.counting()))
            .values()
            .stream()
            .mapToLong(Long::longValue)
            .max()
            .orElse(0)
        / (double) questions.size();
  }

  @Test
  void write_sameSeeds_givesSameQuestionsAndFrames(@TempDir Path folder) throws IOException {
    SceneSet set = new SceneSet(SceneSplit.VALIDATION, 7, 2, 8);
    for (String name : List.of("one", "two")) {
      set.write(folder.resolve(name), () -> {});
    }
    for (String file : List.of("questions.jsonl", "scenes.jsonl")) {
      assertEquals(
          -1,
          Files.mismatch(folder.resolve("one").resolve(file), folder.resolve("two").resolve(file)),
          file);
    }
    try (DecodedScenes decoded = new DecodedScenes(8)) {
      for (String video : List.of("validation-000007.mp4", "validation-000008.mp4")) {
        Frames one = decoded.frames(folder.resolve("one/videos").resolve(video));
        Frames two = decoded.frames(folder.resolve("two/videos").resolve(video));
        assertArrayEquals(one.rgb(), two.rgb(), video);
        assertArrayEquals(one.ptsMicros(), two.ptsMicros(), video);
        assertEquals(300_000, one.ptsMicros()[1], "every third frame, at ten a second");
      }
    }
  }

  @Test
  void write_questionsFile_hasTheColumnsOfAnAnswerJob(@TempDir Path folder) throws IOException {
    SceneSet set = new SceneSet(SceneSplit.TRAIN, 3, 2, 4);
    set.write(folder, () -> {});
    List<String> lines = Files.readAllLines(folder.resolve("questions.jsonl"));
    assertEquals(set.questions().size(), lines.size());
    JsonNode first = new ObjectMapper().readTree(lines.get(0));
    Set<String> columns = new HashSet<>();
    first.fieldNames().forEachRemaining(columns::add);
    assertEquals(
        Set.of("video_id", "question_id", "question", "options", "answer", "kind"), columns);
    assertEquals("train-000003.mp4", first.get("video_id").textValue());
    assertEquals("train-000003-colour", first.get("question_id").textValue());
    assertEquals("colour", first.get("kind").textValue());
    assertEquals(SceneQuestion.OPTIONS, first.get("options").size());
    assertTrue(Files.exists(folder.resolve("videos").resolve("train-000004.mp4")));
  }

  @Test
  void questions_everyKind_occursAndHasItsAnswerAmongTheOptions() {
    List<SceneQuestion> questions = MANY.questions();
    assertEquals(
        EnumSet.allOf(QuestionKind.class),
        questions.stream()
            .map(SceneQuestion::kind)
            .collect(Collectors.toCollection(() -> EnumSet.noneOf(QuestionKind.class))));
    questions.forEach(question -> assertTrue(question.options().contains(question.answer())));
    assertEquals(
        questions.size(), questions.stream().map(SceneQuestion::questionId).distinct().count());
  }

  @Test
  void questions_withoutTheVideo_areAnsweredByChance() {
    Map<QuestionKind, List<SceneQuestion>> kinds =
        MANY.questions().stream().collect(Collectors.groupingBy(SceneQuestion::kind));
    kinds.forEach(
        (kind, questions) -> {
          double answer = majority(questions, SceneQuestion::answer);
          assertTrue(answer <= CHANCE + 0.06, kind + ": the commonest answer is right " + answer);
          double place = majority(questions, q -> q.options().indexOf(q.answer()));
          assertTrue(place <= CHANCE + 0.06, kind + ": the commonest place is right " + place);
        });
  }

  @Test
  void splits_seeds_areDisjoint() {
    for (SceneSplit split : SceneSplit.values()) {
      long first = split.seed(0);
      long last = split.seed(SceneSplit.MOST_VIDEOS - 1);
      for (SceneSplit other : SceneSplit.values()) {
        assertEquals(
            split == other,
            other.seed(0) <= last && first <= other.seed(SceneSplit.MOST_VIDEOS - 1),
            split + " " + other);
      }
    }
    Set<List<SceneObject>> scenes = new HashSet<>();
    for (SceneSplit split : SceneSplit.values()) {
      SceneSet set = new SceneSet(split, 0, 100, SceneSet.SAMPLES);
      IntStream.range(0, 100).forEach(n -> assertTrue(scenes.add(set.scene(n).objects())));
    }
  }

  @Test
  void set_outsideItsSplit_isRefused() {
    assertThrows(IllegalArgumentException.class, () -> new SceneSet(SceneSplit.TEST, 0, 0, 16));
    assertThrows(IllegalArgumentException.class, () -> new SceneSet(SceneSplit.TEST, -1, 1, 16));
    assertThrows(IllegalArgumentException.class, () -> new SceneSet(SceneSplit.TEST, 0, 1, 3));
    int last = SceneSplit.MOST_VIDEOS - 1;
    assertThrows(IllegalArgumentException.class, () -> new SceneSet(SceneSplit.TEST, last, 2, 16));
    assertFalse(new SceneSet(SceneSplit.TEST, last, 1, 16).questions().isEmpty());
  }

  @Test
  void clock_uniformSampling_takesItsFrames() {
    for (int samples : new int[] {4, 8, 16, 32}) {
      SceneClock clock = new SceneClock(samples);
      long[] ptsMicros = IntStream.range(0, clock.frames()).mapToLong(i -> i * 100_000L).toArray();
      assertArrayEquals(
          IntStream.range(0, samples).map(clock::frameOf).toArray(),
          new UniformSampler(samples)
              .choose(new FrameTimes(ptsMicros, new boolean[ptsMicros.length], 10)));
    }
  }

  @Test
  void scenes_ofASet_haveBriefSmallAndSimultaneousObjects() {
    List<Scene> scenes = IntStream.range(0, 300).mapToObj(MANY::scene).toList();
    List<SceneObject> objects = scenes.stream().flatMap(s -> s.objects().stream()).toList();
    double brief = objects.stream().filter(o -> o.samples() <= 2).count();
    assertTrue(brief / objects.size() > 0.25, "brief: " + brief / objects.size());
    double small = objects.stream().filter(o -> o.size() <= Scene.WIDTH / 8).count();
    assertTrue(small / objects.size() > 0.4, "small: " + small / objects.size());
    long together =
        scenes.stream()
            .filter(
                scene ->
                    IntStream.range(0, scene.clock().frames())
                        .anyMatch(
                            f -> scene.objects().stream().filter(o -> o.visible(f)).count() > 1))
            .count();
    assertTrue(together > 100, "with several objects on a frame: " + together);
    for (int count = 1; count <= SceneSampler.MOST_OBJECTS; count++) {
      int wanted = count;
      assertTrue(scenes.stream().anyMatch(scene -> scene.objects().size() == wanted));
    }
  }
}
