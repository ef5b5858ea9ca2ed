package io.tokenreel.scene;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tokenreel.scene.DecodedScenes.Place;
import io.tokenreel.video.Frames;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Answers against the sampled frames of the decoded files, where a look at colours decides. */
class SceneAnswersTest {

  private static final int VIDEOS = 20;

  @Test
  void answers_ofDecodedFrames_areWhatTheirPixelsShow(@TempDir Path folder) throws IOException {
    check(VIDEOS, Footage.PLAIN, folder);
  }

  @Tag("slow")
  @Test
  void answers_ofLargerAndLongerVideos_areTheSame(@TempDir Path folder) throws IOException {
    check(4, new Footage(2, 5, 30, 50), folder);
  }

  private static void check(int videos, Footage footage, Path folder) throws IOException {
    SceneSet set = new SceneSet(SceneSplit.TEST, 0, videos, SceneSet.SAMPLES);
    set.write(folder, footage, () -> {});
    try (DecodedScenes decoded = new DecodedScenes(SceneSet.SAMPLES)) {
      for (int number = 0; number < videos; number++) {
        String name = set.name(number);
        Path file = folder.resolve("videos").resolve(name + SceneSet.ENDING);
        check(set.scene(number), name, decoded.frames(file));
      }
    }
  }

  private static void check(Scene scene, String name, Frames frames) {
    Map<SceneColour, List<Place>> seen = new EnumMap<>(SceneColour.class);
    List<SceneColour> appearance = new ArrayList<>();
    for (int frame = 0; frame < SceneSet.SAMPLES; frame++) {
      DecodedScenes.places(frames, frame)
          .forEach(
              (colour, place) -> {
                if (!seen.containsKey(colour)) {
                  appearance.add(colour);
                }
                seen.computeIfAbsent(colour, any -> new ArrayList<>()).add(place);
              });
    }
    for (SceneQuestion question : SceneQuestions.about(scene, name)) {
      checkAnswer(question, appearance, seen);
    }
    checkBoxes(SceneTruth.of(scene, name), seen);
  }

  private static void checkAnswer(
      SceneQuestion question, List<SceneColour> appearance, Map<SceneColour, List<Place>> seen) {
    String id = question.questionId();
    switch (question.kind()) {
      case COUNT -> assertEquals("" + appearance.size(), question.answer(), id);
      case ORDER -> {
        int at = question.question().contains("first") ? 0 : appearance.size() - 1;
        assertEquals(appearance.get(at).word(), question.answer().split(" ")[0], id);
      }
      case MOTION -> {
        SceneColour asked =
            appearance.stream()
                .filter(colour -> question.question().contains(" " + colour.word() + " "))
                .findFirst()
                .orElseThrow();
        assertEquals(way(seen.get(asked)), question.answer(), id);
      }
      case COLOUR ->
          assertEquals(
              1, appearance.stream().filter(c -> c.word().equals(question.answer())).count(), id);
      case SHAPE -> {} // needs more than a look at colours
    }
  }

  private static String way(List<Place> places) {
    Place first = places.get(0);
    Place last = places.get(places.size() - 1);
    double right = last.x() - first.x();
    double down = last.y() - first.y();
    if (Math.abs(right) > Math.abs(down)) {
      return right > 0 ? "right" : "left";
    }
    return down > 0 ? "down" : "up";
  }

  /** The truth that training reads: each box is where its object's colour is. */
  private static void checkBoxes(SceneTruth truth, Map<SceneColour, List<Place>> seen) {
    assertEquals(
        new TreeSet<>(truth.objects().stream().map(SceneTruth.Visible::colour).toList()),
        seen.keySet(),
        truth.videoId());
    for (SceneTruth.Visible object : truth.objects()) {
      List<List<Double>> boxes = object.boxes().stream().filter(box -> box != null).toList();
      List<Place> places = seen.get(object.colour());
      assertEquals(boxes.size(), places.size(), truth.videoId());
      for (int i = 0; i < boxes.size(); i++) {
        List<Double> box = boxes.get(i);
        double x = (box.get(0) + box.get(2)) / 2 * Scene.WIDTH;
        double y = (box.get(1) + box.get(3)) / 2 * Scene.HEIGHT;
        assertEquals(x, places.get(i).x(), 5, truth.videoId());
        assertEquals(y, places.get(i).y(), 12, "a triangle's weight lies low; " + truth.videoId());
      }
    }
  }
}
