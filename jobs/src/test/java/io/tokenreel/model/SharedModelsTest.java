package io.tokenreel.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedModelsTest {

  private static final Configuration HADOOP = new Configuration();

  @TempDir Path folder;

  @Test
  void acquire_whileAndAfterAnotherLease_givesTheSameTower() {
    VisionTower first;
    try (SharedModels.Lease<VisionTower> one = acquire(Models.DEFAULT);
        SharedModels.Lease<VisionTower> two =
            SharedModels.vision(Models.DEFAULT, Models.checkDevice(DeviceChoice.CPU), 8, HADOOP)) {
      first = one.model();
      assertSame(first, two.model());
    }
    try (SharedModels.Lease<VisionTower> later = acquire(Models.DEFAULT)) {
      assertSame(first, later.model());
    }
  }

  @Test
  void acquire_ofAnotherModel_closesTheFirstAfterItsLastLease() throws IOException {
    DefaultModel.write(folder);
    SharedModels.Lease<VisionTower> old = acquire(Models.DEFAULT);
    try (SharedModels.Lease<VisionTower> other = acquire(folder.toString())) {
      assertNotSame(old.model(), other.model());
      assertEquals(25 * 128, encode(old.model()).length);
      old.close();
      old.close();
      assertThrows(IllegalStateException.class, () -> encode(old.model()));
      assertEquals(25 * 128, encode(other.model()).length);
    }
  }

  @Test
  void acquire_ofAModelThatCannotBeOpened_failsEachTimeUntilItCan() throws IOException {
    DefaultModel.write(folder);
    Path weights = folder.resolve("model.safetensors");
    Path aside = folder.resolve("weights");
    Files.move(weights, aside);
    for (int i = 0; i < 2; i++) {
      assertThrows(IllegalArgumentException.class, () -> acquire(folder.toString()));
    }
    Files.move(aside, weights);
    try (SharedModels.Lease<VisionTower> lease = acquire(folder.toString())) {
      assertEquals(25 * 128, encode(lease.model()).length);
    }
  }

  private static SharedModels.Lease<VisionTower> acquire(String model) {
    return SharedModels.vision(model, DeviceChoice.CPU, 4, HADOOP);
  }

  private static float[] encode(VisionTower tower) {
    return EncodeDigest.floats(tower, EncodeDigest.frames(tower.info(), 1, 1));
  }
}
