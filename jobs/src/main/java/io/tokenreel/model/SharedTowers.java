package io.tokenreel.model;

import org.apache.hadoop.conf.Configuration;

/** One vision tower per JVM, model and device, shared by all tasks that come and go. */
public final class SharedTowers {

  private SharedTowers() {}

  /** A task's hold on a shared tower; closing it returns the hold, not the tower. */
  public interface Lease extends AutoCloseable {

    /** The tower, valid until this lease is closed. */
    VisionTower tower();

    @Override
    void close();
  }

  /**
   * Leases the tower of a model on a device, and opens it when no task of this JVM has yet.
   *
   * @throws IllegalArgumentException as {@link Models#openVision} does
   */
  public static Lease acquire(String model, DeviceChoice device, Configuration hadoop) {
    VisionTower tower = Models.openVision(model, device, hadoop);
    return new Lease() {
      @Override
      public VisionTower tower() {
        return tower;
      }

      @Override
      public void close() {
        tower.close();
      }
    };
  }
}
