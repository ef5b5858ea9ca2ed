package io.tokenreel.model.family.qwenvl;

import io.tokenreel.model.FedVideo;
import io.tokenreel.model.RowPositions;
import io.tokenreel.model.SourceTimes;
import io.tokenreel.model.VideoPrompt;
import io.tokenreel.model.prompt.Prompt;
import io.tokenreel.token.TokenShape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * The text in Qwen3-VL's prompts before each step of a video, when it is shown: {@code <1.5
 * seconds>}. The versions of Transformers differ in what stands around the steps.
 *
 * <p>Source: transformers, models/qwen3_vl/processing_qwen3_vl.py.
 */
enum TimeText {
  /**
   * 4.57: the video's marks in the template go, and each step has its own. The usual one, for
   * weights were presumably trained with it.
   */
  SINGLE("4.57"),

  /** 5.23: the template's marks stay around all steps. */
  NESTED("5");

  /** The name of the usual one. */
  static final String USUAL = SINGLE.name;

  private static final String START = "<|vision_start|>";
  private static final String END = "<|vision_end|>";

  private final String name;

  TimeText(String name) {
    this.name = name;
  }

  static String[] names() {
    return Stream.of(values()).map(TimeText::toString).toArray(String[]::new);
  }

  static TimeText of(String name) {
    return Stream.of(values()).filter(text -> text.name.equals(name)).findFirst().orElseThrow();
  }

  /** A prompt whose steps have their times before them, each with the rows that are kept of it. */
  VideoPrompt prompt(
      Prompt rendered, FedVideo.Places places, SourceTimes times, QwenPositions positions) {
    String before = rendered.before();
    String after = rendered.after();
    if (this == SINGLE) {
      if (!before.endsWith(START) || !after.startsWith(END)) {
        throw new IllegalArgumentException(
            "the chat template must have %s and %s around the video; got:%n%s"
                .formatted(START, END, rendered));
      }
      before = before.substring(0, before.length() - START.length());
      after = after.substring(END.length());
    }
    TokenShape grid = places.grid();
    RowPositions block = positions.block(1, grid.gridHeight(), grid.gridWidth(), 1);
    int[] index = QwenPrompts.requirePlain(places.index());
    List<VideoPrompt.Segment> segments = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    String between = before;
    int row = 0;
    for (int step = 0; step < grid.frames(); step++) {
      between +=
          "<%s seconds>%s"
              .formatted(
                  SourceTimes.print(times.stepSeconds(step, QwenVisionConfig.STEP_FRAMES), 1),
                  START);
      segments.add(new VideoPrompt.Text(between));
      text.append(between).append(rendered.placeholder());
      int first = row;
      while (row < index.length && index[row] / grid.tokensPerFrame() == step) {
        row++;
      }
      int start = step * grid.tokensPerFrame();
      int[] kept = Arrays.stream(index, first, row).map(place -> place - start).toArray();
      segments.add(new VideoPrompt.Visual(first, block.select(kept)));
      between = END;
    }
    return new VideoPrompt(segments, END + after, text.append(END).append(after).toString());
  }

  @Override
  public String toString() {
    return name;
  }
}
