package io.tokenreel.testing;

import io.tokenreel.compress.CompressionMethod;
import io.tokenreel.compress.TokenCompressor;
import io.tokenreel.kernel.Kernels;
import io.tokenreel.spec.Spec;
import io.tokenreel.token.Kept;
import io.tokenreel.token.Signals;
import io.tokenreel.token.TokenBlock;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * {@code attention:retention=R}, a method as another jar would bring it: of each video the tokens
 * that received most attention.
 */
public final class AttentionMethod implements CompressionMethod {

  public static final String SPEC = "attention:retention=0.5";
  public static final String SIGNAL = "attn_received";

  @Override
  public String name() {
    return "attention";
  }

  @Override
  public String meaning() {
    return "keeps the tokens that received most attention";
  }

  @Override
  public Function<Kernels, TokenCompressor> of(Spec spec) {
    double retention = spec.positiveShare("retention");
    return kernels -> new Attention(spec.canonical(), retention);
  }

  private record Attention(String spec, double retention) implements TokenCompressor {

    @Override
    public Set<String> needs() {
      return Set.of(SIGNAL);
    }

    @Override
    public Kept compress(TokenBlock block, Signals signals) {
      float[] received = signals.perToken(SIGNAL); // [frames][tokensPerFrame]
      return new Kept(
          IntStream.range(0, received.length)
              .boxed()
              .sorted(Comparator.comparingDouble(token -> -received[token]))
              .limit((long) (received.length * retention))
              .mapToInt(Integer::intValue)
              .sorted()
              .toArray());
    }

    @Override
    public Kept select(TokenBlock block) {
      return compress(block, Signals.none());
    }

    @Override
    public double[] frameBudgets(TokenBlock block) {
      double[] budgets = new double[block.shape().frames()];
      Arrays.fill(budgets, retention);
      return budgets;
    }
  }
}
