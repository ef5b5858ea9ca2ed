package io.tokenreel.testing;

import io.tokenreel.token.TokenShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Small shapes of token blocks, made from a seed. */
public final class RandomShapes {

  /** Sizes that every draw has: one of everything, one frame, one token, many channels. */
  private static final List<TokenShape> EDGES =
      List.of(
          new TokenShape(1, 1, 1, 1),
          new TokenShape(1, 3, 4, 20),
          new TokenShape(6, 1, 1, 33),
          new TokenShape(5, 2, 1, 5000));

  private static final int MOST_CHANNELS = 5000;

  private RandomShapes() {}

  /** Grids: the edges, then random ones; every fifth of those has up to 5000 channels. */
  public static List<TokenShape> of(long seed, int count) {
    Random random = new Random(seed);
    List<TokenShape> shapes = new ArrayList<>(EDGES);
    while (shapes.size() < count) {
      boolean wide = shapes.size() % 5 == 0;
      int frames = 1 + random.nextInt(wide ? 6 : 14);
      int height = 1 + random.nextInt(wide ? 2 : 6);
      int width = 1 + random.nextInt(wide ? 3 : 6);
      int dim = 1 + random.nextInt(wide ? MOST_CHANNELS : 80);
      shapes.add(new TokenShape(frames, height, width, dim));
    }
    return shapes;
  }
}
