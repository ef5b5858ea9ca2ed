package io.tokenreel.model.prompt;

import io.tokenreel.model.checkpoint.CheckpointFolder;
import io.tokenreel.model.checkpoint.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Where checkpoints have their chat template, and the tokens that it may name. Of several files the
 * one counts that Transformers' processors take.
 *
 * <p>Source: transformers 5.19, {@code get_processor_dict} and {@code apply_chat_template} of
 * processing_utils.py, {@code chat_template} and {@code special_tokens_map} of
 * tokenization_utils_base.py.
 */
final class ChatTemplateFiles {

  /** The field with the template. */
  private static final String FIELD = "chat_template";

  private static final String RAW = "chat_template.jinja";
  private static final String TOKENIZER = "tokenizer_config.json";

  /** The template that is taken where there are several. */
  private static final String DEFAULT = "default";

  private static final List<String> SPECIAL_TOKENS =
      List.of(
          "bos_token",
          "eos_token",
          "unk_token",
          "sep_token",
          "pad_token",
          "cls_token",
          "mask_token");

  private ChatTemplateFiles() {}

  /**
   * The template of a checkpoint, where it has one.
   *
   * @throws IllegalArgumentException for several of which none is the default
   */
  static Optional<String> template(CheckpointFolder folder) {
    return field(folder, "processor_config.json")
        .or(() -> field(folder, "chat_template.json"))
        .or(() -> raw(folder))
        .or(() -> field(folder, TOKENIZER));
  }

  private static Optional<String> raw(CheckpointFolder folder) {
    if (!folder.has(RAW)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Files.readString(folder.local(RAW)));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the chat template of " + folder.uri(), e);
    }
  }

  /** A text, or texts by name: a mapping, or a list of names and templates. */
  private static Optional<String> field(CheckpointFolder folder, String file) {
    Settings settings = folder.has(file) ? Settings.read(folder, file) : null;
    if (settings == null || !settings.has(FIELD)) {
      return Optional.empty();
    }
    if (settings.isText(FIELD)) {
      return Optional.of(settings.text(FIELD));
    }
    for (Settings named : settings.elements(FIELD)) {
      if (named.isText("name") && named.text("name").equals(DEFAULT)) {
        return Optional.of(named.text("template"));
      }
    }
    Settings byName = settings.section(FIELD);
    if (!byName.has(DEFAULT)) {
      throw new IllegalArgumentException(
          "%s of model '%s' has a %s that is neither a text nor texts by name with one named %s; set it to the template that is to be used"
              .formatted(file, folder.uri(), FIELD, DEFAULT));
    }
    return Optional.of(byName.text(DEFAULT));
  }

  /** The checkpoint's special tokens by the names that templates have for them. */
  static Map<String, String> specialTokens(CheckpointFolder folder) {
    Map<String, String> tokens = new TreeMap<>();
    if (folder.has(TOKENIZER)) {
      Settings settings = Settings.read(folder, TOKENIZER);
      for (String name : SPECIAL_TOKENS) {
        if (settings.isText(name)) {
          tokens.put(name, settings.text(name));
        } else if (settings.section(name).isText("content")) {
          tokens.put(name, settings.section(name).text("content"));
        }
      }
    }
    return tokens;
  }

  /**
   * What prompts depend on: the template, and the special tokens that it names; empty where there
   * is none, or none that can be taken.
   */
  static String canonical(CheckpointFolder folder) {
    String template;
    try {
      template = template(folder).orElse("");
    } catch (IllegalArgumentException e) { // said to whoever asks for a prompt by it
      return "";
    }
    StringBuilder canonical = new StringBuilder(template);
    Map<String, String> tokens = specialTokens(folder);
    if (FormerRendering.differs(template, tokens)) {
      canonical.append("\nrendered as Jinja does");
    }
    tokens.forEach(
        (name, token) -> {
          if (template.contains(name)) {
            canonical.append('\n').append(name).append(' ').append(token);
          }
        });
    return canonical.toString();
  }
}
