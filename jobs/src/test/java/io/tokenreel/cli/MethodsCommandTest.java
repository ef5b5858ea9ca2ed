package io.tokenreel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tokenreel.compress.Compressors;
import io.tokenreel.model.OutsideFamily;
import io.tokenreel.model.kv.KvSpec;
import io.tokenreel.model.prompt.PromptTemplates;
import io.tokenreel.model.prompt.Scoring;
import io.tokenreel.spec.MethodInfo;
import io.tokenreel.testing.AttentionMethod;
import io.tokenreel.testing.OutsideMethods;
import io.tokenreel.video.Samplers;
import io.tokenreel.video.SamplingSpec;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What is listed is what the parsers take. */
class MethodsCommandTest {

  private static String printed(String... arguments) {
    StringWriter out = new StringWriter();
    CommandLine line = TokenReel.commandLine();
    line.setOut(new PrintWriter(out));
    assertEquals(0, TokenReel.execute(line, arguments));
    return out.toString();
  }

  /** The spec with every default spelt out. */
  private static String spelt(MethodInfo method) {
    return method.name()
        + method.settings().stream()
            .map(setting -> setting.key() + "=" + setting.byDefault())
            .collect(Collectors.joining(",", method.settings().isEmpty() ? "" : ":", ""));
  }

  @Test
  void infos_defaultsSpeltOut_areWhatTheNameAloneMeans() {
    for (MethodInfo method : Samplers.infos()) {
      assertEquals(SamplingSpec.parse(method.name()), SamplingSpec.parse(spelt(method)));
    }
    for (MethodInfo method : KvSpec.infos()) {
      assertEquals(KvSpec.parse(method.name()), KvSpec.parse(spelt(method)));
    }
    for (MethodInfo method : Scoring.infos()) {
      assertEquals(Scoring.parse(method.name()), Scoring.parse(spelt(method)));
    }
    assertEquals(Compressors.names(), Compressors.infos().stream().map(MethodInfo::name).toList());
    assertEquals(
        PromptTemplates.names(), PromptTemplates.infos().stream().map(MethodInfo::name).toList());
  }

  @Test
  void methods_asText_haveSettingsDefaultsAndRanges() {
    String text = printed("methods");
    for (String line :
        List.of(
            "--compression",
            "  vidcom2:retention=...[,mode=release][,exact=false]",
            "      retention  a number above 0 and at most 1",
            "      mode       one of [release, paper] (default: release)",
            "  uniform[:frames=32]",
            "      frames     a whole number from 1 to 4096 (default: 32)",
            "      prune      a number from 0 to 1 (default: 0.7)",
            "--template",
            "  qwen_1_5")) {
      assertTrue(text.contains(line + System.lineSeparator()), line + "\nis not in\n" + text);
    }
  }

  @Test
  void methods_asJson_areTheSame() throws IOException {
    JsonNode json = new ObjectMapper().readTree(printed("methods", "--json"));
    assertEquals(Compressors.names().size(), json.get("compression").size());
    int random = Compressors.names().indexOf("random");
    JsonNode seed = json.at("/compression/%d/settings/1".formatted(random));
    assertEquals("seed", seed.get("key").asText(), json.toString());
    assertEquals("0", seed.get("by_default").asText());
    json.get("compression")
        .forEach(method -> assertEquals("[]", method.get("needs").toString(), method.toString()));
  }

  @Test
  void methods_withAJarThatBringsOne_listTheSignalsThatItNeeds(@TempDir Path folder)
      throws IOException {
    assertFalse(printed("methods").contains("needs the signals"));
    try (OutsideMethods jar = new OutsideMethods(folder, AttentionMethod.class)) {
      String text = printed("methods");
      String entry =
          Stream.of(
                  "  attention:retention=...",
                  "      keeps the tokens that received most attention",
                  "      needs the signals attn_received of the encoder",
                  "      retention  a number above 0 and at most 1",
                  "")
              .collect(Collectors.joining(System.lineSeparator()));
      assertTrue(text.contains(entry), jar::toString);
      JsonNode first =
          new ObjectMapper().readTree(printed("methods", "--json")).at("/compression/0");
      assertEquals("attention", first.get("name").asText());
      assertEquals("[\"attn_received\"]", first.get("needs").toString());
    }
  }

  @Test
  void models_asTextAndJson_nameWhatIsSupported() throws IOException {
    String text = printed("models");
    assertTrue(text.contains("LlavaOnevisionForConditionalGeneration"), text);
    assertTrue(text.contains("encode and answer; weights stored as F32, F16, BF16"), text);
    JsonNode json = new ObjectMapper().readTree(printed("models", "--json"));
    assertEquals("f32, bf16, f16", json.at("/0/compute_type").asText());
  }

  @Test
  void models_withAJarThatBringsAFamily_listIt(@TempDir Path folder) throws IOException {
    assertFalse(printed("models").contains(OutsideFamily.ARCHITECTURE));
    try (OutsideFamily jar = OutsideFamily.in(folder)) {
      assertTrue(printed("models").contains(OutsideFamily.ARCHITECTURE), jar::toString);
    }
  }
}
