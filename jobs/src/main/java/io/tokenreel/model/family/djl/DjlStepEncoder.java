package io.tokenreel.model.family.djl;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.tokenreel.model.StepGrid;
import io.tokenreel.model.VisionInfo;
import io.tokenreel.model.engine.DeviceTurn;
import io.tokenreel.model.engine.StepEncoder;
import io.tokenreel.video.FrameSize;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** An exported encoder on one device; a black frame has shown that it is what its settings say. */
final class DjlStepEncoder implements StepEncoder {

  private final VisionInfo info;
  private final ExportedFile file;
  private final EncoderSettings settings;
  private final PixelLevels levels;
  private final ExportedModel model;
  private final DeviceTurn turn;
  private final Queue<ByteBuffer> idle = new ConcurrentLinkedQueue<>(); // inputs of ended passes

  /**
   * Loads the model and encodes a black frame.
   *
   * @throws IllegalArgumentException when it cannot be loaded, takes no such frame or gives other
   *     tokens
   */
  DjlStepEncoder(VisionInfo info, ExportedFile file, EncoderSettings settings, Device device) {
    this.info = info;
    this.file = file;
    this.settings = settings;
    this.levels = new PixelLevels(settings.mean(), settings.deviation());
    this.model = ExportedModel.load(file, device);
    this.turn = new DeviceTurn(device);
    try {
      checkBlackFrame();
    } catch (RuntimeException | Error e) {
      model.close();
      throw e;
    }
  }

  private void checkBlackFrame() {
    FrameSize size = settings.frame();
    StepGrid.Size grid = settings.grid();
    try {
      encode(
          ByteBuffer.allocateDirect(size.rgbBytes()),
          1,
          size,
          FloatBuffer.allocate(grid.tokens() * settings.channels()));
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(
          "%s of model '%s' must take float32 (1, 3, %d, %d) and give float32 %s, which are skip %d and grid %dx%d, of %d channels; a black frame gave: %s; correct tokenreel.yaml, or export the model so"
              .formatted(
                  file.name(),
                  file.model(),
                  size.height(),
                  size.width(),
                  expected(1),
                  settings.skip(),
                  grid.rows(),
                  grid.columns(),
                  settings.channels(),
                  ExportedModel.reason(e)),
          e);
    }
  }

  @Override
  public VisionInfo info() {
    return info;
  }

  /** Everything native that a pass makes ends with it. */
  @Override
  public void encode(ByteBuffer rgb, int steps, FrameSize size, FloatBuffer tokens) {
    ByteBuffer input = input(steps * size.rgbBytes() * Float.BYTES);
    try (NDManager pass = model.newPass()) {
      levels.scale(rgb, steps, size.height() * size.width(), input.asFloatBuffer());
      Shape shape = new Shape(steps, 3, size.height(), size.width());
      take(turn.take(() -> forward(pass.create(input, shape, DataType.FLOAT32), steps)), tokens);
    } finally {
      idle.add(input);
    }
  }

  /** The output, copied to the host by the engine where it is not there; the pass owns it. */
  private FloatBuffer forward(NDArray pixels, int steps) {
    NDArray output = settings.output().of(model.forward(pixels));
    if (output.getDataType() != DataType.FLOAT32 || !output.getShape().equals(expected(steps))) {
      throw new IllegalArgumentException(
          "%s %s".formatted(output.getDataType(), output.getShape()));
    }
    return output.toByteBuffer(true).order(ByteOrder.nativeOrder()).asFloatBuffer();
  }

  private ByteBuffer input(int bytes) {
    ByteBuffer last = idle.poll();
    return last != null && last.capacity() == bytes
        ? last
        : ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
  }

  private Shape expected(int steps) {
    return new Shape(steps, settings.modelTokens(), settings.channels());
  }

  /** Copies the first steps' tokens without those that are skipped. */
  private void take(FloatBuffer all, FloatBuffer tokens) {
    int channels = settings.channels();
    while (tokens.hasRemaining()) {
      all.position(all.position() + settings.skip() * channels);
      FloatBuffer step = all.slice(all.position(), settings.grid().tokens() * channels);
      tokens.put(step);
      all.position(all.position() + step.capacity());
    }
  }

  @Override
  public void close() {
    model.close();
  }
}
