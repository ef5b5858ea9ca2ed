package io.tokenreel.eval.result;

import io.tokenreel.token.TokenShape;
import java.util.List;

/**
 * A video that the report shows.
 *
 * @param frames one for each step of the grid, in the order of time
 * @param selections what compressions keep of it
 * @param questions asked about it, with every cell's answer
 */
public record Example(
    String videoId,
    Cell baseline,
    int gridHeight,
    int gridWidth,
    List<Frame> frames,
    List<Kept> selections,
    List<Asked> questions) {

  /** The grid that selections point into. */
  public TokenShape shape() {
    return new TokenShape(frames.size(), gridHeight, gridWidth, 1);
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
   * @param index kept tokens of {@code [frames * tokensPerFrame]}, ascending
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
