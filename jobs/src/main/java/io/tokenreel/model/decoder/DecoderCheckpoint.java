package io.tokenreel.model.decoder;

import io.tokenreel.model.DeviceChoice;
import io.tokenreel.model.LanguageInfo;
import io.tokenreel.model.LanguageModel;
import io.tokenreel.model.ModelKeys;
import io.tokenreel.model.PromptStyle;
import io.tokenreel.model.checkpoint.CheckpointFolder;
import io.tokenreel.model.checkpoint.Revision;
import io.tokenreel.model.checkpoint.Settings;
import io.tokenreel.model.engine.PyTorch;
import io.tokenreel.model.prompt.PromptTemplates;
import io.tokenreel.model.prompt.TextTokenizer;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The language side of a checkpoint whose text model is a {@link DecoderKind}. */
public final class DecoderCheckpoint {

  private static final Logger LOG = LoggerFactory.getLogger(DecoderCheckpoint.class);

  /** Files that the names of version 0.1.0 depended on. */
  private static final List<String> LEGACY_FILES =
      List.of(
          "config.json",
          "generation_config.json",
          "tokenizer.json",
          "chat_template.jinja",
          "chat_template.json",
          "processor_config.json",
          "tokenizer_config.json");

  private static final String END_TOKENS = "eos_token_id";

  private final CheckpointFolder folder;
  private final PromptStyle prompts;
  private final int planes;
  private final DecoderConfig config;
  private final DecoderWeights weights;
  private final int[] endTokens;

  /**
   * Reads the settings and finds the weights.
   *
   * @param config config.json of the whole model
   * @param text the language model's part of it
   * @param kind of the family's language models
   * @param prompts how the family feeds it
   * @param planes of a visual token
   * @throws IllegalArgumentException when the checkpoint is incomplete or malformed
   */
  public DecoderCheckpoint(
      CheckpointFolder folder,
      Settings config,
      Settings text,
      DecoderKind kind,
      PromptStyle prompts,
      int planes) {
    this.folder = folder;
    this.prompts = prompts;
    this.planes = planes;
    this.config = DecoderConfig.of(kind, text);
    boolean tied = this.config.tied() || config.flag("tie_word_embeddings", false);
    this.weights = new DecoderWeights(folder, this.config, tied);
    this.endTokens = endTokens(folder, config, text);
  }

  /** Of transformers' {@code GenerationConfig.from_model_config}, where there is no file of it. */
  private static int[] endTokens(CheckpointFolder folder, Settings config, Settings text) {
    String file = "generation_config.json";
    int[] generation =
        folder.has(file) ? Settings.read(folder, file).integers(END_TOKENS) : new int[0];
    if (generation.length > 0) {
      return generation;
    }
    return config.has(END_TOKENS) ? config.integers(END_TOKENS) : text.integers(END_TOKENS);
  }

  /** What the language model is. */
  public LanguageInfo info() {
    return new LanguageInfo(
        ModelKeys.of(
            folder,
            "%s_%dx%d".formatted(config.kind().label(), config.layers(), config.hidden()),
            revision()),
        folder.name(),
        config.hidden(),
        planes,
        config.layers(),
        config.vocabulary(),
        config.positions(),
        Arrays.stream(endTokens).boxed().toList());
  }

  private String revision() {
    int[] ends = endTokens.clone();
    Arrays.sort(ends);
    String settings =
        String.join(
            "\n",
            config.canonical(),
            "end_tokens " + Arrays.toString(ends),
            "tokenizer " + TextTokenizer.canonical(folder),
            "chat_template " + PromptTemplates.canonicalChat(folder));
    if (!prompts.canonical().isEmpty()) {
      settings += "\n" + prompts.canonical();
    }
    return Revision.of(settings, weights.all());
  }

  /** The revision in the names of version 0.1.0. */
  public String legacyRevision() {
    return Revision.legacy(folder, LEGACY_FILES, weights.all());
  }

  /** Loads it. */
  public LanguageModel open(DeviceChoice device) {
    if (weights.contradictTheTie()) {
      LOG.warn(
          "{}: tie_word_embeddings is true, but lm_head.weight is stored and is not the embedding; the stored head is used, as in Transformers 5: set tie_word_embeddings to false, or save the checkpoint without lm_head.weight if it should be the embedding",
          folder.uri());
    }
    return new DecoderLanguageModel(
        info(), folder, prompts, config, weights, PyTorch.device(device));
  }
}
