package io.tokenreel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.cache.commit.CopyingStore;
import io.tokenreel.model.ComputeChoice;
import io.tokenreel.model.DeviceChoice;
import io.tokenreel.pipeline.setting.ComputeOption;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Exit statuses of command lines that are refused before Spark is started. */
class TokenReelTest {

  private static final String[] RUN = {"precompute", "--input", "videos", "--output", "out"};

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int execute(String... arguments) {
    CommandLine line = TokenReel.commandLine();
    line.setOut(new PrintWriter(out));
    line.setErr(new PrintWriter(err, true));
    return TokenReel.execute(line, arguments);
  }

  private void assertRefused(String message, String... more) {
    assertRefusedLine(
        message, Stream.concat(Stream.of(RUN), Stream.of(more)).toArray(String[]::new));
  }

  private void assertRefusedLine(String message, String... arguments) {
    err.getBuffer().setLength(0);
    assertEquals(2, execute(arguments), String.join(" ", arguments) + "\n" + err);
    assertTrue(err.toString().contains(message), err.toString());
    assertTrue(err.toString().startsWith("tokenreel: "), err.toString());
    assertTrue(err.toString().lines().count() <= 2, err.toString());
    assertEquals("", out.toString());
  }

  @Test
  void execute_badUsage_exitsWithTwoAndNamesIt() {
    assertRefusedLine("Missing required option: '--input=PATH'", "precompute", "--output", "out");
    assertRefusedLine("--output", "precompute", "--input", "videos");
    assertRefusedLine("--features", "compress", "--output", "out", "--compression", "none");
    assertRefusedLine("--cache", "verify");
    assertRefusedLine(
        "--fit", "answer", "--cache=cache", "--questions=q.csv", "--output=out", "--fit=square");
    assertRefused("--batch-frames", "--batch-frames", "many");
    assertRefused("expected a whole number; got 'many'", "--batch-frames", "many");
    assertRefused("expected a number; got 'few'", "--max-failed", "few");
    assertRefused("--decode-timeout must be at least 1; got -3", "--decode-timeout", "-3");
    assertRefused("--conf must be KEY=VALUE", "--conf", "spark.executor.memory");
    assertRefusedLine("which command? known: [precompute, ");
    assertRefusedLine(
        "option '--input' needs a value before '--output'\nsee tokenreel precompute --help",
        "precompute",
        "--input",
        "--output",
        "out");
  }

  @Test
  void execute_unknownWord_namesTheNearestAndTheHelp() {
    String see = "see tokenreel precompute --help";
    assertRefused("unknown option '--inputs'; did you mean --input?\n" + see, "--inputs=more");
    assertRefused("unknown option '--frobnicate'\n" + see, "--frobnicate");
    assertRefused("unknown option '-x'\n" + see, "-x");
    assertRefused("unknown option '--scoring': it belongs to answer\n" + see, "--scoring=options");
    assertRefusedLine(
        "unknown option '--inptu'; did you mean --input?\n" + see,
        "precompute",
        "--output=out",
        "--inptu",
        "videos");
    assertRefusedLine(
        "unknown option '--compresion'; did you mean --compression?",
        "precompute",
        "--output=out",
        "--input",
        "videos",
        "--compresion",
        "none");
    assertRefusedLine(
        "unknown command 'precomputed'; did you mean precompute? known: [precompute, ",
        "precomputed",
        "--input=videos");
    assertRefusedLine("see tokenreel --help", "precomputed");
    assertRefusedLine("unexpected 'more'", "demo", "more");
  }

  @Test
  void execute_badSpec_exitsWithTwoAndSaysWhatIsAllowed() {
    assertRefused("unknown device 'tpu'; expected auto, cpu, cuda or cuda:N", "--device", "tpu");
    assertRefused(
        "unknown compute type 'f64'; known: [auto, f32, bf16, f16]", "--compute-dtype", "f64");
    assertRefused("unknown dtype 'f64'; known: [f32, f16, bf16", "--token-dtype", "f64");
    assertRefused("unknown sampler 'random'; known: [fps,", "--sampling", "random:frames=3");
    assertRefused("method 'vidcom3'; did you mean vidcom2? known:", "--compression", "vidcom3");
    assertRefused(
        "unknown key 'retentoin'; did you mean retention? vidcom2 takes retention=",
        "--compression",
        "vidcom2:retentoin=0.5");
    assertRefused("key 'frame'; did you mean frames?", "--sampling", "uniform:frame=3");
    assertRefused("unknown check 'ful'; did you mean full? known: [sampled, full]", "--check=ful");
    assertRefused("--compression names one setting twice", "--compression", "none", "none");
    assertRefusedLine(
        "unknown task 'videomm'; did you mean videomme? known: [",
        "sweep",
        "--output=out",
        "--compression=none",
        "--task=videomm:root=/data");
    assertRefusedLine(
        "unknown task 'genrated'; did you mean generated? known: [",
        "sweep",
        "--output=out",
        "--compression=none",
        "--task=genrated");
    assertRefusedLine(
        "unknown split 'trian'; did you mean train? known: [train, validation, test]",
        "scenes",
        "--output=out",
        "--videos=1",
        "--split=trian");
  }

