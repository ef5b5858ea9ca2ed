package io.tokenreel.model.prompt;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import io.tokenreel.model.checkpoint.CheckpointFolder;
import io.tokenreel.model.checkpoint.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;

/** A checkpoint's own tokenizer, from tokenizer.json. Thread-safe. */
public final class TextTokenizer implements AutoCloseable {

  private static final String FILE = "tokenizer.json";

  private final HuggingFaceTokenizer tokenizer;

  private TextTokenizer(HuggingFaceTokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /**
   * Opens the tokenizer of a checkpoint.
   *
   * @throws IllegalArgumentException when it is missing or malformed
   */
  public static TextTokenizer open(CheckpointFolder folder) {
    try {
      return new TextTokenizer(
          HuggingFaceTokenizer.builder()
              .optTokenizerPath(folder.local(FILE))
              .optAddSpecialTokens(false)
              .optTruncation(false)
              .optPadding(false)
              .build());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + FILE + " of " + folder.uri(), e);
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(
          "%s of model '%s' is not a tokenizer: %s".formatted(FILE, folder.uri(), e.getMessage()),
          e);
    }
  }

  /**
   * A checkpoint's tokenizer.json as one text, the same for all files that give the same ids and
   * texts in another {@link TokenizerForm} or another order of keys.
   *
   * @throws IllegalArgumentException when it is missing or not JSON
   */
  public static String canonical(CheckpointFolder folder) {
    return Settings.read(folder, FILE).canonical(TokenizerForm::rewrite);
  }

  /** Ids of a text, in which special tokens may be written out; none are added. */
  public int[] encode(String text) {
    return Arrays.stream(tokenizer.encode(text).getIds()).mapToInt(Math::toIntExact).toArray();
  }

  /** The text of some ids, without special tokens. */
  public String decode(int[] ids) {
    return tokenizer.decode(Arrays.stream(ids).asLongStream().toArray(), true);
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
