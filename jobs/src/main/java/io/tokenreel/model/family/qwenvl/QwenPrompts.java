package io.tokenreel.model.family.qwenvl;

import io.tokenreel.model.FedVideo;
import io.tokenreel.model.PromptStyle;
import io.tokenreel.model.RowPositions;
import io.tokenreel.model.VideoPrompt;
import io.tokenreel.model.VideoPrompts;
import io.tokenreel.model.checkpoint.CheckpointFolder;
import io.tokenreel.model.checkpoint.Settings;
import io.tokenreel.model.prompt.Prompt;
import io.tokenreel.model.prompt.PromptTemplate;
import io.tokenreel.model.prompt.PromptTemplates;
import io.tokenreel.model.prompt.VideoMark;
import io.tokenreel.token.TokenShape;
import java.util.Arrays;
import java.util.List;

/**
 * Qwen-VL's prompts: a video's rows have positions on three axes, by their places in the grid, and
 * those that are pruned leave gaps. In Qwen2-VL and Qwen2.5-VL they stand together; in Qwen3-VL
 * each step follows its {@link TimeText}.
 *
 * @param positions of the rows
 * @param times the texts among the steps; null for a family without
 * @param rule of the positions
 */
record QwenPrompts(
    CheckpointFolder folder, QwenPositions positions, TimeText times, PositionRule rule)
    implements PromptStyle {

  /** The rule of positions where it is not the usual one. */
  static final String RULE = "tokenreel_positions";

  /** The texts among the steps where they are not the usual ones. */
  static final String TEXT = "tokenreel_prompt";

  static QwenPrompts of(CheckpointFolder folder, QwenVisionConfig vision) {
    Settings config = Settings.read(folder, "config.json");
    boolean timed = vision.kind() == QwenVlKind.QWEN3_VL;
    PositionRule rule = config.has(RULE) ? PositionRule.of(config.text(RULE)) : PositionRule.MAX;
    return new QwenPrompts(
        folder,
        new QwenPositions(vision, rule),
        timed ? TimeText.of(config.choice(TEXT, TimeText.USUAL, TimeText.names())) : null,
        rule);
  }

  @Override
  public VideoPrompts prompts(String name) {
    if (!name.equals(PromptTemplates.CHAT)) {
      PromptTemplates.checked(name);
      throw new IllegalArgumentException(
          "template '%s' is LLaVA's, and this model's video has marks of its own; use the template %s"
              .formatted(name, PromptTemplates.CHAT));
    }
    PromptTemplate template = PromptTemplates.of(name, folder, VideoMark.VIDEO_PAD);
    template.render("?");
    return (question, video) -> prompt(template.render(question), video);
  }

  private VideoPrompt prompt(Prompt rendered, FedVideo video) {
    FedVideo.Places places = video.requirePlaces();
    if (times != null) {
      return times.prompt(rendered, places, video.requireTimes(), positions);
    }
    TokenShape grid = places.grid();
    RowPositions all =
        positions.block(
            grid.frames(),
            grid.gridHeight(),
            grid.gridWidth(),
            positions.readsSeconds()
                ? video.requireTimes().secondsPerStep(QwenVisionConfig.STEP_FRAMES)
                : 1);
    return new VideoPrompt(
        List.of(
            new VideoPrompt.Text(rendered.before()),
            new VideoPrompt.Visual(0, all.select(requirePlain(places.index())))),
        rendered.after(),
        rendered.toString());
  }

  static int[] requirePlain(int[] index) {
    if (Arrays.stream(index).anyMatch(place -> place < 0)) {
      throw new IllegalArgumentException(
          "every row of this model's video must have a place in its grid; got rows without: answer with the model that encoded them");
    }
    return index;
  }

  @Override
  public String canonical() {
    return "positions "
        + rule
        + (times == null ? "" : "\nprompt " + times)
        + (positions.hasUsualSpeed() ? "" : "\ntokens_per_second " + positions.tokensPerSecond());
  }
}
