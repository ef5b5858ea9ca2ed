package io.tokenreel.model.decoder;

import io.tokenreel.model.FedVideo;
import io.tokenreel.model.RowPositions;
import io.tokenreel.model.VideoPrompt;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A prompt up to its video's last row, as a decoder is fed it.
 *
 * @param fed all rows
 * @param visualFrom the first visual row
 * @param visualCount rows of the video
 * @param places where the text after the video goes on
 */
record VideoRows(PromptRows fed, int visualFrom, int visualCount, NextPlaces places) {

  /**
   * Embeds and places a prompt.
   *
   * @param axes of a position
   * @param embedding from a text to its tokens' rows
   */
  static VideoRows of(
      VideoPrompt prompt, FedVideo video, int axes, Function<String, float[]> embedding) {
    List<PromptRows> parts = new ArrayList<>();
    int position = 0;
    int reach = 0;
    int visualFrom = -1;
    int rows = 0;
    for (VideoPrompt.Segment segment : prompt.video()) {
      if (segment instanceof VideoPrompt.Text text) {
        float[] embedded = embedding.apply(text.text());
        int count = embedded.length / video.dim();
        parts.add(PromptRows.text(embedded, count, axes, position));
        position += count;
        rows += count;
      } else if (segment instanceof VideoPrompt.Visual visual) {
        visualFrom = visualFrom < 0 ? rows : visualFrom;
        parts.add(placed(video, visual, position, axes));
        RowPositions positions = visual.positions();
        reach = Math.max(reach, position + positions.reach());
        position += positions.advance();
        rows += positions.rows();
      }
    }
    return new VideoRows(
        joined(parts, video.dim(), axes, rows),
        visualFrom,
        rows - visualFrom,
        new NextPlaces(axes, position, Math.max(reach, position)));
  }

  private static PromptRows placed(
      FedVideo video, VideoPrompt.Visual visual, int position, int axes) {
    RowPositions positions = visual.positions();
    int[][] placed = new int[axes][positions.rows()];
    for (int axis = 0; axis < axes; axis++) {
      int[] offsets = positions.axes()[Math.min(axis, positions.axes().length - 1)];
      for (int i = 0; i < offsets.length; i++) {
        placed[axis][i] = position + offsets[i];
      }
    }
    float[] rows = new float[positions.rows() * video.dim()];
    System.arraycopy(video.rows(), visual.first() * video.dim(), rows, 0, rows.length);
    return new PromptRows(rows, placed);
  }

  private static PromptRows joined(List<PromptRows> parts, int dim, int axes, int count) {
    float[] rows = new float[Math.multiplyExact(count, dim)];
    int[][] positions = new int[axes][count];
    int at = 0;
    for (PromptRows part : parts) {
      System.arraycopy(part.rows(), 0, rows, at * dim, part.rows().length);
      for (int axis = 0; axis < axes; axis++) {
        System.arraycopy(part.positions()[axis], 0, positions[axis], at, part.count());
      }
      at += part.count();
    }
    return new PromptRows(rows, positions);
  }
}
