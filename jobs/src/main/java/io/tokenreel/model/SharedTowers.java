package io.tokenreel.model;

import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;

/**
 * One vision tower per JVM and device, shared by the tasks that come and go.
 *
 * <p>A tower outlives its leases: the next task of the same model finds it warm. It is closed when
 * another model is asked for on its device, as soon as its last lease ends; so a device holds one
 * idle tower at most, and the last one ends with the JVM.
 */
public final class SharedTowers {

  private static final Map<DeviceChoice, Shared> CURRENT = new HashMap<>();

  private SharedTowers() {}

  /** A task's hold on a shared tower; closing it returns the hold, not the tower. */
  public interface Lease extends AutoCloseable {

    /** The tower, valid until this lease is closed. */
    VisionTower tower();

    /** Gives the hold back; a second call does nothing. */
    @Override
    void close();
  }

  /**
   * Leases the tower of a model on a device, and opens it when no task of this JVM has yet or its
   * files have changed since.
   *
   * @param batchFrames frames of a forward pass where the device is a GPU; a tower of another
   *     number is another tower, for a frame's last bits would change with it
   * @throws IllegalArgumentException as {@link Models#openVision} does
   */
  public static Lease acquire(
      String model, DeviceChoice choice, int batchFrames, Configuration hadoop) {
    CheckpointFolder folder = Models.folder(model, hadoop);
    synchronized (CURRENT) {
      DeviceChoice device = Models.checkDevice(choice);
      String stamp =
          device.kind() == DeviceChoice.Kind.CPU
              ? folder.stamp()
              : folder.stamp() + " in passes of " + batchFrames;
      Shared shared = CURRENT.get(device);
      if (shared == null || !shared.stamp.equals(stamp)) {
        if (shared != null) {
          CURRENT.remove(device);
          shared.retire();
        }
        shared = new Shared(stamp, Models.openVision(folder, device, batchFrames));
        CURRENT.put(device, shared);
      }
      return shared.lease();
    }
  }

  /** A tower, its leases, and whether another one has taken its place. Guarded by CURRENT. */
  private static final class Shared {

    private final String stamp;
    private final VisionTower tower;
    private int leases;
    private boolean retired;

    Shared(String stamp, VisionTower tower) {
      this.stamp = stamp;
      this.tower = tower;
    }

    Lease lease() {
      leases++;
      return new Lease() {
        private boolean closed;

        @Override
        public VisionTower tower() {
          return tower;
        }

        @Override
        public void close() {
          synchronized (CURRENT) {
            if (!closed) {
              closed = true;
              leases--;
              closeWhenDone();
            }
          }
        }
      };
    }

    void retire() {
      retired = true;
      closeWhenDone();
    }

    private void closeWhenDone() {
      if (retired && leases == 0) {
        tower.close();
      }
    }
  }
}
