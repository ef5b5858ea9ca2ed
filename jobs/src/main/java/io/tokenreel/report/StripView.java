package io.tokenreel.report;

import io.tokenreel.report.ExampleView.Choice;
import io.tokenreel.report.ExampleView.FrameView;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A row of pictures near the top of the page: what a compression keeps of a few frames of the first
 * video.
 */
record StripView(
    String compression, String kept, String viewBox, String video, List<Picture> pictures) {

  private static final int ROWS = 3;
  private static final int FRAMES = 6;

  /** A frame under the compression. */
  record Picture(String alt, String jpegBase64, Mosaic mosaic) {}

  /** Of compressions that the findings name; of the first ones where these are not shown. */
  static List<StripView> of(List<ExampleView> videos, List<Setup> setups) {
    if (videos.isEmpty()) {
      return List.of();
    }
    ExampleView video = videos.get(0);
    List<String> found =
        setups.stream()
            .flatMap(setup -> setup.findings().stream())
            .flatMap(findings -> findings.found().stream())
            .map(Findings.Finding::cell)
            .toList();
    List<Choice> shown =
        new ArrayList<>(
            video.choices().stream()
                .filter(choice -> choice.number() > 0 && found.contains(choice.compression()))
                .limit(ROWS)
                .toList());
    if (shown.isEmpty()) {
      video.choices().stream().skip(1).limit(ROWS).forEach(shown::add);
    }
    return shown.stream().map(choice -> row(video, choice)).toList();
  }

  private static StripView row(ExampleView video, Choice choice) {
    int frames = video.frames().size();
    int pictures = Math.min(FRAMES, frames);
    return new StripView(
        choice.compression(),
        choice.kept(),
        video.viewBox(),
        video.videoId(),
        IntStream.range(0, pictures)
            .mapToObj(i -> video.frames().get(i * frames / pictures))
            .map(frame -> picture(frame, choice))
            .toList());
  }

  private static Picture picture(FrameView frame, Choice choice) {
    return new Picture(
        "Frame %d, %s tokens kept"
            .formatted(
                frame.number(),
                Numbers.whole(frame.layers().get(choice.number() - 1).mosaic().kept())),
        frame.jpegBase64(),
        frame.layers().get(choice.number() - 1).mosaic());
  }
}
