package io.tokenreel.model;

import io.tokenreel.token.TokenFormat;
import io.tokenreel.video.Frames;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/**
 * A model's vision side on one device: from a video's frames to its visual tokens, before
 * compression.
 *
 * <p>Thread-safe: the videos of concurrent calls share the device, and forward passes across
 * videos. A video's tokens do not depend, to the last bit, on the videos that share its passes or
 * on the number of threads; on a GPU they do, within rounding, on the steps of a pass that the
 * tower was opened with, or has halved since they did not fit into its memory.
 */
public interface VisionTower extends AutoCloseable {

  /** What this tower is and gives. */
  VisionInfo info();

  /**
   * Begins to encode a video; several that are under way fill the tower's passes together.
   *
   * @param frames at least one; not written to until the result is there
   * @param format how the tokens are stored
   * @return the tokens; or {@link EncodingException} where this video alone cannot be encoded,
   *     {@link IllegalStateException} where nothing can be any more, an {@link Error} as the engine
   *     throws it
   * @throws IllegalArgumentException when the tower does not take frames of this size; the message
   *     says which it does
   */
  CompletableFuture<Encoding> submit(Frames frames, TokenFormat format);

  /**
   * Encodes a video.
   *
   * @throws CancellationException when the thread is interrupted
   * @throws RuntimeException as {@link #submit} gives them
   */
  default Encoding encode(Frames frames, TokenFormat format) {
    return await(submit(frames, format));
  }

  /**
   * Waits for a video.
   *
   * @throws CancellationException when the thread is interrupted; the video is given up
   * @throws RuntimeException as {@link #submit} gives them
   */
  static Encoding await(Future<Encoding> submitted) {
    try {
      return submitted.get();
    } catch (InterruptedException e) {
      submitted.cancel(false);
      Thread.currentThread().interrupt();
      throw (CancellationException)
          new CancellationException("interrupted while encoding").initCause(e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) e.getCause();
    }
  }

  /** Where it runs, and how much of the device was in use at most; asked for at any time. */
  default DeviceUse use() {
    return DeviceUse.cpu();
  }

  @Override
  void close();
}
