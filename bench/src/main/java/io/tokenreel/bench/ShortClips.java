package io.tokenreel.bench;

import io.tokenreel.pipeline.setting.PrecomputeSettings;
import io.tokenreel.video.VideoWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Thousands of videos of a second each, for benches of what does not depend on pictures. */
final class ShortClips {

  private static final int KINDS = 8;
  private static final int WIDTH = 64;
  private static final int HEIGHT = 48;
  private static final int FRAMES_PER_SECOND = 24;
  private static final int KEYFRAME_INTERVAL = 12;
  private static final int DECODE_TIMEOUT_SECONDS = 3600;

  private ShortClips() {}

  /**
   * Renders a few clips and writes them again and again; a box that players skip makes each file's
   * bytes its own.
   *
   * @param folder is made
   */
  static void render(Path folder, int videos) throws IOException {
    Path clip = Files.createTempFile("tokenreel-clip", ".mp4");
    try {
      Files.createDirectories(folder);
      for (int kind = 0; kind < Math.min(KINDS, videos); kind++) {
        paint(clip, kind);
        byte[] bytes = Files.readAllBytes(clip);
        for (int i = kind; i < videos; i += KINDS) {
          ByteBuffer file = ByteBuffer.allocate(bytes.length + 12).put(bytes);
          file.putInt(12).put("free".getBytes(StandardCharsets.US_ASCII)).putInt(i);
          Files.write(folder.resolve("%06d.mp4".formatted(i)), file.array());
        }
      }
    } finally {
      Files.delete(clip);
    }
  }

  private static void paint(Path clip, int kind) throws IOException {
    VideoWriter.write(
        clip,
        WIDTH,
        HEIGHT,
        FRAMES_PER_SECOND,
        KEYFRAME_INTERVAL,
        FRAMES_PER_SECOND,
        (frame, rgb) -> {
          for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (i / (3 + kind) + frame * (1 + kind));
          }
        });
  }

  /** What a run does with them: four frames each through the default model, every frame decoded. */
  static PrecomputeSettings settings(Path input, Path cache, int videosPerCommit) {
    return new PrecomputeSettings(
        List.of(input.toString()),
        cache.toString(),
        null,
        "default",
        "uniform:frames=4",
        List.of("vidcom2:retention=0.25"),
        false,
        "bf16",
        "cpu",
        "auto",
        PrecomputeSettings.BATCH_FRAMES,
        "full",
        DECODE_TIMEOUT_SECONDS,
        PrecomputeSettings.DECODE_MEMORY_MEGABYTES,
        PrecomputeSettings.MAX_DURATION_HOURS,
        PrecomputeSettings.DECODE_AHEAD_MEGABYTES,
        videosPerCommit,
        null,
        null,
        null);
  }
}
