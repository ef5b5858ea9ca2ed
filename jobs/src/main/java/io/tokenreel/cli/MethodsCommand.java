package io.tokenreel.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import io.tokenreel.compress.Compressors;
import io.tokenreel.model.kv.KvSpec;
import io.tokenreel.model.prompt.PromptTemplates;
import io.tokenreel.model.prompt.Scoring;
import io.tokenreel.spec.MethodInfo;
import io.tokenreel.video.FrameFit;
import io.tokenreel.video.Samplers;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tokenreel methods}: all specs with their settings, from the registries themselves. */
@Command(
    name = "methods",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Lists compressions, samplings, KV caches, scorings and prompt templates with their settings.",
    footerHeading = CommandHelp.EXAMPLES,
    footer = {"  tokenreel methods", "  tokenreel methods --json"})
final class MethodsCommand implements Callable<Integer> {

  private static final ObjectMapper JSON =
      new ObjectMapper().setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE);

  @Spec private CommandSpec spec;

  @Option(names = "--json", description = "one JSON object on standard output")
  private boolean json;

  /** All methods, by the option that takes them. */
  static Map<String, List<MethodInfo>> all() {
    Map<String, List<MethodInfo>> all = new LinkedHashMap<>();
    all.put("--compression", Compressors.infos());
    all.put("--sampling", Samplers.infos());
    all.put("--fit", FrameFit.infos());
    all.put("--kv", KvSpec.infos());
    all.put("--scoring", Scoring.infos());
    all.put("--template", PromptTemplates.infos());
    return all;
  }

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      Map<String, List<MethodInfo>> kinds = new LinkedHashMap<>();
      all().forEach((option, methods) -> kinds.put(option.substring(2), methods));
      out.println(JSON.writeValueAsString(kinds));
    } else {
      all().forEach((option, methods) -> print(out, option, methods));
    }
    out.flush();
    return 0;
  }

  private static void print(PrintWriter out, String option, List<MethodInfo> methods) {
    out.println(option);
    for (MethodInfo method : methods) {
      out.printf("  %s%n      %s%n", method.form(), method.meaning());
      if (!method.needs().isEmpty()) {
        out.printf(
            "      needs the signals %s of the encoder%n", String.join(", ", method.needs()));
      }
      for (MethodInfo.SettingInfo setting : method.settings()) {
        out.printf(
            "      %-10s %s%s%n",
            setting.key(),
            setting.allowed(),
            setting.byDefault() == null ? "" : " (default: " + setting.byDefault() + ")");
      }
    }
    out.println();
  }
}
