package io.tokenreel.eval.result;

import io.tokenreel.token.TokenShape;
import java.util.List;

/**
 * A video that the report shows.
 *
 * @param tokensPerFrame places of a frame that selections point into: those of the grid, and one
 *     for each of its rows where they end in a newline token
 * @param frames in the order of time
 * @param selections what compressions keep of it
 * @param questions asked about it, with every cell's answer
 */
public record Example(
    String videoId,
    Cell baseline,
    int gridHeight,
    int gridWidth,
    int tokensPerFrame,
    List<Frame> frames,
    List<Kept> selections,
    List<Asked> questions) {

  public Example {
    if (tokensPerFrame == 0) { // a file of before it was kept
      tokensPerFrame = gridHeight * gridWidth;
    }
  }

  /** On a grid without newline tokens. */
  public Example(
      String videoId,
      Cell baseline,
      int gridHeight,
      int gridWidth,
      List<Frame> frames,
      List<Kept> selections,
      List<Asked> questions) {
    this(videoId, baseline, gridHeight, gridWidth, 0, frames, selections, questions);
  }

  /** The grid that selections point into. */
  public TokenShape shape() {
    return new TokenShape(frames.size(), tokensPerFrame, gridHeight, gridWidth, 1);
  }

  /**
   * A frame as the model saw it.
   *
   * @param seconds its presentation time
   * @param jpeg the picture
   */
  public record Frame(double seconds, byte[] jpeg) {}

  /**
   * What a compression keeps.
   *
   * @param index kept tokens of {@code [frames * tokensPerFrame]}, in the order of {@link
   *     io.tokenreel.token.FeedOrder}
   * @param budgets retention of each frame, 0 .. 1
   */
  public record Kept(String compression, int[] index, double[] budgets) {}

  /**
   * A question.
   *
   * @param gold the right answer
   * @param answers one per cell
   */
  public record Asked(
      String task, String questionId, String question, String gold, List<Said> answers) {}

  /**
   * A cell's answer.
   *
   * @param response null where there is none
   * @param correct null where the task is not scored yet
   */
  public record Said(Cell cell, String response, Boolean correct) {}
}
