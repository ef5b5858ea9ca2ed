package io.tokenreel.stage;

import io.tokenreel.model.VisionInfo;
import org.apache.spark.sql.Row;

/**
 * A video on its way through the encoder: its row, its frames, and the tokens that are there of
 * them so far. Used by one thread.
 */
final class Clip {

  private final Row row;
  private final byte[] rgb; // [frames][height][width][3]
  private final int frames;
  private final float[] tokens; // [frames][tokensPerFrame][dim]
  private final int frameFloats;
  private int encoded;
  private long nanos;
  private String error;

  /**
   * @param rgb {@code [frames][height][width][3]} of the size that the tower wants, shared; empty
   *     for a video without frames
   */
  Clip(Row row, byte[] rgb, VisionInfo info) {
    this.row = row;
    this.rgb = rgb;
    this.frames = rgb.length / info.frameBytes();
    this.frameFloats = info.frameFloats();
    this.tokens = new float[Math.multiplyExact(frames, frameFloats)];
  }

  Row row() {
    return row;
  }

  int frames() {
    return frames;
  }

  /** Whether every frame is encoded, or none will be any more. */
  boolean isDone() {
    return isFailed() || encoded == frames;
  }

  boolean isFailed() {
    return error != null;
  }

  /** Why the video could not be encoded; null when it could. */
  String error() {
    return error;
  }

  /** All tokens, shared; valid when the clip is done and did not fail. */
  float[] tokens() {
    return tokens;
  }

  /** The clip's part of the encoder's wall time. */
  long millis() {
    return nanos / 1_000_000;
  }

  /** Copies some frames to the given place of a batch, counted in bytes. */
  void copyFrames(int first, int count, byte[] batch, int offset) {
    int frameBytes = rgb.length / frames;
    System.arraycopy(rgb, first * frameBytes, batch, offset, count * frameBytes);
  }

  /** Takes the tokens of some frames from the given place of a batch's result, in floats. */
  void takeTokens(int first, int count, float[] batch, int offset) {
    System.arraycopy(batch, offset, tokens, first * frameFloats, count * frameFloats);
    encoded += count;
  }

  void addNanos(long spent) {
    nanos += spent;
  }

  void fail(String reason) {
    error = reason;
  }
}
