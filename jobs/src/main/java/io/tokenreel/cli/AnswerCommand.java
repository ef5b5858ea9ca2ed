package io.tokenreel.cli;

import io.tokenreel.model.Models;
import io.tokenreel.model.prompt.Scoring;
import io.tokenreel.pipeline.run.AnswerJob;
import io.tokenreel.pipeline.run.AnswerSummary;
import io.tokenreel.pipeline.run.Progress;
import io.tokenreel.pipeline.setting.AnswerSettings;
import io.tokenreel.pipeline.setting.ComputeOption;
import io.tokenreel.pipeline.setting.SettingsException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options of {@code tokenreel answer}. */
@Command(
    name = "answer",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Answers questions about videos from a token cache, with the model's own language decoder.",
    footerHeading = CommandHelp.EXAMPLES,
    footer = {
      "  tokenreel answer --cache /data/cache --questions questions.jsonl --output /data/answers",
      "  tokenreel answer --cache /data/cache --questions questions.csv --output /data/answers \\",
      "      --model /models/llava-onevision --scoring options --kv dycoke:layer=3,prune=0.7"
    })
final class AnswerCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--cache",
      required = true,
      paramLabel = "DIR",
      description = "a token cache that precompute or compress wrote")
  private String cache;

  @Option(
      names = "--questions",
      required = true,
      arity = "1..*",
      paramLabel = "PATH",
      description =
          "files (.csv, .tsv, .json, .jsonl or .parquet; text ones compressed as well) with video_id, question_id, question, optionally options (a list), answer (an option's words or its letter), and columns that pass through")
  private List<String> questions;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "where answers/ is written; may be the cache itself")
  private String output;

  @Mixin private TableOption table;

  @Option(
      names = "--model",
      defaultValue = "default",
      paramLabel = "DIR",
      description =
          "the checkpoint folder that made the cache, or default (default: ${DEFAULT-VALUE})")
  private String model;

  @Option(
      names = "--fit",
      converter = Specs.Fit.class,
      paramLabel = "SPEC",
      description =
          "the --fit that the cache was precomputed with; part of the encoder's name (default: as the checkpoint says)")
  private String fit;

  @Option(
      names = "--compression",
      arity = "1..*",
      converter = Specs.Compression.class,
      paramLabel = "SPEC",
      description = "compressions to answer from (default: all that the cache has)")
  private List<String> compressions = List.of();

  @Option(
      names = "--device",
      defaultValue = "auto",
      converter = Specs.Device.class,
      paramLabel = Specs.Device.LABEL,
      description = "where the language model runs" + Specs.Device.NUMBER)
  private String device;

  @Option(
      names = ComputeOption.NAME,
      defaultValue = ComputeOption.DEFAULT,
      converter = Specs.ComputeDtype.class,
      paramLabel = Specs.ComputeDtype.LABEL,
      description = ComputeOption.MEANING + "the language model" + ComputeOption.VALUES)
  private String computeDtype;

  @Option(
      names = "--template",
      defaultValue = "chat",
      converter = Specs.Template.class,
      paramLabel = "chat|qwen_1_5",
      description =
          "the prompt: chat, the checkpoint's own template, or qwen_1_5, LLaVA-NeXT's conversation (default: ${DEFAULT-VALUE})")
  private String template;

  @Option(
      names = "--kv",
      defaultValue = "full",
      converter = Specs.Kv.class,
      paramLabel = "SPEC",
      description =
          "keys and values while decoding: full, or dycoke:layer=3,prune=0.7,refresh=0.9,mode=paper|release,reserve=host|device|drop (default: ${DEFAULT-VALUE})")
  private String kv;

  @Option(
      names = "--scoring",
      defaultValue = "generate",
      converter = Specs.AnswerScoring.class,
      paramLabel = "generate|options",
      description =
          "generate: the model speaks; options: its options' likelihoods are compared (default: ${DEFAULT-VALUE})")
  private String scoring;

  @Option(
      names = "--option-form",
      defaultValue = "letter",
      converter = Specs.Form.class,
      paramLabel = "letter|text",
      description =
          "letter: options are lettered lines and a letter is asked for; text: an option is said in its own words (default: ${DEFAULT-VALUE})")
  private String optionForm;

  @Option(
      names = "--max-new-tokens",
      defaultValue = "16",
      paramLabel = "N",
      description = "tokens that generate stops after; at least 1 (default: ${DEFAULT-VALUE})")
  private int maxNewTokens;

  @Mixin private WaveOption wave;

  @Mixin private SessionOptions session;

  @Override
  public Integer call() throws IOException {
    AnswerSettings settings =
        new AnswerSettings(
            cache,
            questions,
            output,
            table.table(),
            fit == null ? model : Models.withFit(model, fit),
            compressions,
            device,
            computeDtype,
            template,
            kv,
            resolvedScoring(),
            wave.videosPerCommit());
    Progress progress = session.progress(spec.commandLine());
    progress.doing("answer", Progress.STARTING);
    long start = System.nanoTime();
    try (CommandSession opened = session.open("answer")) {
      SparkSession spark = opened.spark();
      double sparkSeconds = (System.nanoTime() - start) / 1e9;
      List<AnswerSummary> runs = new AnswerJob(spark, settings, progress).run();
      new SummaryPrinter(spec.commandLine(), session).printAnswers(runs, sparkSeconds);
      return 0;
    }
  }

  private String resolvedScoring() {
    try {
      String tokens = scoring.equals("generate") ? "tokens=" + maxNewTokens + "," : "";
      return Scoring.parse(scoring + ":" + tokens + "form=" + optionForm).toString();
    } catch (IllegalArgumentException e) {
      throw new SettingsException("--scoring, --option-form, --max-new-tokens: " + e.getMessage());
    }
  }
}
