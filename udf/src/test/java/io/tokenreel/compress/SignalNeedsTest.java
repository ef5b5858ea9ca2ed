package io.tokenreel.compress;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.kernel.Kernels;
import io.tokenreel.ml.CompressionTransformer;
import io.tokenreel.spec.Spec;
import io.tokenreel.sql.LocalSpark;
import io.tokenreel.testing.AttentionMethod;
import io.tokenreel.testing.OutsideMethods;
import io.tokenreel.testing.RandomBlocks;
import io.tokenreel.testing.RandomBlocks.Kind;
import io.tokenreel.token.Signal;
import io.tokenreel.token.Signals;
import io.tokenreel.token.TokenBlock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** A method of another jar that needs a signal: it gets it in Java, and is refused elsewhere. */
class SignalNeedsTest {

  private static final String ALONE = "that needs tokens alone, such as vidcom2:retention=0.25";

  /** Two frames of two tokens. */
  private static final TokenBlock BLOCK = RandomBlocks.of(Kind.NORMAL, 2, 2, 4, 1);

  private static final Signals SIGNALS =
      Signals.of(
          BLOCK.shape(), Map.of(AttentionMethod.SIGNAL, Signal.perToken(.1f, .4f, .3f, .2f)));

  @TempDir Path folder;

  /** A method of another jar that has a name of ours. */
  public static final class Namesake implements CompressionMethod {
    @Override
    public String name() {
      return "none";
    }

    @Override
    public String meaning() {
      return "keeps every token, too";
    }

    @Override
    public Function<Kernels, TokenCompressor> of(Spec spec) {
      throw new AssertionError("is never asked");
    }
  }

  private OutsideMethods attention() throws IOException {
    return new OutsideMethods(folder, AttentionMethod.class);
  }

  private static String refusal(Executable call) {
    return assertThrows(IllegalArgumentException.class, call).getMessage();
  }

  @Test
  void of_methodOfAnotherJar_isFoundWhileTheJarIsThere() throws IOException {
    try (OutsideMethods jar = attention()) {
      assertEquals(AttentionMethod.SPEC, Compressors.of("attention:retention=.50").spec());
      assertTrue(Compressors.names().contains("attention"));
      assertTrue(
          refusal(() -> Compressors.of("attention:share=1"))
              .contains("attention takes retention="));
    }
    assertFalse(Compressors.names().contains("attention"));
    assertTrue(
        refusal(() -> Compressors.of(AttentionMethod.SPEC))
            .startsWith("unknown compression method 'attention'"));
  }

  @Test
  void of_methodOfAnotherJarWithANameOfOurs_isRefused() throws IOException {
    try (OutsideMethods jar = new OutsideMethods(folder, Namesake.class)) {
      assertTrue(
          refusal(Compressors::names)
              .startsWith(
                  "compression method 'none' of %s must have a name of its own; taken are [dycoke,"
                      .formatted(Namesake.class.getName())));
    }
  }

  @Test
  void compress_withTheSignal_choosesByIt() throws IOException {
    try (OutsideMethods jar = attention()) {
      TokenCompressor compressor = Compressors.of(AttentionMethod.SPEC);
      assertEquals(Set.of(AttentionMethod.SIGNAL), compressor.needs());
      assertArrayEquals(new int[] {1, 2}, compressor.compress(BLOCK, SIGNALS).places());
    }
  }

  @Test
  void compress_methodOfTokensAlone_isSelectWhateverTheSignals() {
    TokenCompressor compressor = Compressors.of("topk:score=norm,budget=equal,retention=0.5");
    int[] selected = compressor.select(BLOCK).places();
    assertEquals(Set.of(), compressor.needs());
    assertArrayEquals(selected, compressor.compress(BLOCK, Signals.none()).places());
    assertArrayEquals(selected, compressor.compress(BLOCK, SIGNALS).places());
  }

  @Test
  void require_signalThatIsNotThere_saysWhatIsNeededWhatIsThereAndTheRemedy() throws IOException {
    try (OutsideMethods jar = attention()) {
      TokenCompressor compressor = Compressors.of(AttentionMethod.SPEC);
      Signals others = Signals.of(BLOCK.shape(), Map.of("other", Signal.perToken(new float[4])));
      String needs = "compression 'attention:retention=0.5' needs the signals [attn_received]; ";
      assertEquals(
          needs
              + "the call has [other]: hand them to compress(block, signals), or take a method "
              + ALONE,
          refusal(() -> SignalNeeds.require(compressor, others)));
      assertEquals(
          needs
              + "encoder tower@1 gives none: take an encoder that gives them, or a method "
              + ALONE,
          refusal(() -> SignalNeeds.requireOf(compressor, "tower@1", List.of())));
      SignalNeeds.requireOf(compressor, "tower@1", List.of("attn_received", "metric"));
      SignalNeeds.require(compressor, SIGNALS);
    }
  }

  @Test
  void sparkFunctionsAndStage_methodThatNeedsASignal_sayThatColumnsHaveNone() throws IOException {
    String expected =
        "compression 'attention:retention=0.5' needs the signals [attn_received]; a block in a column has none: call compress(block, signals) of the Java API, or take a method "
            + ALONE;
    try (OutsideMethods jar = attention()) {
      CompressionTransformer stage = new CompressionTransformer();
      assertTrue(refusal(() -> stage.setCompression(AttentionMethod.SPEC)).contains(expected));
      for (String function : List.of("compress_tokens", "select_tokens", "frame_budgets")) {
        String query =
            "SELECT %s(make_block(array(1f, 2f, 3f, 4f), 2, 1, 2), '%s')"
                .formatted(function, AttentionMethod.SPEC);
        Exception refused =
            assertThrows(Exception.class, () -> LocalSpark.extended().sql(query)); // of analysis
        assertTrue(refused.getMessage().contains(expected), refused.getMessage());
      }
    }
  }
}
