package io.tokenreel.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import io.tokenreel.model.FamilyInfo;
import io.tokenreel.model.Models;
import io.tokenreel.pipeline.setting.SettingsException;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tokenreel models}: what --model takes. */
@Command(
    name = "models",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Lists the families of models with what is supported of each.",
    footerHeading = CommandHelp.EXAMPLES,
    footer = {"  tokenreel models", "  tokenreel models --json"})
final class ModelsCommand implements Callable<Integer> {

  private static final ObjectMapper JSON =
      new ObjectMapper().setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE);

  @Spec private CommandSpec spec;

  @Option(names = "--json", description = "one JSON array on standard output")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    List<FamilyInfo> families = families();
    if (json) {
      out.println(JSON.writeValueAsString(families));
    } else {
      for (FamilyInfo family : families) {
        out.printf(
            "%s%n    %s%n    for %s; weights stored as %s, computed in %s; on %s%n",
            family.architecture(),
            family.meaning(),
            String.join(" and ", family.uses()),
            String.join(", ", family.storedTypes()),
            family.computeType(),
            String.join(" or ", family.devices()));
        if (!family.options().isEmpty()) {
          out.printf(
              "    settings that FOLDER#KEY=VALUE&... takes: %s%n",
              String.join(", ", family.options()));
        }
      }
      out.printf(
          "%s%n    the small model that is built in, of the same kind; it knows the scenes of tokenreel demo and nothing else%n",
          Models.DEFAULT);
      out.println(
          "--model takes a checkpoint's folder in Hugging Face layout: config.json, *.safetensors, preprocessor_config.json (but for LLaVA-Video) and, to answer, tokenizer.json; after djl: a folder with a *.pt or *.onnx file and tokenreel.yaml.");
    }
    out.flush();
    return 0;
  }

  private static List<FamilyInfo> families() {
    try {
      return Models.families();
    } catch (IllegalArgumentException e) {
      throw new SettingsException(e.getMessage());
    }
  }
}
