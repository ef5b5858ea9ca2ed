package io.tokenreel.token;

import java.util.Arrays;
import java.util.Objects;

/**
 * All visual tokens of one video as they are stored: little-endian, row-major {@code
 * [frames][tokensPerFrame][planes][dim]}.
 *
 * <p>The block shares the array it is given, and nobody may write to that array afterwards. Kernels
 * read it in place.
 */
public final class TokenBlock {

  private final TokenShape shape;
  private final StoredRows rows; // [tokens][planes] of dim channels

  /**
   * @param data {@code format.bytes(shape.elements())} bytes, owned by the block from here on
   * @throws IllegalArgumentException when the length does not fit the shape, or the format has
   *     scales
   */
  public TokenBlock(TokenShape shape, TokenFormat format, byte[] data) {
    this(shape, format, data, StoredRows.NO_SCALES);
  }

  /**
   * @param data {@code format.bytes(shape.elements())} bytes, owned by the block from here on
   * @param scales {@code [tokens][planes]} of float32, little-endian, for a format with scales,
   *     else empty; owned by the block from here on
   * @throws IllegalArgumentException when a length does not fit the shape
   */
  public TokenBlock(TokenShape shape, TokenFormat format, byte[] data, byte[] scales) {
    this.shape = Objects.requireNonNull(shape, "shape");
    Objects.requireNonNull(data, "data");
    long expected = format.bytes(shape.elements());
    if (data.length != expected) {
      throw new IllegalArgumentException(
          "data of a %s block [%d][%d][%d] must hold %d bytes; got %d"
              .formatted(
                  format.label(),
                  shape.frames(),
                  shape.tokensPerFrame(),
                  shape.rowDim(),
                  expected,
                  data.length));
    }
    this.rows = new StoredRows(format, shape.dim(), data, scales);
  }

  /**
   * A block of floats {@code [frames][tokensPerFrame][dim]}, row-major, stored as f32.
   *
   * @param values copied
   */
  public static TokenBlock ofFloats(TokenShape shape, float[] values) {
    return new TokenBlock(shape, TokenFormat.F32, TokenFormat.F32.encode(values));
  }

  /**
   * The same tokens in another format, rounded to nearest even where it is narrower.
   *
   * @throws IllegalArgumentException naming the first token with a number that it cannot hold
   */
  public TokenBlock as(TokenFormat other) {
    if (other == format()) {
      return this;
    }
    StoredRows.Writer all = writer(other, shape.tokens());
    float[] token = new float[shape.rowDim()];
    for (int i = 0; i < shape.tokens(); i++) {
      convert(i, token, other, all, i);
    }
    StoredRows stored = all.rows();
    return new TokenBlock(shape, other, stored.data(), stored.scales());
  }

  public TokenShape shape() {
    return shape;
  }

  public TokenFormat format() {
    return rows.format();
  }

  /** The stored bytes themselves, not a copy: read only. */
  public byte[] data() {
    return rows.data();
  }

  /** The stored scales themselves, not a copy, empty for a format without: read only. */
  public byte[] scales() {
    return rows.scales();
  }

  /** All planes of all tokens, {@code [tokens][planes]} rows of dim channels. */
  public StoredRows rows() {
    return rows;
  }

  /**
   * The rows that a selection keeps, in its order. The block's own format is a plain copy of bytes
   * and scales; another one goes through float32, one row at a time.
   *
   * @throws IllegalArgumentException when an index lies outside the block, or naming the first
   *     token with a number that the format cannot hold
   */
  public CompressedTokens keep(Kept selection, TokenFormat other) {
    int[] index = selection.places();
    requireAscending(index);
    StoredRows.Writer kept = writer(other, index.length);
    if (other == format()) {
      for (int i = 0; i < index.length; i++) {
        kept.copy(i * shape.planes(), rows, index[i] * shape.planes(), shape.planes());
      }
    } else {
      float[] token = new float[shape.rowDim()];
      for (int i = 0; i < index.length; i++) {
        convert(index[i], token, other, kept, i);
      }
    }
    return new CompressedTokens(shape.rowDim(), index, kept.rows());
  }

  private StoredRows.Writer writer(TokenFormat other, int tokens) {
    return new StoredRows.Writer(other, shape.dim(), Math.multiplyExact(tokens, shape.planes()));
  }

  /**
   * Writes one token in another format.
   *
   * @param token [planes * dim], scratch space
   * @param place of the token among those that are written
   */
  private void convert(
      int index, float[] token, TokenFormat other, StoredRows.Writer into, int place) {
    int planes = shape.planes();
    for (int plane = 0; plane < planes; plane++) {
      rows.decode(index * planes + plane, token, plane * shape.dim());
    }
    for (int channel = 0; channel < token.length; channel++) {
      if (!other.takes(token[channel])) {
        throw new IllegalArgumentException(refusal(index, channel, token[channel], other));
      }
    }
    for (int plane = 0; plane < planes; plane++) {
      into.encode(place * planes + plane, token, plane * shape.dim());
    }
  }

  private String refusal(int index, int channel, float value, TokenFormat other) {
    String what =
        "%s holds %s in %s, "
            .formatted(shape.describe(index), value, shape.describeChannel(channel));
    return Float.isFinite(value)
        ? what
            + "which is too large for %s and would become infinite: store the tokens as f32%s"
                .formatted(other.label(), TokenFormat.BF16.overflows(value) ? "" : " or bf16")
        : what
            + "and %s has finite numbers alone: look at what encoded this video"
                .formatted(other.label());
  }

  /** What is fed of kept tokens goes by their order, see {@link FeedLayout}. */
  private void requireAscending(int[] index) {
    if (!shape.holds(index)) {
      throw new IllegalArgumentException(
          "a selection of a block of %d tokens must hold indices 0 to %d, each once and in ascending order; got %s"
              .formatted(shape.tokens(), shape.tokens() - 1, first(index)));
    }
  }

  /** As many of a selection's indices as a message holds. */
  private static String first(int[] index) {
    int most = 20;
    String indices = Arrays.toString(Arrays.copyOf(index, Math.min(index.length, most)));
    return index.length > most ? indices.replace("]", ", ...]") : indices;
  }
}
