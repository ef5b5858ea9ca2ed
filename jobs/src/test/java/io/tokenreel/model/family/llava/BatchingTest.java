package io.tokenreel.model.family.llava;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tokenreel.model.ChildJvm;
import io.tokenreel.model.ComputeChoice;
import io.tokenreel.model.ComputeType;
import io.tokenreel.model.DeviceChoice;
import io.tokenreel.model.EncodeDigest;
import io.tokenreel.model.Models;
import io.tokenreel.model.VisionTower;
import io.tokenreel.video.Frames;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A frame's tokens depend on that frame alone, to the last bit. */
@Tag("slow")
class BatchingTest {

  private static final long SEED = 11;
  private static final int FRAMES = 8;

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(ComputeType.class)
  void encode_inAnyBatch_givesTheSameBits(ComputeType type) throws IOException {
    new TestCheckpoint(TestCheckpoint.ODD).write(folder);
    try (VisionTower tower = open(model(type))) {
      Frames frames = EncodeDigest.frames(tower.info(), FRAMES, SEED);
      float[] whole = EncodeDigest.floats(tower, frames);
      int values = whole.length / FRAMES;
      for (int batch : new int[] {1, 3, 5}) {
        for (int first = 0; first + batch <= FRAMES; first++) {
          float[] part =
              EncodeDigest.floats(tower, EncodeDigest.part(frames, first, first + batch));
          Golden.assertSameBits(
              "batch of %d from %d, seed %d".formatted(batch, first, SEED),
              Arrays.copyOfRange(whole, first * values, (first + batch) * values),
              part);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(ComputeType.class)
  void encode_withAnyNumberOfThreads_givesTheSameBits(ComputeType type) throws Exception {
    new TestCheckpoint(TestCheckpoint.ODD).write(folder);
    List<String> digests = new ArrayList<>();
    for (int threads : new int[] {1, 2, 8}) {
      digests.add(
          ChildJvm.run(
              List.of("-Dtokenreel.model.threads=" + threads), EncodeDigest.class, model(type)));
    }
    assertEquals(List.of(digests.get(0), digests.get(0), digests.get(0)), digests);
  }

  @Test
  void encode_calledFromManyThreads_givesTheSameBits() throws Exception {
    new TestCheckpoint(TestCheckpoint.ODD).write(folder);
    ExecutorService callers = Executors.newFixedThreadPool(4);
    try (VisionTower tower = open(folder.toString())) {
      Frames frames = EncodeDigest.frames(tower.info(), FRAMES, SEED);
      float[] expected = EncodeDigest.floats(tower, frames);
      List<Future<float[]>> results = new ArrayList<>();
      for (int call = 0; call < 20; call++) {
        results.add(callers.submit(() -> EncodeDigest.floats(tower, frames)));
      }
      for (Future<float[]> result : results) {
        Golden.assertSameBits("concurrent call", expected, result.get());
      }
    } finally {
      callers.shutdownNow();
    }
  }

  private String model(ComputeType type) {
    return Models.computing(folder.toString(), ComputeChoice.parse(type.label()), false);
  }

  private static VisionTower open(String model) {
    return Models.openVision(model, DeviceChoice.CPU, new Configuration());
  }
}
