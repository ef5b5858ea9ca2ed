package io.tokenreel.sweep;

import io.tokenreel.eval.result.Cell;
import io.tokenreel.eval.task.TaskSpec;
import io.tokenreel.files.Quoting;
import io.tokenreel.model.ComputeType;
import io.tokenreel.model.Models;
import io.tokenreel.pipeline.setting.AnswerSettings;
import io.tokenreel.pipeline.setting.CompressSettings;
import io.tokenreel.pipeline.setting.ComputeOption;
import io.tokenreel.pipeline.setting.PrecomputeSettings;
import io.tokenreel.pipeline.setting.SettingsException;
import io.tokenreel.video.UriSecrets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The resolved options of one sweep, checked; stored with the output.
 *
 * @param output folder of the sweep's cache and of what is made of it
 * @param models checkpoint folders, or {@code default}
 * @param samplings canonical sampling specs
 * @param compressions canonical compression specs; {@code none} is among them, for others are set
 *     against it
 * @param kvs canonical KV cache specs; {@code full} is among them
 * @param tasks specs of benchmarks
 * @param template name of the prompt template
 * @param tokenDtype f32, f16, bf16, int8 or fp8
 * @param device auto, cpu, cuda or cuda:N
 * @param computeDtype auto, f32, bf16 or f16, of the models whose names say none; what it came to
 *     is in their names once the sweep has begun
 * @param examples videos that the report shows
 * @param videosPerCommit videos in one wave
 */
public record SweepSettings(
    String output,
    List<String> models,
    List<String> samplings,
    List<String> compressions,
    List<String> kvs,
    List<String> tasks,
    String template,
    String tokenDtype,
    String device,
    String computeDtype,
    int examples,
    int videosPerCommit) {

  public SweepSettings {
    models = List.copyOf(models);
    samplings = distinct("--sampling", samplings);
    compressions = distinct("--compression", compressions);
    kvs = distinct("--kv", kvs);
    tasks = distinct("--task", tasks);
    requireAmong("--compression", Cell.ALL_TOKENS, compressions);
    requireAmong("--kv", Cell.ALL_KEYS, kvs);
    if (videosPerCommit < 1) {
      throw new SettingsException("--videos-per-commit must be at least 1; got " + videosPerCommit);
    }
    if (examples < 0) {
      throw new SettingsException("--examples must be at least 0; got " + examples);
    }
  }

  private static List<String> distinct(String option, List<String> values) {
    if (values.stream().distinct().count() < values.size()) {
      throw new SettingsException(
          "%s names one setting twice (in canonical form): %s".formatted(option, values));
    }
    return List.copyOf(values);
  }

  private static void requireAmong(String option, String baseline, List<String> values) {
    if (!values.contains(baseline)) {
      throw new SettingsException(
          "%s must name %s, which the others are set against; got %s"
              .formatted(option, baseline, values));
    }
  }

  /** The same settings, of a sweep that has settled what its models compute in. */
  SweepSettings computing(List<String> settled) {
    boolean anyInF32 = settled.stream().anyMatch(m -> Models.namedComputeType(m).isEmpty());
    return new SweepSettings(
        output,
        settled,
        samplings,
        compressions,
        kvs,
        tasks,
        template,
        tokenDtype,
        device,
        anyInF32 ? ComputeType.F32.label() : computeDtype,
        examples,
        videosPerCommit);
  }

  List<TaskSpec> taskSpecs() {
    try {
      return tasks.stream().map(TaskSpec::parse).toList();
    } catch (IllegalArgumentException e) {
      throw new SettingsException("--task: " + e.getMessage());
    }
  }

  /** The command line that says the same. */
  String command() {
    return Stream.of(
            option("--output", List.of(output)),
            option("--task", tasks),
            option("--model", models),
            option("--sampling", samplings),
            option("--compression", compressions),
            option("--kv", kvs),
            option("--template", List.of(template)),
            option("--token-dtype", List.of(tokenDtype)),
            option("--device", List.of(device)),
            option(ComputeOption.NAME, List.of(computeDtype)))
        .collect(Collectors.joining(" ", "tokenreel sweep ", ""));
  }

  private static String option(String name, List<String> values) {
    return name
        + values.stream()
            .map(UriSecrets::hideIn)
            .map(value -> " " + Quoting.shellWord(value))
            .collect(Collectors.joining());
  }

  /** Decode and encode of one model and sampling, features alone. */
  PrecomputeSettings precompute(String manifest, String model, String sampling) {
    return PrecomputeSettings.of(
            List.of(manifest),
            output,
            model,
            sampling,
            List.of(),
            tokenDtype,
            device,
            videosPerCommit)
        .computing(ComputeOption.Settled.of(model, computeDtype));
  }

  /** Selections of all features, without tokens. */
  CompressSettings select() {
    return new CompressSettings(output, output, null, compressions, true, videosPerCommit);
  }

  /** Answers from the features. */
  AnswerSettings answer(String model, List<String> compressed, String kv, String scoring) {
    return new AnswerSettings(
        output,
        tasks,
        output,
        null,
        model,
        compressed,
        device,
        ComputeOption.word(model, computeDtype),
        template,
        kv,
        scoring,
        videosPerCommit);
  }
}
