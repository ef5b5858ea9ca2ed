package io.tokenreel.cli;

import io.tokenreel.pipeline.run.Progress;
import io.tokenreel.pipeline.setting.SettingsException;
import io.tokenreel.scene.SceneSet;
import io.tokenreel.scene.SceneSplit;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.LongAdder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tokenreel scenes}: generated videos with questions, which needs no Spark. */
@Command(
    name = "scenes",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Renders videos of simple scenes with questions and exact answers: DIR/videos, DIR/questions.jsonl, DIR/scenes.jsonl.",
    footerHeading = CommandHelp.EXAMPLES,
    footer = {
      "  tokenreel scenes --output scenes --videos 300 --split test",
      "  tokenreel scenes --output more --videos 20 --split train --first 1000 --quiet"
    })
final class ScenesCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--output",
      required = true,
      converter = Specs.LocalFolder.class,
      paramLabel = "DIR",
      description = "the folder to write to; files of the same names in it are replaced")
  private Path output;

  @Option(
      names = "--videos",
      required = true,
      paramLabel = "N",
      description = "how many videos; at least 1")
  private int videos;

  @Option(
      names = "--split",
      required = true,
      converter = Specs.Split.class,
      paramLabel = "train|validation|test",
      description = "what the videos are for; no video of one split is in another")
  private String split;

  @Option(
      names = "--first",
      defaultValue = "0",
      paramLabel = "K",
      description = "number of the first video in its split, from 0 (default: ${DEFAULT-VALUE})")
  private int first;

  @Option(
      names = "--frames",
      defaultValue = "" + SceneSet.SAMPLES,
      paramLabel = "N",
      description =
          "so many uniformly sampled frames decide every answer; at least 4 (default: ${DEFAULT-VALUE})")
  private int frames;

  @Option(names = "--quiet", description = "no progress line and no summary text")
  private boolean quiet;

  @Override
  public Integer call() throws IOException {
    SceneSet set = set();
    LongAdder rendered = new LongAdder();
    PrintWriter err = spec.commandLine().getErr();
    long start = System.nanoTime();
    try (Progress progress = quiet ? Progress.silent() : Progress.on(err)) {
      progress.start(
          Progress.Stage.of("render", "videos"),
          videos,
          () -> new Progress.Counts(rendered.sum(), 0, 0));
      set.write(output, rendered::increment);
    }
    if (!quiet) {
      double seconds = (System.nanoTime() - start) / 1e9;
      err.printf(
          Locale.ROOT,
          "%d videos in %.1f s, %.1f videos/s; questions in %s%n",
          videos,
          seconds,
          videos / seconds,
          output.resolve("questions.jsonl"));
      err.flush();
    }
    return 0;
  }

  private SceneSet set() {
    SceneSplit chosen =
        Arrays.stream(SceneSplit.values())
            .filter(known -> known.word().equals(split))
            .findFirst()
            .orElseThrow(
                () ->
                    new SettingsException(
                        "--split must be train, validation or test; got " + split));
    try {
      return new SceneSet(chosen, first, videos, frames);
    } catch (IllegalArgumentException e) {
      throw new SettingsException("--first, --videos or --frames: " + e.getMessage());
    }
  }
}
