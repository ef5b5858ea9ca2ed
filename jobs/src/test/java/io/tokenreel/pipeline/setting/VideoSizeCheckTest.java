package io.tokenreel.pipeline.setting;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;

import io.tokenreel.model.EncoderOrigin;
import io.tokenreel.model.StepGrid;
import io.tokenreel.model.VisionInfo;
import io.tokenreel.testing.JobTests;
import io.tokenreel.token.FeedLayout;
import io.tokenreel.video.FixedFit;
import io.tokenreel.video.FrameSize;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VideoSizeCheckTest {

  /** A tower of the size of LLaVA-OneVision 7B's. */
  private static final VisionInfo VISION =
      vision(new FrameSize(384, 384), new StepGrid.Size(14, 14), 3584);

  private static VisionInfo vision(FrameSize size, StepGrid.Size grid, int dim) {
    return new VisionInfo(
        "tower@1",
        "tower",
        new FixedFit(size),
        new StepGrid.Fixed(size, grid),
        dim,
        1,
        FeedLayout.plain(),
        EncoderOrigin.ofFile("test", ""));
  }

  private static PrecomputeSettings settings(String sampling, String dtype) {
    return new PrecomputeSettings(
        List.of("videos"),
        "out",
        null,
        "default",
        sampling,
        List.of("none"),
        false,
        dtype,
        "cpu",
        "auto",
        32,
        "sampled",
        600,
        512,
        12,
        256,
        1000,
        null,
        null,
        null);
  }

  @Test
  void require_tokensThatOverflowARow_namesTheOptionAndWhatFits() {
    JobTests.assertRefused(
        () -> VideoSizeCheck.require(settings("uniform:frames=1024", "f32"), VISION),
        "--sampling uniform:frames=1024: 1024 frames of 384 x 384 pixels",
        "196 tokens of 3584 f32 channels each take 3330277376 bytes",
        "at most 660 frames fit");
  }

  @Test
  void require_framesThatOverflowARow_isRefusedToo() {
    VisionInfo pixels = vision(new FrameSize(4096, 4096), new StepGrid.Size(1, 1), 1);
    JobTests.assertRefused(
        () -> VideoSizeCheck.require(settings("fps:rate=1.0,max=64", "bf16"), pixels),
        "--sampling fps:rate=1.0,max=64",
        "at most 42 frames fit");
  }

  @ParameterizedTest
  @ValueSource(strings = {"uniform:frames=660", "uniform:frames=32"})
  void require_videoThatFits_isTaken(String sampling) {
    assertDoesNotThrow(() -> VideoSizeCheck.require(settings(sampling, "f32"), VISION));
  }
}