  @Test
  void execute_badSetting_exitsWithTwoAndNamesTheFlag() {
    assertRefused("tokenreel: --batch-frames must be at least 1", "--batch-frames", "0");
    assertRefused("tokenreel: --max-failed must be from 0 to 1; got 1.5", "--max-failed", "1.5");
    assertRefused("tokenreel: --max-failed must be from 0 to 1; got NaN", "--max-failed", "NaN");
    assertRefusedLine(
        "--videos-per-commit must be at least 1; got 0",
        "compress",
        "--features=in",
        "--output=out",
        "--compression=none",
        "--videos-per-commit=0");
    assertRefusedLine("--export needs --video-id", "inspect", "--cache=in", "--export=out");
  }

  @Test
  void execute_badConfig_exitsWithTwoAndNamesTheKey(@TempDir Path folder) throws IOException {
    Path config = Files.writeString(folder.resolve("run.yaml"), "batch-frame: 3\n");
    assertRefused(
        config
            + ": unknown setting 'batch-frame'; did you mean batch-frames? known: [batch-frames, ",
        "--config",
        config.toString());
    assertRefused("see tokenreel precompute --help", "--config", config.toString());
    Files.writeString(config, "batch-frames: 0\n");
    assertRefused(
        "--batch-frames must be at least 1; got 0 (in %s)".formatted(config),
        "--config",
        config.toString());
    Files.writeString(config, "batch-frames: many\n");
    assertRefused("got 'many' (in %s)".formatted(config), "--config", config.toString());
    Files.writeString(config, "compression: [vidcom3]\n");
    assertRefused("(in %s)".formatted(config), "--config", config.toString());
  }

  @Test
  void execute_cacheThatIsNone_exitsWithTwo(@TempDir Path folder) {
    assertRefusedLine(
        folder + " is not a cache: it has no runs/",
        "inspect",
        "--cache=" + folder,
        "--video-id=a");
  }

  /** Without its property the file system would not be known. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "inspect --video-id=a",
        "forget --video-id=a",
        "forget --lift --video-id=a",
        "vacuum --encoder=a@1"
      })
  void execute_confOfAFileSystem_reachesTheFirstLookAtTheCache(String command, @TempDir Path none) {
    String more =
        " --cache=copying://%s --conf=spark.hadoop.fs.copying.impl=%s"
            .formatted(none, CopyingStore.class.getName());
    assertRefusedLine(
        "--cache copying://%s is not a cache".formatted(none), (command + more).split(" "));
  }

  @Test
  void execute_helpAndVersion_exitWithZero() {
    assertEquals(0, execute("--help"));
    assertTrue(out.toString().contains("precompute"), out.toString());
    assertEquals(0, execute("--version"));
    assertTrue(out.toString().contains("tokenreel development"), out.toString());
  }

  @Test
  void withOwnExtension_othersGiven_keepsThem() {
    String own = "io.tokenreel.sql.TokenReelExtensions";
    assertEquals(own, SessionOptions.withOwnExtension(""));
    assertEquals("a.B,c.D," + own, SessionOptions.withOwnExtension("a.B, c.D"));
    assertEquals(own + ",a.B", SessionOptions.withOwnExtension(own + ",a.B"));
  }

  @Test
  void help_ofTheDevice_hasTheWordsThatAreTaken() {
    assertEquals(
        List.of(DeviceChoice.WORDS.split(", | or ")), List.of(Specs.Device.LABEL.split("\\|")));
  }

  @Test
  void help_ofTheComputeType_hasTheWordsThatAreTakenWhereverThereIsADevice() {
    assertEquals(ComputeChoice.words(), List.of(Specs.ComputeDtype.LABEL.split("\\|")));
    TokenReel.commandLine()
        .getSubcommands()
        .forEach(
            (name, command) ->
                assertEquals(
                    command.getCommandSpec().optionsMap().containsKey("--device"),
                    command.getCommandSpec().optionsMap().containsKey(ComputeOption.NAME),
                    name));
  }

  @Test
  void commandLine_deviceOfEachKind_isHandedOnAsItWasWritten() {
    for (String device : new String[] {"auto", "cpu", "cuda", "cuda:1"}) {
      assertEquals(device, new Specs.Device().convert(device));
    }
  }
}
