package io.tokenreel.model.kv;

import io.tokenreel.spec.Spec;

/**
 * DyCoke's dynamic pruning of visual keys and values while decoding (arXiv 2411.15024, section 3.3;
 * github.com/KD-TAO/DyCoke).
 *
 * @param layer L: the layers from this one on see a part of the visual tokens, chosen by the
 *     attention of layer L - 1
 * @param prune P: they see {@code int(N * (1 - P))} of N visual tokens; {@link Mode} says which
 *     these are
 * @param refresh a token whose attention has at least this cosine with the one before keeps what
 *     was chosen ({@link Mode#PAPER}) or sees everything ({@link Mode#RELEASE})
 * @param mode which description is followed
 * @param reserve where pruned tokens wait
 */
public record DycokeKv(int layer, double prune, double refresh, Mode mode, Reserve reserve)
    implements KvSpec {

  static final String NAME = "dycoke";

  private static final int MOST_LAYERS = 1000;

  /** Which description is followed. */
  public enum Mode {
    /**
     * What was chosen stays until the attention turns away from that of the last choice; pruned
     * tokens leave the working cache. N counts every visual row, a closing newline row included.
     */
    PAPER,
    /**
     * As the authors' code does: a token whose attention is like its predecessor's sees everything,
     * another one a new choice; nothing is freed. N leaves out the last two visual rows, the
     * closing newline and the last kept token: they are never scored, and every layer sees them.
     */
    RELEASE
  }

  /** Visual rows at the end that {@link Mode#RELEASE} neither scores nor prunes. */
  private static final int UNSCORED_IN_RELEASE = 2;

  /** Where pruned tokens wait. */
  public enum Reserve {
    /** In the machine's memory. */
    HOST,
    /** In the device's memory. */
    DEVICE,
    /** Nowhere: they never come back. Not in {@link Mode#RELEASE}, where all do. */
    DROP
  }

  public DycokeKv {
    if (mode == Mode.RELEASE && reserve == Reserve.DROP) {
      throw new IllegalArgumentException(
          "kv '%s': mode=release sees every token again and frees none, so reserve=drop cannot go with it; leave reserve out, or write mode=paper,reserve=drop"
              .formatted(NAME + ":mode=release,reserve=drop"));
    }
  }

  /** How many of the visual rows are scored, and may be pruned: the first ones. */
  public int scored(int visualRows) {
    return mode == Mode.RELEASE ? Math.max(0, visualRows - UNSCORED_IN_RELEASE) : visualRows;
  }

  static DycokeKv of(Spec spec) {
    return new DycokeKv(
        spec.whole("layer", 3, 1, MOST_LAYERS),
        spec.number("prune", 0.7, 0, 1),
        spec.number("refresh", 0.9, -1, 1),
        spec.word("mode", Mode.PAPER),
        spec.word("reserve", Reserve.HOST));
  }

  @Override
  public void requireLayers(int layers) {
    if (layer < 1 || layer >= layers) {
      throw new IllegalArgumentException(
          "kv '%s': layer must lie in 1 .. %d, for this model has %d layers; got %d"
              .formatted(this, layers - 1, layers, layer));
    }
  }

  @Override
  public String toString() {
    return "%s:layer=%d,prune=%s,refresh=%s,mode=%s,reserve=%s"
        .formatted(
            NAME,
            layer,
            Spec.print(prune),
            Spec.print(refresh),
            Spec.print(mode),
            Spec.print(reserve));
  }
}
