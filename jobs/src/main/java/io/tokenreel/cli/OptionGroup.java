package io.tokenreel.cli;

import io.tokenreel.pipeline.setting.ComputeOption;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * What options are about. Groups and the options in them stand here in the order in which {@code
 * --help} and the page of settings show them; a new option of any command is entered here. Options
 * of another program, as {@code bench} is, come first.
 */
enum OptionGroup {
  OTHER("Options"),
  INPUT(
      "Input",
      "--input",
      "--id-root",
      "--limit",
      "--features",
      "--cache",
      "--results",
      "--beside",
      "--questions",
      "--task",
      "--video-id",
      "--ids"),
  REMOVAL("What is removed", "--superseded", "--older-than", "--lift", "--dry-run"),
  FRAMES("Frames", "--sampling", "--fit", "--check"),
  MODEL(
      "Model",
      "--model",
      "--encoder",
      "--template",
      "--device",
      ComputeOption.NAME,
      "--batch-frames"),
  COMPRESSION("Compression", "--compression", "--pruning-rate", "--kv"),
  ANSWERS("Answers", "--scoring", "--option-form", "--max-new-tokens"),
  OUTPUT(
      "Output",
      "--for",
      "--output",
      "--table",
      "--token-dtype",
      "--keep-features",
      "--selections-only",
      "--export",
      "--examples",
      "--tables"),
  LIMITS(
      "Limits",
      "--decode-timeout",
      "--decode-memory",
      "--max-duration",
      "--max-video-tokens",
      "--decode-ahead",
      "--videos-per-commit",
      "--max-failed"),
  SIZE("What is generated", "--videos", "--split", "--first", "--frames"),
  SPARK("Spark", "--master", "--conf"),
  COMMON("General", "--config", "--quiet", "--json", "--help", "--version");

  private final String heading;
  private final List<String> options;

  OptionGroup(String heading, String... options) {
    this.heading = heading;
    this.options = List.of(options);
  }

  String heading() {
    return heading;
  }

  /** The command's options by group, groups and options in their order. */
  static Map<OptionGroup, List<OptionSpec>> of(CommandSpec command) {
    Map<OptionGroup, List<OptionSpec>> groups = new LinkedHashMap<>();
    for (OptionGroup group : values()) {
      List<OptionSpec> members =
          command.options().stream()
              .filter(option -> !option.hidden() && of(option) == group)
              .sorted(Comparator.comparing(option -> group.options.indexOf(option.longestName())))
              .toList();
      if (!members.isEmpty()) {
        groups.put(group, members);
      }
    }
    return groups;
  }

  /** The one group that has an option, or {@link #OTHER}. */
  static OptionGroup of(OptionSpec option) {
    List<OptionGroup> having =
        Stream.of(values()).filter(group -> group.options.contains(option.longestName())).toList();
    if (having.size() > 1) {
      throw new IllegalStateException(
          "%s is in more than one group: %s".formatted(option.longestName(), having));
    }
    return having.isEmpty() ? OTHER : having.get(0);
  }

  /** All options that are entered. */
  static List<String> entered() {
    return Stream.of(values()).flatMap(group -> group.options.stream()).toList();
  }
}
