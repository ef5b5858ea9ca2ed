package io.tokenreel.model;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;

/** A program that prints the digest of a model's tokens of seeded frames, for child JVMs. */
public final class EncodeDigest {

  private EncodeDigest() {}

  /** Seeded noise of a tower's frame size. */
  public static byte[] frames(VisionInfo info, int count, long seed) {
    byte[] rgb = new byte[count * info.frameHeight() * info.frameWidth() * 3];
    new Random(seed).nextBytes(rgb);
    return rgb;
  }

  /** Takes the model. */
  public static void main(String[] args) throws Exception {
    try (VisionTower tower = Models.openVision(args[0], DeviceChoice.CPU, new Configuration())) {
      float[] tokens = tower.encode(frames(tower.info(), 5, 3), 5);
      ByteBuffer bytes = ByteBuffer.allocate(tokens.length * Float.BYTES);
      bytes.asFloatBuffer().put(tokens);
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes.array());
      System.out.println(HexFormat.of().formatHex(digest));
    }
  }
}
