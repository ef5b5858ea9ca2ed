package io.tokenreel.model.prompt;

import io.tokenreel.model.checkpoint.CheckpointFolder;
import io.tokenreel.spec.MethodInfo;
import io.tokenreel.spec.UnknownWord;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;

/** The one registry of prompt templates: a new one is one line here. */
public final class PromptTemplates {

  /** The checkpoint's own chat template. */
  public static final String CHAT = "chat";

  /**
   * LLaVA-NeXT's conversation of that name, which published scores of LLaVA-OneVision and
   * LLaVA-Video use.
   */
  public static final String QWEN_1_5 = "qwen_1_5";

  /** What a name stands for. */
  private record Method(
      String meaning, BiFunction<CheckpointFolder, VideoMark, PromptTemplate> maker) {}

  private static final Map<String, Method> TEMPLATES =
      new TreeMap<>(
          Map.of(
              CHAT,
              new Method("the checkpoint's own chat template", PromptTemplates::chatTemplate),
              QWEN_1_5,
              new Method(
                  "LLaVA-NeXT's conversation of that name, which published scores of LLaVA-OneVision and LLaVA-Video use",
                  (folder, mark) ->
                      question ->
                          Prompt.around(
                              VideoMark.IMAGE.placeholder(),
                              "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\n<image>\n"
                                  + question
                                  + "<|im_end|>\n<|im_start|>assistant\n"))));

  private PromptTemplates() {}

  /** Names of all templates, sorted. */
  public static List<String> names() {
    return List.copyOf(TEMPLATES.keySet());
  }

  /** All templates with what they are, by name. */
  public static List<MethodInfo> infos() {
    return TEMPLATES.entrySet().stream()
        .map(
            template ->
                new MethodInfo(
                    template.getKey(), template.getValue().meaning(), List.of(), List.of()))
        .toList();
  }

  /**
   * The name itself.
   *
   * @throws IllegalArgumentException for an unknown one
   */
  public static String checked(String name) {
    if (!TEMPLATES.containsKey(name)) {
      throw new IllegalArgumentException(UnknownWord.message("template", name, TEMPLATES.keySet()));
    }
    return name;
  }

  /**
   * The template of a name, for a checkpoint.
   *
   * @param mark how its chat template is given a video
   * @throws IllegalArgumentException for an unknown name, or a checkpoint without the template
   */
  public static PromptTemplate of(String name, CheckpointFolder folder, VideoMark mark) {
    return TEMPLATES.get(checked(name)).maker().apply(folder, mark);
  }

  private static ChatTemplate chatTemplate(CheckpointFolder folder, VideoMark mark) {
    String template =
        ChatTemplateFiles.template(folder)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "model '%s' has no chat template: expected chat_template.jinja, or chat_template in chat_template.json, processor_config.json or tokenizer_config.json; choose the template qwen_1_5 or add one"
                            .formatted(folder.uri())));
    return new ChatTemplate(template, ChatTemplateFiles.specialTokens(folder), mark);
  }

  /** What prompts by a checkpoint's own chat template depend on; empty where it has none. */
  public static String canonicalChat(CheckpointFolder folder) {
    return ChatTemplateFiles.canonical(folder);
  }
}
