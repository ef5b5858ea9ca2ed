package io.tokenreel.compress;

import io.tokenreel.kernel.Kernels;
import io.tokenreel.kernel.TokenRows;
import io.tokenreel.spec.Spec;
import io.tokenreel.token.Kept;
import io.tokenreel.token.TokenBlock;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * {@code frames:keep=1/4}: some frames whole and the others not at all, evenly spread from the
 * first frame on; a baseline that looks at no token. {@code keep=p/q} keeps p of every q frames:
 * frame t where {@code ceil(t * p / q)} is about to step up.
 */
final class WholeFrames implements TokenCompressor {

  static final String NAME = "frames";

  private final String spec;
  private final Kernels kernels;
  private final Fraction keep;

  private WholeFrames(String spec, Kernels kernels, Fraction keep) {
    this.spec = spec;
    this.kernels = kernels;
    this.keep = keep;
  }

  static Function<Kernels, TokenCompressor> of(Spec spec) {
    Fraction keep =
        spec.value(
            "keep",
            "a fraction above 0 and at most 1, such as 1/4",
            null,
            new Fraction(1, 4),
            Fraction::parse,
            Fraction::toString);
    return kernels -> new WholeFrames(spec.canonical(), kernels, keep);
  }

  @Override
  public String spec() {
    return spec;
  }

  @Override
  public Kept select(TokenBlock block) {
    new TokenRows(kernels, block).requireFinite();
    int perFrame = block.shape().tokensPerFrame();
    return new Kept(
        IntStream.range(0, block.shape().tokens()).filter(i -> keeps(i / perFrame)).toArray());
  }

  /** 1 for a kept frame, 0 for another one. */
  @Override
  public double[] frameBudgets(TokenBlock block) {
    new TokenRows(kernels, block).requireFinite();
    return IntStream.range(0, block.shape().frames()).mapToDouble(t -> keeps(t) ? 1 : 0).toArray();
  }

  private boolean keeps(int frame) {
    return keptBefore(frame + 1) > keptBefore(frame);
  }

  private long keptBefore(int frame) {
    return ((long) frame * keep.part() + keep.whole() - 1) / keep.whole();
  }
}
