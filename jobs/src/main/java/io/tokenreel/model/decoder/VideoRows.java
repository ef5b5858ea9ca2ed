package io.tokenreel.model.decoder;

import io.tokenreel.model.FedVideo;
import io.tokenreel.model.RowPositions;
import io.tokenreel.model.VideoPrompt;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * A prompt up to its video's last row, as a decoder is fed it.
 *
 * @param fed all rows
 * @param visual {@code [rows of the video]}, their places among all rows, ascending
 * @param next where the text after the video goes on
 */
record VideoRows(PromptRows fed, int[] visual, NextPlaces next) {

  /**
   * Embeds and places a prompt.
   *
   * @param axes of a position
   * @param embedding from a text to its tokens' rows
   */
  static VideoRows of(
      VideoPrompt prompt, FedVideo video, int axes, Function<String, float[]> embedding) {
    List<float[]> texts =
        prompt.video().stream()
            .map(
                segment ->
                    segment instanceof VideoPrompt.Text text
                        ? embedding.apply(text.text())
                        : new float[0])
            .toList();
    int tokens = texts.stream().mapToInt(text -> text.length / video.dim()).sum();
    Builder builder = new Builder(video, axes, tokens + video.count());
    for (int i = 0; i < texts.size(); i++) {
      if (prompt.video().get(i) instanceof VideoPrompt.Visual visual) {
        builder.visual(visual.first(), visual.positions());
      } else {
        builder.text(texts.get(i));
      }
    }
    return builder.built();
  }

  /** Rows one after the other. */
  private static final class Builder {

    private final FedVideo video;
    private final float[] rows; // [count][dim]
    private final int[][] positions; // [axes][count]
    private final List<float[]> levels; // [levels][count][dim]
    private final int[] visual;
    private int count;
    private int seen; // visual rows
    private int position;
    private int reach;

    Builder(FedVideo video, int axes, int count) {
      this.video = video;
      this.rows = new float[Math.multiplyExact(count, video.dim())];
      this.positions = new int[axes][count];
      this.levels =
          IntStream.range(1, video.planes()).mapToObj(level -> new float[rows.length]).toList();
      this.visual = new int[video.count()];
    }

    void text(float[] embedded) {
      System.arraycopy(embedded, 0, rows, count * video.dim(), embedded.length);
      int tokens = embedded.length / video.dim();
      for (int[] axis : positions) {
        for (int i = 0; i < tokens; i++) {
          axis[count + i] = position + i;
        }
      }
      count += tokens;
      position += tokens;
    }

    void visual(int first, RowPositions block) {
      for (int row = 0; row < block.rows(); row++) {
        plane(first + row, 0, rows);
        for (int level = 0; level < levels.size(); level++) {
          plane(first + row, level + 1, levels.get(level));
        }
        for (int axis = 0; axis < positions.length; axis++) {
          int[] offsets = block.axes()[Math.min(axis, block.axes().length - 1)];
          positions[axis][count] = position + offsets[row];
        }
        visual[seen++] = count++;
      }
      reach = Math.max(reach, position + block.reach());
      position += block.advance();
    }

    private void plane(int row, int plane, float[] target) {
      int dim = video.dim();
      int from = (row * video.planes() + plane) * dim;
      System.arraycopy(video.rows(), from, target, count * dim, dim);
    }

    VideoRows built() {
      if (seen != video.count()) {
        throw new IllegalStateException(
            "a prompt must hold all %d visual rows; got %d".formatted(video.count(), seen));
      }
      return new VideoRows(
          new PromptRows(rows, positions, levels),
          visual,
          new NextPlaces(positions.length, position, Math.max(reach, position)));
    }
  }
}
