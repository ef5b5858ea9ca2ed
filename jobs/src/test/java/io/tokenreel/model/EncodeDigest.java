package io.tokenreel.model;

import io.tokenreel.model.checkpoint.CheckpointFolder;
import io.tokenreel.token.TokenBlock;
import io.tokenreel.token.TokenFormat;
import io.tokenreel.video.FixedFit;
import io.tokenreel.video.FrameSize;
import io.tokenreel.video.Frames;
import io.tokenreel.video.SourceInfo;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;

/** A program that prints the digest of a model's tokens of seeded frames, for child JVMs. */
public final class EncodeDigest {

  private EncodeDigest() {}

  /** The built-in model. */
  public static CheckpointFolder defaultModel() {
    return Models.folder(Models.DEFAULT, new Configuration());
  }

  /** Seeded noise of a tower's frame size. */
  public static Frames frames(VisionInfo info, int count, long seed) {
    FrameSize size = ((FixedFit) info.fit()).size();
    byte[] rgb = new byte[count * size.rgbBytes()];
    new Random(seed).nextBytes(rgb);
    return frames(size, rgb);
  }

  /** Frames without times. */
  public static Frames frames(FrameSize size, byte[] rgb) {
    int count = rgb.length / size.rgbBytes();
    return new Frames(size, rgb, new long[count], new int[count], new SourceInfo(count, 1));
  }

  /** Frames {@code from} to {@code to} of these. */
  public static Frames part(Frames frames, int from, int to) {
    int bytes = frames.size().rgbBytes();
    return frames(frames.size(), Arrays.copyOfRange(frames.rgb(), from * bytes, to * bytes));
  }

  /** A video's tokens, {@code [steps][tokens][dim]}. */
  public static float[] floats(VisionTower tower, Frames frames) {
    TokenBlock block = tower.encode(frames, TokenFormat.F32).block();
    float[] values = new float[Math.toIntExact(block.shape().elements())];
    TokenFormat.F32.decode(block.data(), 0, values, 0, values.length);
    return values;
  }

  /** Takes the model. */
  public static void main(String[] args) throws Exception {
    try (VisionTower tower = Models.openVision(args[0], DeviceChoice.CPU, new Configuration())) {
      byte[] tokens = tower.encode(frames(tower.info(), 5, 3), TokenFormat.F32).block().data();
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(tokens);
      System.out.println(HexFormat.of().formatHex(digest));
    }
  }
}
