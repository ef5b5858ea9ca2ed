package io.tokenreel.token;

import io.tokenreel.spec.UnknownWord;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * A model's constant rows, and where they stand among the kept tokens that its language model is
 * fed. They are woven in once, after compression, with {@link #CONSTANT} for their place: a
 * property of the model, so every method works on every model.
 *
 * @param kind where the rows stand
 * @param rows {@code [n][dim]}, for {@link Kind#CLOSING} all of them, for line ends one that stands
 *     again and again; empty for {@link Kind#PLAIN}; shared, nobody writes to it
 */
public record FeedLayout(Kind kind, float[] rows) {

  /** In place of a place of the grid: a row of the model's own. */
  public static final int CONSTANT = -1;

  private static final FeedLayout PLAIN = new FeedLayout(Kind.PLAIN, new float[0]);

  /** Where the rows stand. */
  public enum Kind {
    /** There are none. */
    PLAIN,

    /** After the last kept token; LLaVA-OneVision's {@code image_newline}. */
    CLOSING,

    /**
     * One per row of each frame's grid, after the frame's kept tokens: LLaVA-Video as VidCom2's
     * released code feeds it. Where all of the grid is kept, each at the end of its row, as
     * LLaVA-Video is trained.
     */
    LINE_ENDS,

    /**
     * One at the end of each row of each frame's grid; kept tokens are in the order of the grid.
     */
    LINE_ENDS_IN_PLACE;

    /** The name that tables have, such as {@code line-ends}. */
    public String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * The kind of a label.
     *
     * @throws IllegalArgumentException for an unknown one; the message lists the known ones
     */
    public static Kind of(String label) {
      return UnknownWord.find("layout", label, List.of(values()), Kind::label);
    }
  }

  public FeedLayout {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(rows, "rows");
    if ((kind == Kind.PLAIN) != (rows.length == 0)) {
      throw new IllegalArgumentException(
          "a plain layout has no rows of its own, another one has; got %s with %d numbers"
              .formatted(kind.label(), rows.length));
    }
  }

  /** Of a model without constant rows. */
  public static FeedLayout plain() {
    return PLAIN;
  }

  /**
   * What is fed: kept tokens by their place in {@code kept}, and the model's own rows.
   *
   * @param kept places of the grid, ascending
   * @return per fed row its index in {@code kept}, or {@link #CONSTANT}
   */
  public int[] order(int[] kept, TokenShape shape) {
    int own = rows.length / shape.rowDim();
    return switch (kind) {
      case PLAIN, CLOSING -> withEnds(kept, shape.tokens(), own, 1);
      case LINE_ENDS ->
          kept.length == shape.tokens()
              ? inPlace(kept, shape)
              : withEnds(kept, shape.tokensPerFrame(), shape.gridHeight(), shape.frames());
      case LINE_ENDS_IN_PLACE -> inPlace(kept, shape);
    };
  }

  private static int[] inPlace(int[] kept, TokenShape shape) {
    return withEnds(kept, shape.gridWidth(), 1, shape.frames() * shape.gridHeight());
  }

  /**
   * Puts rows after each stretch of the grid.
   *
   * @param kept ascending
   * @param stretch places of each
   * @param ends rows after each
   * @param stretches how many there are, with kept tokens or without
   */
  private static int[] withEnds(int[] kept, int stretch, int ends, int stretches) {
    int[] fed = new int[Math.addExact(kept.length, Math.multiplyExact(ends, stretches))];
    int from = 0;
    int to = 0;
    for (int i = 0; i < stretches; i++) {
      while (from < kept.length && kept[from] / stretch == i) {
        fed[to++] = from++;
      }
      Arrays.fill(fed, to, to + ends, CONSTANT);
      to += ends;
    }
    return fed;
  }

  /**
   * Kept tokens as a language model is fed them.
   *
   * @param shape the grid that {@code kept} is of
   * @return as many rows as {@link #order} has, in its order; the model's own are rounded to the
   *     tokens' format and have {@link #CONSTANT} as their index
   * @throws IllegalArgumentException when the model's rows have another number of channels
   */
  public CompressedTokens feed(CompressedTokens kept, TokenShape shape) {
    if (kept.dim() != shape.rowDim() || rows.length % shape.rowDim() != 0) {
      throw new IllegalArgumentException(
          "rows of a %s layout and kept tokens must have the grid's %d channels; got %d numbers and %d channels"
              .formatted(kind.label(), shape.rowDim(), rows.length, kept.dim()));
    }
    if (kind == Kind.PLAIN) {
      return kept;
    }
    int planes = kept.planes();
    StoredRows own = StoredRows.of(kept.format(), kept.rows().channels(), rows);
    int[] order = order(kept.index(), shape);
    int[] index = new int[order.length];
    StoredRows.Writer fed =
        new StoredRows.Writer(
            kept.format(), own.channels(), Math.multiplyExact(order.length, planes));
    int next = 0; // of the model's own rows
    for (int i = 0; i < order.length; i++) {
      if (order[i] == CONSTANT) {
        index[i] = CONSTANT;
        fed.copy(i * planes, own, next, planes);
        next = (next + planes) % own.count();
      } else {
        index[i] = kept.index()[order[i]];
        fed.copy(i * planes, kept.rows(), order[i] * planes, planes);
      }
    }
    return new CompressedTokens(kept.dim(), index, fed.rows());
  }
}
