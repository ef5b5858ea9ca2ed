package io.tokenreel.model.engine;

import ai.djl.Device;
import io.tokenreel.model.DeviceChoice;
import io.tokenreel.model.ModelEngine;

/** {@link PyTorch} for those who choose a device. */
public final class PyTorchDevices implements ModelEngine {

  @Override
  public void checkEnvironment() {
    PyTorch.checkEnvironment();
  }

  @Override
  public DeviceChoice check(DeviceChoice device) {
    Device found = PyTorch.device(device);
    return found.isGpu() ? DeviceChoice.cuda(found.getDeviceId()) : DeviceChoice.CPU;
  }

  @Override
  public RuntimeException whileOpening(String model, RuntimeException failure) {
    return OutOfMemory.whileOpening(model, failure);
  }
}
