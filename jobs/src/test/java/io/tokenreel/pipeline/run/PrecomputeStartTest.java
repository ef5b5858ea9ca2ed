package io.tokenreel.pipeline.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.model.EncoderOrigin;
import io.tokenreel.model.StepGrid;
import io.tokenreel.model.VisionInfo;
import io.tokenreel.pipeline.setting.SettingsException;
import io.tokenreel.scene.SceneSet;
import io.tokenreel.token.FeedLayout;
import io.tokenreel.video.FixedFit;
import io.tokenreel.video.FrameSize;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class PrecomputeStartTest {

  private static final int MANY = 1001;

  private static final VisionInfo VISION =
      new VisionInfo(
          "tower@1",
          "tiny",
          new FixedFit(new FrameSize(2, 3)),
          new StepGrid.Fixed(new FrameSize(2, 3), new StepGrid.Size(4, 5)),
          6,
          1,
          new FeedLayout(FeedLayout.Kind.CLOSING, new float[12]),
          EncoderOrigin.ofFile("test", ""));

  @Test
  void say_aCheckpoint_namesItAlone() {
    List<String> lines = lines("/models/tiny", PrecomputeStart.Naming.NAMED, MANY, 0);
    assertEquals(
        List.of("Model tiny (tower@1): 20 tokens a frame, 6 channels a token, stored as bf16"),
        lines);
  }

  @Test
  void say_theBuiltInModelOnOtherVideos_saysWhatItKnows() {
    List<String> lines = lines("default", PrecomputeStart.Naming.BY_DEFAULT, 3, 2);
    assertEquals(2, lines.size());
    assertTrue(lines.get(1).contains("2 of the 3 videos are none of these"), lines.get(1));
    String bf16 = "default#tokenreel_compute=bf16";
    assertEquals(2, lines(bf16, PrecomputeStart.Naming.BY_DEFAULT, 3, 2).size());
    assertEquals(1, lines("default", PrecomputeStart.Naming.BY_DEFAULT, MANY, 0).size());
    assertEquals(2, lines("default", PrecomputeStart.Naming.NAMED, MANY, MANY).size());
  }

  @Test
  void say_theBuiltInModelOnManyVideosThatNobodyAskedItFor_isRefused() {
    String message =
        assertThrows(
                SettingsException.class,
                () -> lines("default", PrecomputeStart.Naming.BY_DEFAULT, MANY, MANY))
            .getMessage();
    assertTrue(message.contains("write --model default if that is meant"), message);
  }

  @Test
  void sceneIds_ofRenderedScenes_match() {
    Pattern ids = Pattern.compile(SceneSet.IDS);
    for (String id : List.of("test-000012.mp4", "scenes/train-123456.mp4")) {
      assertTrue(ids.matcher(id).find(), id);
    }
    for (String id : List.of("holiday.mp4", "latest-000012.mp4", "test-000012.mp4.mkv")) {
      assertTrue(!ids.matcher(id).find(), id);
    }
  }

  private static List<String> lines(
      String model, PrecomputeStart.Naming naming, long videos, long others) {
    return PrecomputeStart.lines(
        new PrecomputeStart.Input(model, "bf16", videos, others), VISION, naming);
  }
}
