package io.tokenreel.model.family.qwenvl;

import io.tokenreel.model.RowPositions;

/**
 * Three-axis positions of a video's tokens.
 *
 * <p>Source: transformers 5.23, {@code get_vision_position_ids} and {@code get_rope_index} of
 * models/qwen2_vl, models/qwen2_5_vl and models/qwen3_vl, {@code modeling_*.py}.
 */
public final class QwenPositions {

  /** Time, row and column. */
  static final int AXES = 3;

  private static final int USUAL_SPEED = 2;

  private final QwenVlKind kind;
  private final int tokensPerSecond;
  private final PositionRule rule;

  /** Positions of a model's videos. */
  public QwenPositions(QwenVisionConfig config, PositionRule rule) {
    this.kind = config.kind();
    this.tokensPerSecond = config.tokensPerSecond();
    this.rule = rule;
  }

  /** How fast the time axis runs; 0 where it counts steps. */
  int tokensPerSecond() {
    return tokensPerSecond;
  }

  /** Whether it runs as in the published checkpoints, whose decoders' names do not say it. */
  boolean hasUsualSpeed() {
    return !readsSeconds() || tokensPerSecond == USUAL_SPEED;
  }

  /** Whether positions depend on the seconds of a step. */
  boolean readsSeconds() {
    return kind == QwenVlKind.QWEN2_5_VL;
  }

  /** Whether every step is a block, with a text before it; else a video is one block. */
  public boolean blockPerStep() {
    return kind == QwenVlKind.QWEN3_VL;
  }

  /**
   * Positions of a block, relative to the one that a text token in its place would have; tokens by
   * step, row and column.
   *
   * @param steps of the block
   * @param rows of a step's tokens
   * @param columns of a step's tokens
   * @param secondsPerStep {@code second_per_grid_ts}, which Qwen2.5-VL alone reads
   * @throws IllegalArgumentException when a size is below 1, steps that are blocks each come
   *     together, or the seconds are not a number of at least 0
   * @throws ArithmeticException when a position has more than 32 bits
   */
  public RowPositions block(int steps, int rows, int columns, float secondsPerStep) {
    if (steps < 1 || rows < 1 || columns < 1) {
      throw new IllegalArgumentException(
          "a visual block must have a step, a row and a column; got %d, %d and %d"
              .formatted(steps, rows, columns));
    }
    if (blockPerStep() && steps > 1) {
      throw new IllegalArgumentException(
          "every step of %s is a visual block; got %d steps".formatted(kind.modelType(), steps));
    }
    int[] times = new int[steps];
    for (int step = 0; step < steps; step++) {
      times[step] = time(step, secondsPerStep);
    }
    return lay(times, rows, columns);
  }

  /**
   * Lays a grid out.
   *
   * @param times {@code [steps]}, offsets on the time axis, ascending
   */
  private RowPositions lay(int[] times, int rows, int columns) {
    int step = Math.multiplyExact(rows, columns);
    int[][] offsets = new int[AXES][Math.multiplyExact(times.length, step)];
    for (int token = 0; token < offsets[0].length; token++) {
      offsets[0][token] = times[token / step];
      offsets[1][token] = token % step / columns;
      offsets[2][token] = token % columns;
    }
    int side = Math.max(rows, columns);
    int reach = Math.max(side, Math.addExact(times[times.length - 1], 1));
    return new RowPositions(offsets, rule == PositionRule.MERGED_GRID ? side : reach, reach);
  }

  /**
   * The reference multiplies speed and seconds before the step, all in float32. Older versions have
   * other orders; speeds that are powers of two, as published, give the same in each.
   */
  private int time(int step, float secondsPerStep) {
    if (kind != QwenVlKind.QWEN2_5_VL) {
      return step;
    }
    if (!(secondsPerStep >= 0) || Float.isInfinite(secondsPerStep)) {
      throw new IllegalArgumentException(
          "the seconds of a step must be a number of at least 0; got " + secondsPerStep);
    }
    float seconds =
        rule == PositionRule.MAX_INT_SECONDS ? (float) Math.floor(secondsPerStep) : secondsPerStep;
    return Math.toIntExact((long) (step * (tokensPerSecond * seconds)));
  }
}
