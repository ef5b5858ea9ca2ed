package io.tokenreel.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.RejectedExecutionException;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedTowersTest {

  private static final Configuration HADOOP = new Configuration();

  @TempDir Path folder;

  @Test
  void acquire_whileAndAfterAnotherLease_givesTheSameTower() {
    VisionTower first;
    try (SharedTowers.Lease one = acquire(Models.DEFAULT);
        SharedTowers.Lease two =
            SharedTowers.acquire(Models.DEFAULT, Models.checkDevice(DeviceChoice.CPU), 8, HADOOP)) {
      first = one.tower();
      assertSame(first, two.tower());
    }
    try (SharedTowers.Lease later = acquire(Models.DEFAULT)) {
      assertSame(first, later.tower());
    }
  }

  @Test
  void acquire_ofAnotherModel_closesTheFirstAfterItsLastLease() throws IOException {
    DefaultModel.write(folder);
    SharedTowers.Lease old = acquire(Models.DEFAULT);
    try (SharedTowers.Lease other = acquire(folder.toString())) {
      assertNotSame(old.tower(), other.tower());
      assertEquals(16 * 128, encode(old.tower()).length);
      old.close();
      old.close();
      assertThrows(RejectedExecutionException.class, () -> encode(old.tower()));
      assertEquals(16 * 128, encode(other.tower()).length);
    }
  }

  private static SharedTowers.Lease acquire(String model) {
    return SharedTowers.acquire(model, DeviceChoice.CPU, 4, HADOOP);
  }

  private static float[] encode(VisionTower tower) {
    return tower.encode(new byte[64 * 64 * 3], 1);
  }
}
