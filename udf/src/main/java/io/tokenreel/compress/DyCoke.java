package io.tokenreel.compress;

import io.tokenreel.kernel.Kernels;
import io.tokenreel.kernel.TokenRows;
import io.tokenreel.spec.Spec;
import io.tokenreel.token.Kept;
import io.tokenreel.token.TokenBlock;
import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * DyCoke's temporal token merging (arXiv 2411.15024; github.com/KD-TAO/DyCoke): {@code
 * dycoke:prune=K}. In windows of four frames the first stays whole, the second is pruned against
 * the first, the third against the first, the fourth against the third; of a pruned frame the
 * {@code int((1 - K) * M)} tokens stay whose cosine with the token at the same place of the other
 * frame is lowest. (Its pruning of the KV cache while decoding is the language model's affair.)
 *
 * <ul>
 *   <li>{@code mode=release} (default), the released code: an odd last frame is lost, and the third
 *       frame of the last window stays whole. Needs more than four frames.
 *   <li>{@code mode=paper}: every window is pruned, the last one too, whatever its length, and
 *       nothing is lost.
 * </ul>
 */
final class DyCoke implements TokenCompressor {

  static final String NAME = "dycoke";

  private static final int WINDOW = 4;

  /** In place of the frame to prune against: the frame stays whole, or is lost. */
  static final int WHOLE = -1;

  static final int LOST = -2;

  private enum Mode {
    RELEASE,
    PAPER
  }

  private final String spec;
  private final Kernels kernels;
  private final double prune;
  private final Mode mode;

  private DyCoke(String spec, Kernels kernels, double prune, Mode mode) {
    this.spec = spec;
    this.kernels = kernels;
    this.prune = prune;
    this.mode = mode;
  }

  static Function<Kernels, TokenCompressor> of(Spec spec) {
    double prune = spec.share("prune");
    Mode mode = spec.word("mode", Mode.RELEASE);
    return kernels -> new DyCoke(spec.canonical(), kernels, prune, mode);
  }

  @Override
  public String spec() {
    return spec;
  }

  @Override
  public Kept select(TokenBlock block) {
    TokenRows rows = new TokenRows(kernels, block);
    int[] references = references(rows.frames());
    IntStream.Builder indices = IntStream.builder();
    for (int start = 0; start < references.length; start += WINDOW) {
      int end = Math.min(start + WINDOW, references.length);
      int[] window = Arrays.copyOfRange(references, start, end);
      double[][] cosines = FrameSimilarity.cosines(rows, start, window);
      for (int i = 0; i < window.length; i++) {
        for (int m : kept(window[i], cosines[i], rows.tokensPerFrame())) {
          indices.add(rows.flat(start + i, m));
        }
      }
    }
    return new Kept(indices.build().toArray());
  }

  /** The tokens that stay of a frame with this reference. */
  private int[] kept(int reference, double[] cosines, int perFrame) {
    return switch (reference) {
      case WHOLE -> IntStream.range(0, perFrame).toArray();
      case LOST -> new int[0];
      default -> TopValues.indices(negated(cosines), 0, perFrame, (int) ((1 - prune) * perFrame));
    };
  }

  /** 1 for a whole frame, 1 - K for a pruned one, 0 for a lost one. */
  @Override
  public double[] frameBudgets(TokenBlock block) {
    TokenRows rows = new TokenRows(kernels, block);
    int[] references = references(rows.frames());
    rows.requireFinite();
    return Arrays.stream(references)
        .mapToDouble(r -> r == WHOLE ? 1 : r == LOST ? 0 : 1 - prune)
        .toArray();
  }

  /** Which frame each frame is pruned against, {@link #WHOLE} or {@link #LOST}. */
  int[] references(int frames) {
    return switch (mode) {
      case RELEASE -> releaseReferences(frames);
      case PAPER -> paperReferences(frames);
    };
  }

  private int[] releaseReferences(int frames) {
    if (frames <= WINDOW) {
      throw new IllegalArgumentException(
          "%s as released needs more than %d frames; got %d: use '%s,mode=paper', which takes any number"
              .formatted(NAME, WINDOW, frames, spec));
    }
    int even = frames - frames % 2;
    int[] references = new int[frames];
    Arrays.fill(references, 0, even, WHOLE);
    Arrays.fill(references, even, frames, LOST);
    for (int t = 0; t < even - 1; t += WINDOW) {
      references[t + 1] = t;
      if (t + 3 < even) {
        references[t + 3] = t + 2;
      }
    }
    for (int t = 0; t < frames - WINDOW; t += WINDOW) {
      references[t + 2] = t;
    }
    return references;
  }

  private static int[] paperReferences(int frames) {
    int[] references = new int[frames];
    for (int t = 0; t < frames; t++) {
      references[t] =
          switch (t % WINDOW) {
            case 0 -> WHOLE;
            case 2 -> t - 2;
            default -> t - 1;
          };
    }
    return references;
  }

  private static double[] negated(double[] values) {
    return Arrays.stream(values).map(v -> -v).toArray();
  }
}
