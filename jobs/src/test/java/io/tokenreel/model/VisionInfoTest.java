package io.tokenreel.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.token.FeedLayout;
import org.junit.jupiter.api.Test;

class VisionInfoTest {

  @Test
  void visionInfo_sizesOfAFrame_followFromItsComponents() {
    VisionInfo info =
        new VisionInfo(
            "tower@1",
            "tower",
            2,
            3,
            4,
            5,
            6,
            new FeedLayout(FeedLayout.Kind.CLOSING, new float[12]));
    assertEquals(18, info.frameBytes());
    assertEquals(20, info.tokensPerFrame());
    assertEquals(120, info.frameFloats());
  }

  @Test
  void visionInfo_ofSizesThatCannotBe_saysWhatCame() {
    assertRefused(
        "got frames of 0 x 3", () -> new VisionInfo("a", "a", 0, 3, 4, 5, 6, FeedLayout.plain()));
    assertRefused("0 channels", () -> new VisionInfo("a", "a", 2, 3, 4, 5, 0, FeedLayout.plain()));
    assertRefused(
        "whole rows of 6 channels; got 7 values",
        () ->
            new VisionInfo(
                "a", "a", 2, 3, 4, 5, 6, new FeedLayout(FeedLayout.Kind.CLOSING, new float[7])));
  }

  private static void assertRefused(String part, Runnable call) {
    String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
    assertTrue(message.contains(part), message);
  }
}
