package io.tokenreel.compress;

import io.tokenreel.kernel.Kernels;
import io.tokenreel.kernel.TokenRows;
import io.tokenreel.token.Selection;
import io.tokenreel.token.TokenBlock;
import io.tokenreel.token.TokenShape;
import java.util.Arrays;

/**
 * How a frame's tokens lie, and so which of them a method chooses among. A block of the other
 * layout is refused: what a newline token is worth is not for a score to say.
 */
enum Grid {
  /** Rows of tokens of the frame and nothing else. */
  PLAIN {
    @Override
    TokenRows rows(Kernels kernels, TokenBlock block) {
      TokenShape shape = block.shape();
      if (shape.hasNewlines()) {
        throw new IllegalArgumentException(
            "expected grid_height * grid_width = %d tokens per frame; got %d, a newline token after every row of the grid: %s"
                .formatted(shape.gridHeight() * shape.gridWidth(), shape.tokensPerFrame(), REMEDY));
      }
      return TokenRows.all(kernels, block);
    }

    @Override
    Selection complete(Selection kept, TokenShape shape) {
      return kept;
    }
  },

  /**
   * LLaVA-Video's: every row of a frame ends in a newline token. Those are not scored or counted
   * and all stay, after the frame's kept tokens.
   */
  NEWLINE {
    @Override
    TokenRows rows(Kernels kernels, TokenBlock block) {
      return TokenRows.withoutNewlines(kernels, block);
    }

    @Override
    Selection complete(Selection kept, TokenShape shape) {
      int perFrame = shape.tokensPerFrame();
      int columns = shape.gridWidth() + 1;
      int newlines = shape.frames() * shape.gridHeight();
      int[] indices = Arrays.copyOf(kept.indices(), kept.size() + newlines);
      int from = 0;
      int to = 0;
      for (int t = 0; t < shape.frames(); t++) {
        while (from < kept.size() && kept.indices()[from] / perFrame == t) {
          indices[to++] = kept.indices()[from++];
        }
        for (int row = 1; row <= shape.gridHeight(); row++) {
          indices[to++] = t * perFrame + row * columns - 1;
        }
      }
      return new Selection(indices);
    }
  };

  /** The setting of every method that takes both layouts. */
  static final Setting<Grid> SETTING = Setting.oneOf("grid", Grid.class);

  private static final String REMEDY =
      "use grid=newline where the method has it, else take the newline tokens out of the block";

  /**
   * The tokens to choose among.
   *
   * @throws IllegalArgumentException when the block has the other layout, or a token that is not
   *     chosen among is not finite
   */
  abstract TokenRows rows(Kernels kernels, TokenBlock block);

  /**
   * Adds the tokens that stay in any case.
   *
   * @param kept ascending
   */
  abstract Selection complete(Selection kept, TokenShape shape);
}
