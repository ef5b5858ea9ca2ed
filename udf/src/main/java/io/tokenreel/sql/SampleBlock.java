package io.tokenreel.sql;

/**
 * The small block of the functions' examples: five frames of one row of two bf16 tokens with two
 * channels, of which the last frame differs from the others.
 */
final class SampleBlock {

  /**
   * The block as SQL text; bf16 1, 2, 3 and 4 are 803F, 0040, 4040 and 8040, negative with BF or C0
   * in their second byte.
   */
  static final String SQL =
      "named_struct('frames', 5, 'tokens_per_frame', 2, 'grid_height', 1, 'grid_width', 2, 'dim', 2, 'dtype', 'bf16', "
          + "'data', unhex(repeat('803F004040408040', 4) || '80C080BF00C080C0'))";

  private SampleBlock() {}

  /** An example that applies a call to this block under the name {@code block}. */
  static FunctionDoc.Example example(String call, String result) {
    return new FunctionDoc.Example(
        "SELECT " + call + " FROM (SELECT " + SQL + " AS block)", result);
  }
}
