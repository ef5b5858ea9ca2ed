package io.tokenreel.model;

import org.apache.hadoop.conf.Configuration;

/** The one registry of model families: a new family is its package and one line here. */
public final class Models {

  private Models() {}

  /**
   * Opens the vision side of a checkpoint.
   *
   * @param model a checkpoint folder on any Hadoop file system, or {@code default}
   * @throws IllegalArgumentException when the checkpoint is incomplete, malformed or of an unknown
   *     family, or the device is not there
   */
  public static VisionTower openVision(String model, DeviceChoice device, Configuration hadoop) {
    throw new IllegalArgumentException("no model family is registered; got " + model);
  }

  /**
   * What {@link #openVision} would give, without starting the engine: for planning on the driver.
   *
   * @throws IllegalArgumentException as {@link #openVision} does
   */
  public static VisionInfo describe(String model, Configuration hadoop) {
    throw new IllegalArgumentException("no model family is registered; got " + model);
  }

  /**
   * Starts the engine and checks that a device is there.
   *
   * @return the device itself: never {@code auto}
   * @throws IllegalArgumentException when it is not there; the message says what the engine sees
   */
  public static DeviceChoice checkDevice(DeviceChoice device) {
    throw new IllegalArgumentException("no engine is registered; got " + device);
  }
}
