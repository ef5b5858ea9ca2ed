package io.tokenreel.model.family.djl;

import io.tokenreel.model.StepGrid;
import io.tokenreel.model.checkpoint.CheckpointFolder;
import io.tokenreel.model.checkpoint.FolderLayout;
import io.tokenreel.model.checkpoint.Settings;
import io.tokenreel.video.FrameSize;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@value FolderLayout#EXPORTED_SETTINGS} says of an exported encoder.
 *
 * @param frame the size of its frames
 * @param grid rows and columns of a frame's tokens
 * @param channels of a token
 * @param skip tokens before those of the grid, such as a class token and registers
 * @param mean {@code [3]}, red, green, blue, of levels scaled to 0..1; nobody writes to it
 * @param deviation {@code [3]}, above 0, as above
 * @param output which of the model's outputs holds the tokens
 */
record EncoderSettings(
    FrameSize frame,
    StepGrid.Size grid,
    int channels,
    int skip,
    double[] mean,
    double[] deviation,
    OutputChoice output) {

  private static final List<String> REQUIRED = List.of("frame", "grid", "channels", "mean", "std");
  private static final List<String> OPTIONAL = List.of("skip", OutputChoice.KEY);

  private static final Pattern SIZE = Pattern.compile("([1-9]\\d{0,4})x([1-9]\\d{0,4})");

  /**
   * Reads the file.
   *
   * @throws IllegalArgumentException when a key is missing, unknown or has another value than it
   *     may have; the message names it
   */
  static EncoderSettings read(CheckpointFolder folder) {
    Settings settings =
        Settings.readYaml(folder, FolderLayout.EXPORTED_SETTINGS, REQUIRED, OPTIONAL);
    Matcher frame = settings.text("frame", SIZE, "HEIGHTxWIDTH in pixels, such as 224x224");
    Matcher grid = settings.text("grid", SIZE, "ROWSxCOLUMNS of tokens, such as 16x16");
    double[] deviation = settings.numbers("std", 1, 1, 1);
    if (Arrays.stream(deviation).anyMatch(one -> !(one > 0))) {
      throw new IllegalArgumentException(
          "%s/%s: std must be 3 numbers above 0; got %s"
              .formatted(folder.uri(), FolderLayout.EXPORTED_SETTINGS, Arrays.toString(deviation)));
    }
    return new EncoderSettings(
        new FrameSize(first(frame), second(frame)),
        new StepGrid.Size(first(grid), second(grid)),
        settings.integer("channels", 1, 1),
        settings.integer("skip", 0, 0),
        settings.numbers("mean", 0, 0, 0),
        deviation,
        OutputChoice.of(settings));
  }

  private static int first(Matcher size) {
    return Integer.parseInt(size.group(1));
  }

  private static int second(Matcher size) {
    return Integer.parseInt(size.group(2));
  }

  /** Tokens of a frame that the model gives, those that are skipped included. */
  int modelTokens() {
    return skip + grid.tokens();
  }

  /** All that tokens depend on but the model's file, in one form. */
  String canonical() {
    return "frame %s, grid %d x %d, channels %d, skip %d, mean %s, std %s, %s"
        .formatted(
            frame,
            grid.rows(),
            grid.columns(),
            channels,
            skip,
            Arrays.toString(mean),
            Arrays.toString(deviation),
            output);
  }
}
