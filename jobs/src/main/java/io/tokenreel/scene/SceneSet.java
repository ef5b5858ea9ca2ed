package io.tokenreel.scene;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A folder of generated videos with questions: {@code videos/}, H.264 in MP4, {@code
 * questions.jsonl} and {@code scenes.jsonl}.
 *
 * @param split what the videos are for
 * @param first number of the first video in its split
 * @param videos how many
 * @param samples uniformly sampled frames that decide every answer
 * @param leastQuestions scenes that decide fewer are skipped
 */
public record SceneSet(SceneSplit split, int first, int videos, int samples, int leastQuestions) {

  /** What a reader should sample: as many frames as a set's videos are made for by default. */
  public static final int SAMPLES = 16;

  static final String ENDING = ".mp4";

  /** What matches the id of a rendered scene, whatever folder it lies in. */
  public static final String IDS =
      Arrays.stream(SceneSplit.values())
          .map(SceneSplit::word)
          .collect(Collectors.joining("|", "(^|.*/)(", ")-[0-9]{6}[.]mp4$"));

  /** Made when a line is first written: every command's help loads the class around it. */
  private static final class Json {

    private static final ObjectMapper MAPPER =
        JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();
  }

  public SceneSet {
    Objects.requireNonNull(split, "split");
    if (videos < 1) {
      throw new IllegalArgumentException("the number of videos must be at least 1; got " + videos);
    }
    if (first < 0 || first > SceneSplit.MOST_VIDEOS - videos) {
      throw new IllegalArgumentException(
          "videos %d to %d of %s are asked for; a split has videos 0 to %d"
              .formatted(first, first + videos - 1L, split.word(), SceneSplit.MOST_VIDEOS - 1));
    }
    if (samples < SceneClock.FEWEST) {
      throw new IllegalArgumentException(
          "scenes are made for at least %d sampled frames; got %d"
              .formatted(SceneClock.FEWEST, samples));
    }
  }

  /** Every scene, however many questions it decides. */
  public SceneSet(SceneSplit split, int first, int videos, int samples) {
    this(split, first, videos, samples, 0);
  }

  private int[] numbers() {
    return IntStream.range(first, SceneSplit.MOST_VIDEOS)
        .filter(
            number ->
                leastQuestions == 0
                    || SceneQuestions.about(scene(number), name(number)).size() >= leastQuestions)
        .limit(videos)
        .toArray();
  }

  /**
   * Renders the videos on all processors, and writes the two files beside them.
   *
   * @param folder is made when it is missing; files of the same names in it are replaced
   * @param rendered is run after every video, by any thread
   */
  public void write(Path folder, Runnable rendered) throws IOException {
    write(folder, Footage.PLAIN, rendered);
  }

  /** The same with videos of another size or length. */
  public void write(Path folder, Footage footage, Runnable rendered) throws IOException {
    Path target = Files.createDirectories(folder.resolve("videos"));
    int[] numbers = numbers();
    try {
      Arrays.stream(numbers)
          .parallel()
          .forEach(
              number -> {
                render(scene(number), footage, target.resolve(name(number) + ENDING));
                rendered.run();
              });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    try (BufferedWriter questions = Files.newBufferedWriter(folder.resolve("questions.jsonl"));
        BufferedWriter scenes = Files.newBufferedWriter(folder.resolve("scenes.jsonl"))) {
      for (int number : numbers) {
        Scene scene = scene(number);
        for (SceneQuestion question : SceneQuestions.about(scene, name(number))) {
          questions.append(Json.MAPPER.writeValueAsString(question)).append('\n');
        }
        SceneTruth truth = SceneTruth.of(scene, name(number) + ENDING);
        scenes.append(Json.MAPPER.writeValueAsString(truth)).append('\n');
      }
    }
  }

  /** The questions of all videos, in the order of the file. */
  List<SceneQuestion> questions() {
    return Arrays.stream(numbers())
        .boxed()
        .flatMap(number -> SceneQuestions.about(scene(number), name(number)).stream())
        .toList();
  }

  Scene scene(int number) {
    return SceneSampler.sample(split.seed(number), new SceneClock(samples));
  }

  String name(int number) {
    return String.format(Locale.ROOT, "%s-%06d", split.word(), number);
  }

  private static void render(Scene scene, Footage footage, Path file) {
    try {
      footage.render(scene, file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
