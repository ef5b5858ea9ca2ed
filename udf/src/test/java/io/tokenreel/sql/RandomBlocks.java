package io.tokenreel.sql;

import io.tokenreel.token.TokenBlock;
import io.tokenreel.token.TokenCodec;
import io.tokenreel.token.TokenDtype;
import io.tokenreel.token.TokenShape;
import java.util.Random;

/** Seeded blocks of normally distributed tokens. */
public final class RandomBlocks {

  private RandomBlocks() {}

  public static TokenBlock of(long seed, int frames, int grid, int dim) {
    TokenShape shape = new TokenShape(frames, grid * grid, grid, grid, dim);
    Random random = new Random(seed);
    float[] values = new float[(int) shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return new TokenBlock(shape, TokenDtype.F32, TokenCodec.encode(values, TokenDtype.F32));
  }
}
