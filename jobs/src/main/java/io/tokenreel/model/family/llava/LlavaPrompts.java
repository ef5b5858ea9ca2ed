package io.tokenreel.model.family.llava;

import io.tokenreel.model.FedVideo;
import io.tokenreel.model.PromptStyle;
import io.tokenreel.model.RowPositions;
import io.tokenreel.model.VideoPrompt;
import io.tokenreel.model.VideoPrompts;
import io.tokenreel.model.checkpoint.CheckpointFolder;
import io.tokenreel.model.prompt.Prompt;
import io.tokenreel.model.prompt.PromptTemplate;
import io.tokenreel.model.prompt.PromptTemplates;
import io.tokenreel.model.prompt.VideoMark;
import java.util.List;

/**
 * LLaVA's prompts: all of the video's rows stand together, and positions are places in the
 * sequence.
 *
 * @param mark how chat templates name the video
 * @param timed whether the text after the video begins with the {@link TimeInstruction}
 */
record LlavaPrompts(CheckpointFolder folder, VideoMark mark, boolean timed) implements PromptStyle {

  @Override
  public VideoPrompts prompts(String name) {
    PromptTemplate template = PromptTemplates.of(name, folder, mark);
    template.render("?");
    return (question, video) -> prompt(template.render(question), video);
  }

  private VideoPrompt prompt(Prompt rendered, FedVideo video) {
    String after = (timed ? TimeInstruction.of(video.requireTimes()) : "") + rendered.after();
    return new VideoPrompt(
        List.of(
            new VideoPrompt.Text(rendered.before()),
            new VideoPrompt.Visual(0, RowPositions.line(video.count()))),
        after,
        rendered.before() + rendered.placeholder() + after);
  }

  @Override
  public String canonical() {
    return timed ? "time_instruction true" : "";
  }
}
