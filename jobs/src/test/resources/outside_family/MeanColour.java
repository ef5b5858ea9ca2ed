package com.example.family;

import io.tokenreel.model.DeviceChoice;
import io.tokenreel.model.FamilyInfo;
import io.tokenreel.model.LanguageInfo;
import io.tokenreel.model.LanguageModel;
import io.tokenreel.model.ModelFamily;
import io.tokenreel.model.ModelKeys;
import io.tokenreel.model.PromptStyle;
import io.tokenreel.model.StepGrid;
import io.tokenreel.model.EncoderOrigin;
import io.tokenreel.model.VisionInfo;
import io.tokenreel.model.VisionTower;
import io.tokenreel.model.checkpoint.CheckpointFolder;
import io.tokenreel.model.engine.BatchedTower;
import io.tokenreel.model.engine.StepEncoder;
import io.tokenreel.token.FeedLayout;
import io.tokenreel.video.FixedFit;
import io.tokenreel.video.FrameSize;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.List;

/** A family in a jar of its own: a frame's one token is its mean red, green and blue. */
public final class MeanColour implements ModelFamily {

  private static final FrameSize SIZE = new FrameSize(4, 6);

  @Override
  public FamilyInfo info() {
    return new FamilyInfo(
        "MeanColourModel",
        "the mean colour of each frame",
        List.of("encode"),
        List.of("none"),
        "f32",
        List.of("cpu"),
        List.of());
  }

  @Override
  public VisionInfo describeVision(CheckpointFolder folder) {
    return new VisionInfo(
        ModelKeys.of(folder, "mean_colour", "1"),
        folder.name(),
        new FixedFit(SIZE),
        new StepGrid.Fixed(SIZE, new StepGrid.Size(1, 1)),
        3,
        1,
        FeedLayout.plain(),
 EncoderOrigin.ofFile("test", ""));
  }

  @Override
  public VisionTower openVision(CheckpointFolder folder, DeviceChoice device, int gpuPassFrames) {
    return BatchedTower.open(
        device, gpuPassFrames, on -> new Encoder(describeVision(folder)));
  }

  private record Encoder(VisionInfo info) implements StepEncoder {

    @Override
    public void encode(ByteBuffer rgb, int steps, FrameSize size, FloatBuffer tokens) {
      int pixels = size.height() * size.width();
      while (tokens.hasRemaining()) {
        int value = tokens.position(); // of step value / 3, colour value % 3
        float sum = 0;
        for (int pixel = 0; pixel < pixels; pixel++) {
          sum += Byte.toUnsignedInt(rgb.get((value / 3 * pixels + pixel) * 3 + value % 3));
        }
        tokens.put(sum / pixels);
      }
    }

    @Override
    public void close() {}
  }

  @Override
  public PromptStyle prompts(CheckpointFolder folder) {
    throw encodesOnly();
  }

  @Override
  public LanguageInfo describeLanguage(CheckpointFolder folder) {
    throw encodesOnly();
  }

  @Override
  public LanguageModel openLanguage(CheckpointFolder folder, DeviceChoice device) {
    throw encodesOnly();
  }

  private static IllegalArgumentException encodesOnly() {
    return new IllegalArgumentException("a MeanColourModel encodes only");
  }
}
