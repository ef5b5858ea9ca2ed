package io.tokenreel.scene;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Asks about a scene: one question of every kind, but none of the order where there is one object.
 * The uniformly sampled frames decide each answer. Wrong options name what else is in the scene
 * first, so that seeing something is not enough.
 */
final class SceneQuestions {

  private final Scene scene;
  private final String name;
  private final SplittableRandom random;

  private SceneQuestions(Scene scene, String name) {
    this.scene = scene;
    this.name = name;
    this.random = new SplittableRandom(scene.seed()).split();
  }

  /**
   * The questions of a scene, the same on every machine.
   *
   * @param name the video's file name without its ending
   */
  static List<SceneQuestion> about(Scene scene, String name) {
    return new SceneQuestions(scene, name).all();
  }

  private List<SceneQuestion> all() {
    List<SceneQuestion> all = new ArrayList<>();
    SceneObject coloured = Draws.one(scene.objects(), random);
    all.add(
        question(
            QuestionKind.COLOUR,
            "What colour is the %s?".formatted(coloured.shape().word()),
            coloured.colour().word(),
            scene.objects().stream().map(object -> object.colour().word()).toList(),
            List.of(SceneColour.values()).stream().map(SceneColour::word).toList()));
    SceneObject shaped = Draws.one(scene.objects(), random);
    all.add(
        question(
            QuestionKind.SHAPE,
            "What shape is the %s object?".formatted(shaped.colour().word()),
            shaped.shape().word(),
            List.of(),
            List.of(SceneShape.values()).stream().map(SceneShape::word).toList()));
    SceneObject moving =
        Draws.one(
            scene.objects().stream()
                .filter(object -> object.motion() != SceneMotion.STILL)
                .toList(),
            random);
    all.add(
        question(
            QuestionKind.MOTION,
            "Which way does the %s object move?".formatted(moving.colour().word()),
            moving.motion().word(),
            List.of(),
            SceneMotion.WAYS.stream().map(SceneMotion::word).toList()));
    if (scene.objects().size() > 1) {
      all.add(order());
    }
    all.add(
        question(
            QuestionKind.COUNT,
            "How many coloured objects appear?",
            "" + scene.objects().size(),
            List.of(),
            IntStream.rangeClosed(1, SceneSampler.MOST_OBJECTS).mapToObj(n -> "" + n).toList()));
    return all;
  }

  /**
   * Objects are in the order in which they appear, each first seen in a sampled frame of its own.
   */
  private SceneQuestion order() {
    List<String> names = scene.objects().stream().map(SceneObject::name).toList();
    List<String> absent = new ArrayList<>();
    for (SceneColour colour : SceneColour.values()) {
      for (SceneShape shape : SceneShape.values()) {
        absent.add(colour.word() + " " + shape.word());
      }
    }
    boolean first = random.nextBoolean();
    return question(
        QuestionKind.ORDER,
        "Which object is the %s to appear?".formatted(first ? "first" : "last"),
        names.get(first ? 0 : names.size() - 1),
        names,
        absent);
  }

  /**
   * @param present wrong options to take first
   * @param possible wrong options to fill up with
   */
  private SceneQuestion question(
      QuestionKind kind,
      String question,
      String answer,
      List<String> present,
      List<String> possible) {
    Set<String> options = new LinkedHashSet<>();
    options.add(answer);
    options.addAll(present);
    options.addAll(Draws.shuffled(possible, random));
    return new SceneQuestion(
        name + SceneSet.ENDING,
        name + "-" + kind.word(),
        question,
        Draws.shuffled(options.stream().limit(SceneQuestion.OPTIONS).toList(), random),
        answer,
        kind);
  }
}
