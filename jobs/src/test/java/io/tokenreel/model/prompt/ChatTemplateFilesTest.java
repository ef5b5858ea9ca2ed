package io.tokenreel.model.prompt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.model.checkpoint.CheckpointFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChatTemplateFilesTest {

  @TempDir Path folder;

  @BeforeEach
  void beACheckpoint() throws IOException {
    write("config.json", "{}");
  }

  private void write(String file, String text) throws IOException {
    Files.writeString(folder.resolve(file), text);
  }

  private CheckpointFolder open() {
    return CheckpointFolder.open(folder.toString(), new Configuration());
  }

  @Test
  void template_severalFiles_isTheOneThatTransformersTakes() throws IOException {
    write("tokenizer_config.json", "{\"chat_template\": \"tokenizer\"}");
    assertEquals(Optional.of("tokenizer"), ChatTemplateFiles.template(open()));
    write("chat_template.jinja", "raw");
    assertEquals(Optional.of("raw"), ChatTemplateFiles.template(open()));
    write("chat_template.json", "{\"chat_template\": \"legacy\"}");
    assertEquals(Optional.of("legacy"), ChatTemplateFiles.template(open()));
    write("processor_config.json", "{\"chat_template\": null}");
    assertEquals(Optional.of("legacy"), ChatTemplateFiles.template(open()));
    write("processor_config.json", "{\"chat_template\": \"processor\"}");
    assertEquals(Optional.of("processor"), ChatTemplateFiles.template(open()));
  }

  @Test
  void template_severalByName_isTheDefault() throws IOException {
    write(
        "tokenizer_config.json",
        "{\"chat_template\": [{\"name\": \"rag\", \"template\": \"r\"}, {\"name\": \"default\", \"template\": \"d\"}]}");
    assertEquals(Optional.of("d"), ChatTemplateFiles.template(open()));
    write("processor_config.json", "{\"chat_template\": {\"rag\": \"r\", \"default\": \"p\"}}");
    assertEquals(Optional.of("p"), ChatTemplateFiles.template(open()));
    write("processor_config.json", "{\"chat_template\": {\"rag\": \"r\"}}");
    String message =
        assertThrows(IllegalArgumentException.class, () -> ChatTemplateFiles.template(open()))
            .getMessage();
    assertTrue(message.contains("processor_config.json of model"), message);
    assertTrue(message.contains("one named default"), message);
    assertEquals("", ChatTemplateFiles.canonical(open())); // other templates do not need it
  }

  @Test
  void canonical_templateThatNamesSpecialTokens_hasTheirTexts() throws IOException {
    write(
        "tokenizer_config.json",
        "{\"bos_token\": {\"content\": \"<s>\"}, \"eos_token\": \"</s>\", \"pad_token\": null}");
    assertEquals("", ChatTemplateFiles.canonical(open()));
    String template = "{{ bos_token }}{{ messages[0].content[0].type }}{{ messages[0].content }}";
    write("chat_template.jinja", template);
    assertEquals(template + "\nbos_token <s>", ChatTemplateFiles.canonical(open()));
  }

  @Test
  void render_templateThatNamesSpecialTokens_printsThem() throws IOException {
    write("tokenizer_config.json", "{\"bos_token\": {\"content\": \"<s>\"}}");
    write("chat_template.jinja", "{{ bos_token }}<video>{{ messages[0].content[1].text }}");
    assertEquals(
        "<s><video>Why?",
        PromptTemplates.of(PromptTemplates.CHAT, open(), VideoMark.VIDEO)
            .render("Why?")
            .toString());
  }
}
