package io.tokenreel.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.token.FeedLayout;
import io.tokenreel.token.TokenShape;
import io.tokenreel.video.FixedFit;
import io.tokenreel.video.FrameFit;
import io.tokenreel.video.FrameSize;
import org.junit.jupiter.api.Test;

class VisionInfoTest {

  private static final FrameSize SIZE = new FrameSize(2, 3);

  private static VisionInfo fixed(int dim, FeedLayout layout) {
    return new VisionInfo(
        "tower@1",
        "tower",
        new FixedFit(SIZE),
        new StepGrid.Fixed(SIZE, new StepGrid.Size(4, 5)),
        dim,
        1,
        layout,
        EncoderOrigin.ofFile("test", ""));
  }

  @Test
  void shape_ofFramesOfOneSize_isOneStepAFrame() {
    VisionInfo info = fixed(6, new FeedLayout(FeedLayout.Kind.CLOSING, new float[12]));
    assertEquals(new TokenShape(3, 4, 5, 6), info.shape(3, SIZE));
    assertRefused(
        "tower@1 wants frames of 2 x 3 pixels; got 3 x 2",
        () -> info.shape(3, new FrameSize(3, 2)));
  }

  @Test
  void shape_ofTemporalPatches_followsTheFramesSize() {
    VisionInfo info =
        new VisionInfo(
            "tower@1",
            "tower",
            FrameFit.parse("smart:factor=28,min=3136,max=12845056"),
            new StepGrid.Cells(2, 28),
            6,
            1,
            FeedLayout.plain(),
            EncoderOrigin.ofFile("test", ""));
    assertEquals(new TokenShape(4, 3, 4, 6), info.shape(8, new FrameSize(84, 112)));
    assertEquals(new TokenShape(4, 3, 4, 6), info.shape(7, new FrameSize(84, 112)));
    assertRefused(
        "tower@1 wants frames whose height and width are multiples of 28 pixels; got 84 x 113",
        () -> info.shape(8, new FrameSize(84, 113)));
  }

  @Test
  void visionInfo_ofSizesThatCannotBe_saysWhatCame() {
    assertRefused("got 0", () -> fixed(0, FeedLayout.plain()));
    assertRefused(
        "whole rows of 6 channels; got 7 values",
        () -> fixed(6, new FeedLayout(FeedLayout.Kind.CLOSING, new float[7])));
    assertRefused("got 0 x 3", () -> new StepGrid.Fixed(SIZE, new StepGrid.Size(0, 3)));
    assertRefused("got 2 and 0", () -> new StepGrid.Cells(2, 0));
  }

  private static void assertRefused(String part, Runnable call) {
    String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
    assertTrue(message.contains(part), message);
  }
}
