package io.tokenreel.model;

/**
 * What computes models. The one implementation is named in META-INF/services, so that who chooses a
 * device needs nothing of the engine.
 */
public interface ModelEngine {

  /**
   * Checks what the environment of this process says of the engine, without starting it.
   *
   * @throws DeviceException when it names libraries that cannot be loaded
   */
  void checkEnvironment();

  /**
   * Starts the engine, unless it runs, and checks that a device is there.
   *
   * @return the device itself: never {@code auto}
   * @throws DeviceException when it is not there, or the engine cannot be loaded; the message says
   *     why
   */
  DeviceChoice check(DeviceChoice device);

  /** What a model's opening failed for: the failure itself, or what the engine knows of it. */
  RuntimeException whileOpening(String model, RuntimeException failure);
}
