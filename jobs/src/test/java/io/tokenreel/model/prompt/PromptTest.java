package io.tokenreel.model.prompt;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.model.checkpoint.CheckpointFolder;
import io.tokenreel.model.safetensors.SafetensorsFile;
import io.tokenreel.model.safetensors.Tensor;
import io.tokenreel.testing.Fixtures;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Prompts and tokens are those of the golden checkpoint, and LLaVA-NeXT's to the byte. */
class PromptTest {

  private static final Path FOLDER = Fixtures.LLAVA_ONEVISION;

  private final SafetensorsFile expected =
      SafetensorsFile.open(FOLDER.resolve("expected.safetensors"));
  private final CheckpointFolder folder =
      CheckpointFolder.open(FOLDER.toString(), new Configuration());

  @Test
  void render_chat_isTheGoldenPrompt() {
    String question = expected.metadata().get("question");
    Prompt prompt =
        PromptTemplates.of(PromptTemplates.CHAT, folder, VideoMark.VIDEO).render(question);
    assertEquals(expected.metadata().get("prompt"), prompt.toString());
    assertEquals("<video>", prompt.placeholder());
  }

  @Test
  void encode_theGoldenPrompt_givesItsIds() {
    Prompt prompt =
        PromptTemplates.of(PromptTemplates.CHAT, folder, VideoMark.VIDEO)
            .render(expected.metadata().get("question"));
    try (TextTokenizer tokenizer = TextTokenizer.open(folder)) {
      int[] ids =
          IntStream.concat(
                  IntStream.concat(
                      IntStream.of(tokenizer.encode(prompt.before())), IntStream.of(384)),
                  IntStream.of(tokenizer.encode(prompt.after())))
              .toArray();
      assertArrayEquals(ints("prompt_ids"), ids);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"none", "vidcom2:retention=0.25", "vidcom2:retention=0.5", "dycoke:prune=0.7"})
  void decode_theGoldenTokens_givesTheirText(String setting) {
    try (TextTokenizer tokenizer = TextTokenizer.open(folder)) {
      assertEquals(
          expected.metadata().get(setting + ".text"), tokenizer.decode(ints(setting + ".greedy")));
    }
  }

  @Test
  void render_qwen15_isLlavaNextsConversation() {
    assertEquals(
        "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\n<image>\nWhy?<|im_end|>\n<|im_start|>assistant\n",
        PromptTemplates.of(PromptTemplates.QWEN_1_5, folder, VideoMark.VIDEO)
            .render("Why?")
            .toString());
  }

  @Test
  void render_questionWithThePlaceholder_showsThePrompt() {
    for (String name : PromptTemplates.names()) {
      PromptTemplate template = PromptTemplates.of(name, folder, VideoMark.VIDEO);
      String message =
          assertThrows(
                  IllegalArgumentException.class, () -> template.render("<video><image> what?"))
              .getMessage();
      assertTrue(message.contains("once, where the video goes") && message.contains("what?"));
    }
  }

  @Test
  void of_anUnknownName_listsTheKnownOnes() {
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> PromptTemplates.of("plain", folder, VideoMark.VIDEO))
            .getMessage();
    assertEquals("unknown template 'plain'; known: [chat, qwen_1_5]", message);
  }

  @Test
  void render_templateThatIsNoJinja_showsIt() {
    PromptTemplate broken = new ChatTemplate("{% for %}", Map.of(), VideoMark.VIDEO);
    String message =
        assertThrows(IllegalArgumentException.class, () -> broken.render("what?")).getMessage();
    assertTrue(message.contains("{% for %}"), message);
  }

  @Test
  void render_publishedTemplate_printsWhatGenerationMarks() {
    String template =
        "{% for message in messages %}{{'<|im_start|>' + message['role'] + ' '}}{# video #}"
            + "{% for content in message['content'] | selectattr('type', 'equalto', 'video') %}{{ '<video>\\n' }}{% endfor %}"
            + "{% if message['role'] != 'assistant' %}{% for content in message['content'] | selectattr('type', 'equalto', 'text') %}{{ content['text'] }}{% endfor %}"
            + "{% else %}{% for content in message['content'] | selectattr('type', 'equalto', 'text') %}{% generation %}{{ content['text'] }}{% endgeneration %}{% endfor %}{% endif %}"
            + "{{'<|im_end|>'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";
    assertEquals(
        "<|im_start|>user <video>\nIs 1 < 2 & \"so\"?\n{{ 7 * 7 }}{% if %}{# no #}<|im_end|><|im_start|>assistant\n",
        new ChatTemplate(template, Map.of(), VideoMark.VIDEO)
            .render("Is 1 < 2 & \"so\"?\n{{ 7 * 7 }}{% if %}{# no #}")
            .toString());
  }

  @Test
  void render_templateOfManyLines_hasTheNewlinesOfTransformers() {
    String template =
        """
        {% for message in messages %}
          {% if message.role == 'user' %}
        <|im_start|>user
        {% for content in message.content %}{% if content.type == 'video' %}<video>{% else %}{{ content.text }}{% endif %}{% endfor %}<|im_end|>
          {% endif %}
        {% endfor %}
        """;
    assertEquals(
        "<|im_start|>user\n<video>What?<|im_end|>\n",
        new ChatTemplate(template, Map.of(), VideoMark.VIDEO).render("What?").toString());
  }

  private int[] ints(String name) {
    Tensor tensor = expected.tensor(name);
    LongBuffer buffer = tensor.data().duplicate().order(ByteOrder.LITTLE_ENDIAN).asLongBuffer();
    return IntStream.range(0, buffer.remaining()).map(i -> (int) buffer.get(i)).toArray();
  }
}
