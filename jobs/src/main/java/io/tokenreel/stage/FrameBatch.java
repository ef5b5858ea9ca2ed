package io.tokenreel.stage;

import io.tokenreel.model.VisionInfo;
import io.tokenreel.model.VisionTower;
import io.tokenreel.video.UriSecrets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The frames that go to the tower together: of several videos, or a part of one.
 *
 * <p>A tower's tokens do not depend on what shares their batch, so neither does any video's result.
 * When a batch fails, its videos' frames are encoded video by video, so that only the video that
 * cannot be encoded is marked. When none can be, a black frame tells a bad video from a broken
 * engine, which is no video's fault.
 */
final class FrameBatch {

  private static final Logger LOG = LoggerFactory.getLogger(FrameBatch.class);

  /** Frames of one video, one after the other. */
  private record Part(Clip clip, int first, int count) {

    /** For log lines: the first column, which holds a precompute run's ids. */
    String id() {
      return UriSecrets.hide(String.valueOf(clip.row().get(0)));
    }
  }

  private final VisionTower tower;
  private final int capacity;
  private final List<Part> parts = new ArrayList<>();
  private int frames;

  /**
   * @param capacity frames of a full batch, at least 1
   */
  FrameBatch(VisionTower tower, int capacity) {
    this.tower = tower;
    this.capacity = capacity;
  }

  /** How many more frames it takes. */
  int room() {
    return capacity - frames;
  }

  /** Adds frames of a clip, at most as many as there is room for. */
  void add(Clip clip, int first, int count) {
    parts.add(new Part(clip, first, count));
    frames += count;
  }

  /**
   * Encodes the frames that are in the batch, if any, hands their clips the tokens or the error,
   * and empties it.
   *
   * @throws IllegalStateException when the tower cannot encode anything any more
   * @throws CancellationException when the thread is interrupted
   */
  void encode() {
    if (parts.isEmpty()) {
      return;
    }
    try {
      encode(parts);
    } catch (CancellationException e) {
      throw e;
    } catch (RuntimeException e) {
      LOG.warn(
          "videos {}: their batch could not be encoded; each is tried alone",
          parts.stream().map(Part::id).toList(),
          e);
      encodeAlone();
    }
    parts.clear();
    frames = 0;
  }

  private void encode(List<Part> together) {
    long start = System.nanoTime();
    VisionInfo info = tower.info();
    int count = together.stream().mapToInt(Part::count).sum();
    byte[] rgb = new byte[Math.multiplyExact(count, info.frameBytes())];
    int place = 0;
    for (Part part : together) {
      part.clip().copyFrames(part.first(), part.count(), rgb, place * info.frameBytes());
      place += part.count();
    }
    float[] tokens = tower.encode(rgb, count);
    long nanosPerFrame = (System.nanoTime() - start) / count;
    place = 0;
    for (Part part : together) {
      part.clip().takeTokens(part.first(), part.count(), tokens, place * info.frameFloats());
      part.clip().addNanos(nanosPerFrame * part.count());
      place += part.count();
    }
  }

  private void encodeAlone() {
    boolean none = true;
    for (Part part : parts) {
      long start = System.nanoTime();
      try {
        encode(List.of(part));
        none = false;
      } catch (CancellationException e) {
        throw e;
      } catch (RuntimeException e) {
        LOG.warn("video {}: it could not be encoded", part.id(), e);
        part.clip().addNanos(System.nanoTime() - start);
        part.clip().fail(e.toString());
      }
    }
    if (none) {
      requireWorkingTower();
    }
  }

  private void requireWorkingTower() {
    try {
      tower.encode(new byte[tower.info().frameBytes()], 1);
    } catch (CancellationException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new IllegalStateException(
          "%s cannot encode a black frame either: its engine or device is broken or out of memory, not the videos; the task fails so that Spark can try it elsewhere"
              .formatted(tower.info().encoder()),
          e);
    }
  }
}
