package io.tokenreel.model.prompt;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.interpret.RenderResult;
import com.hubspot.jinjava.lib.tag.Tag;
import com.hubspot.jinjava.tree.Node;
import com.hubspot.jinjava.tree.TagNode;
import java.util.List;
import java.util.Map;

/** A checkpoint's own chat template, which is Jinja, rendered for one video and one question. */
final class ChatTemplate implements PromptTemplate {

  private static final long MOST_CHARACTERS = 1 << 20;

  private final String template;
  private final String placeholder;
  private final Jinjava jinja;

  /**
   * Takes a template.
   *
   * @param template Jinja
   * @param placeholder the token that it puts where the video goes
   */
  ChatTemplate(String template, String placeholder) {
    this.template = template;
    this.placeholder = placeholder;
    this.jinja =
        new Jinjava(
            JinjavaConfig.newBuilder()
                .withFailOnUnknownTokens(true)
                .withNestedInterpretationEnabled(false) // a question is text, whatever is in it
                .withTrimBlocks(true) // these two as Transformers sets them
                .withLstripBlocks(true)
                .withMaxOutputSize(MOST_CHARACTERS)
                .withMaxRenderDepth(10)
                .build());
    jinja.getGlobalContext().registerTag(new GenerationTag());
  }

  @Override
  public Prompt render(String question) {
    Map<String, Object> message =
        Map.of(
            "role",
            "user",
            "content",
            List.of(Map.of("type", "video"), Map.of("type", "text", "text", question)));
    RenderResult rendered =
        jinja.renderForResult(
            template, Map.of("messages", List.of(message), "add_generation_prompt", true));
    if (rendered.hasErrors()) {
      throw new IllegalArgumentException(
          "the checkpoint's chat template cannot be rendered: %s; it is:%n%s"
              .formatted(rendered.getErrors().get(0).getMessage(), template));
    }
    return Prompt.around(placeholder, rendered.getOutput());
  }

  /** Transformers' mark around what an assistant said; it prints its content. */
  private static final class GenerationTag implements Tag {

    private static final long serialVersionUID = 1;

    @Override
    public String getName() {
      return "generation";
    }

    @Override
    public String interpret(TagNode tag, JinjavaInterpreter interpreter) {
      StringBuilder content = new StringBuilder();
      for (Node child : tag.getChildren()) {
        content.append(child.render(interpreter));
      }
      return content.toString();
    }
  }
}
