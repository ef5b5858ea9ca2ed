package io.tokenreel.pipeline.run;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.not;

import io.tokenreel.input.LocalRows;
import io.tokenreel.model.Models;
import io.tokenreel.model.VisionInfo;
import io.tokenreel.pipeline.setting.PrecomputeSettings;
import io.tokenreel.pipeline.setting.SettingsException;
import io.tokenreel.scene.SceneSet;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** What {@code precompute} says before it begins: the model, and what the built-in one is for. */
public final class PrecomputeStart {

  /** Videos that are no scenes and go to the built-in model though nobody named it. */
  static final long MOST_UNASKED = 1000;

  private static final PrecomputeStart SILENT = new PrecomputeStart(null, Naming.NAMED);

  private final PrintWriter out;
  private final Naming naming;

  /** How the model came to be asked for. */
  public enum Naming {
    NAMED,
    BY_DEFAULT
  }

  private PrecomputeStart(PrintWriter out, Naming naming) {
    this.out = out;
    this.naming = naming;
  }

  /** Says nothing, and takes the model as asked for. */
  static PrecomputeStart silent() {
    return SILENT;
  }

  /**
   * Of a command line.
   *
   * @param out null where it is to be quiet
   */
  public static PrecomputeStart on(PrintWriter out, Naming naming) {
    return new PrecomputeStart(out, naming);
  }

  /**
   * What a run works on.
   *
   * @param model as the settings name it
   * @param tokenDtype how tokens are stored
   * @param videos all of the run's
   * @param others of these, those that no scene has the name of
   */
  record Input(String model, String tokenDtype, long videos, long others) {}

  /**
   * Says which model it is.
   *
   * @param videos all of the run's
   * @param count how many they are
   * @throws SettingsException where many videos would go to the built-in model by mistake
   */
  void of(PrecomputeSettings settings, VisionInfo vision, Dataset<Row> videos, long count) {
    if (this == SILENT) {
      return;
    }
    long others =
        Models.isBuiltIn(settings.model())
            ? LocalRows.count(
                LocalRows.derived(videos, videos.filter(not(col("video_id").rlike(SceneSet.IDS)))))
            : 0;
    Input input = new Input(settings.model(), settings.tokenDtype(), count, others);
    List<String> lines = lines(input, vision, naming);
    if (out != null) {
      lines.forEach(out::println);
      out.flush();
    }
  }

  static List<String> lines(Input input, VisionInfo vision, Naming naming) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "Model %s (%s): %s, %d channels a token, stored as %s"
            .formatted(
                vision.model(),
                vision.encoder(),
                vision.grid().describe(),
                vision.dim(),
                input.tokenDtype()));
    if (!Models.isBuiltIn(input.model()) || input.others() == 0) {
      return lines;
    }
    if (naming == Naming.BY_DEFAULT && input.others() > MOST_UNASKED) {
      throw new SettingsException(
          "--model is not given, and the built-in model knows only what `tokenreel scenes` renders; by their names %d of the %d videos are none of these. Name a checkpoint folder, or write --model default if that is meant"
              .formatted(input.others(), input.videos()));
    }
    lines.add(
        "The built-in model knows only what `tokenreel scenes` renders; by their names %d of the %d videos are none of these. For a real model give --model FOLDER"
            .formatted(input.others(), input.videos()));
    return lines;
  }
}
