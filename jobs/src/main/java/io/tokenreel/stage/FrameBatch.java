package io.tokenreel.stage;

import io.tokenreel.model.VisionInfo;
import io.tokenreel.model.VisionTower;
import java.util.List;

/**
 * The frames of several videos, encoded together: the tower sees full batches although videos have
 * few frames, or more than a batch.
 *
 * <p>A tower's tokens do not depend on what shares their batch, so neither does any video's result.
 */
final class FrameBatch {

  /** The frames of one video, {@code rgb [count][height][width][3]}. */
  record Clip(int count, byte[] rgb) {}

  private FrameBatch() {}

  /**
   * Encodes clips in batches of at most {@code batchFrames}.
   *
   * @return per clip {@code [count][tokensPerFrame][dim]}
   */
  static float[][] encode(VisionTower tower, List<Clip> clips, int batchFrames) {
    VisionInfo info = tower.info();
    int frameBytes = info.frameHeight() * info.frameWidth() * 3;
    int frameFloats = info.tokensPerFrame() * info.dim();
    int total = clips.stream().mapToInt(Clip::count).sum();
    float[][] tokens = new float[clips.size()][];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = new float[Math.multiplyExact(clips.get(i).count(), frameFloats)];
    }
    Cursor read = new Cursor();
    Cursor write = new Cursor();
    for (int start = 0; start < total; start += batchFrames) {
      int frames = Math.min(batchFrames, total - start);
      byte[] rgb = new byte[frames * frameBytes];
      for (int i = 0; i < frames; i++) {
        read.settle(clips);
        System.arraycopy(
            clips.get(read.clip).rgb(), read.frame++ * frameBytes, rgb, i * frameBytes, frameBytes);
      }
      float[] batch = tower.encode(rgb, frames);
      for (int i = 0; i < frames; i++) {
        write.settle(clips);
        System.arraycopy(
            batch, i * frameFloats, tokens[write.clip], write.frame++ * frameFloats, frameFloats);
      }
    }
    return tokens;
  }

  /** The first value that is not finite, as "frame t, token m", or null. */
  static String firstNotFinite(float[] tokens, VisionInfo info) {
    for (int i = 0; i < tokens.length; i++) {
      if (!Float.isFinite(tokens[i])) {
        int token = i / info.dim();
        return "frame %d, token %d is %s"
            .formatted(token / info.tokensPerFrame(), token % info.tokensPerFrame(), tokens[i]);
      }
    }
    return null;
  }

  /** A place in the frames of all clips, one after the other. */
  private static final class Cursor {
    private int clip;
    private int frame;

    void settle(List<Clip> clips) {
      while (frame == clips.get(clip).count()) {
        clip++;
        frame = 0;
      }
    }
  }
}
