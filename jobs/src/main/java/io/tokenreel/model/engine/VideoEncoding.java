package io.tokenreel.model.engine;

import io.tokenreel.model.Encoding;
import io.tokenreel.model.EncodingException;
import io.tokenreel.model.VisionInfo;
import io.tokenreel.token.StoredRows;
import io.tokenreel.token.TokenBlock;
import io.tokenreel.token.TokenFormat;
import io.tokenreel.token.TokenShape;
import io.tokenreel.video.FrameSize;
import io.tokenreel.video.Frames;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/** A video on its way through a tower: its frames, and what is there of its tokens. Thread-safe. */
final class VideoEncoding {

  private final Frames frames;
  private final int framesPerStep;
  private final TokenFormat format;
  private final TokenShape shape;
  private final StoredRows.Writer rows; // [steps][tokens][planes]
  private final CompletableFuture<Encoding> result;
  private int missing;
  private long nanos;

  VideoEncoding(VisionInfo info, Frames frames, TokenFormat format) {
    this(info, frames, format, new CompletableFuture<>());
  }

  VideoEncoding(
      VisionInfo info, Frames frames, TokenFormat format, CompletableFuture<Encoding> result) {
    this.result = result;
    this.frames = frames;
    this.framesPerStep = info.grid().framesPerStep();
    this.format = format;
    this.shape = info.shape(frames.count(), frames.size());
    this.rows =
        new StoredRows.Writer(
            format, shape.dim(), Math.multiplyExact(shape.tokens(), shape.planes()));
    this.missing = shape.frames();
  }

  CompletableFuture<Encoding> result() {
    return result;
  }

  int steps() {
    return shape.frames();
  }

  FrameSize size() {
    return frames.size();
  }

  /** Bytes of a step's frames. */
  int stepBytes() {
    return Math.multiplyExact(framesPerStep, size().rgbBytes());
  }

  /** Floats of a step's tokens. */
  int stepValues() {
    return shape.tokensPerFrame() * shape.rowDim();
  }

  /** The most steps of a pass: its frames are one buffer, and so are its float32 tokens. */
  int mostSteps() {
    long bytes = Math.max(stepBytes(), (long) Float.BYTES * stepValues());
    return (int) Math.max(1, Integer.MAX_VALUE / bytes);
  }

  /** Appends a step's frames; the last step repeats the last frame where frames are missing. */
  void copyFrames(int step, ByteBuffer target) {
    int bytes = size().rgbBytes();
    for (int i = 0; i < framesPerStep; i++) {
      int frame = Math.min(step * framesPerStep + i, frames.count() - 1);
      target.put(frames.rgb(), frame * bytes, bytes);
    }
  }

  /**
   * Takes a step's tokens.
   *
   * @param tokens holds them from {@code offset} on
   * @param spent the step's part of the tower's wall time, in nanoseconds
   */
  void take(int step, float[] tokens, int offset, long spent) {
    for (int i = 0; i < stepValues(); i++) {
      float value = tokens[offset + i];
      if (!Float.isFinite(value) || format.overflows(value)) {
        fail(new EncodingException(notStored(step, i / shape.rowDim(), value)));
        return;
      }
    }
    int stepRows = shape.tokensPerFrame() * shape.planes();
    for (int row = 0; row < stepRows; row++) {
      rows.encode(step * stepRows + row, tokens, offset + row * shape.dim());
    }
    boolean done;
    synchronized (this) {
      nanos += spent;
      missing--;
      done = missing == 0;
    }
    if (done) {
      StoredRows all = rows.rows();
      result.complete(new Encoding(new TokenBlock(shape, format, all.data(), all.scales()), nanos));
    }
  }

  private String notStored(int step, int token, float value) {
    String place =
        "%s %d, token %d is %s"
            .formatted(framesPerStep == 1 ? "frame" : "temporal patch", step, token, value);
    return Float.isFinite(value)
        ? "the encoder gave a value that %s cannot hold: %s; store the tokens as %s"
            .formatted(
                format.label(), place, TokenFormat.BF16.overflows(value) ? "f32" : "bf16 or f32")
        : "the encoder gave a value that is not finite: " + place;
  }

  /** Gives the video up; nothing of it is encoded any more. */
  void fail(Throwable reason) {
    result.completeExceptionally(reason);
  }
}
