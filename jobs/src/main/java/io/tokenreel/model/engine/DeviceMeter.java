package io.tokenreel.model.engine;

import ai.djl.Device;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.util.cuda.CudaUtils;
import io.tokenreel.model.DeviceChoice;
import io.tokenreel.model.DeviceUse;
import java.lang.management.MemoryUsage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The most of a device's memory that was in use while a model worked: whatever is not free, as CUDA
 * says, the engine's cache and other processes included. Thread-safe.
 */
public final class DeviceMeter {

  private static final Logger LOG = LoggerFactory.getLogger(DeviceMeter.class);

  /** A GPU's memory. */
  interface Memory {

    /** What is in use of it now. */
    MemoryUsage now();

    /** Gives back what the engine keeps of it without need. */
    void release();
  }

  private final Device device;
  private final Memory memory;
  private long usedBytes;
  private long totalBytes;
  private boolean halved;

  /** A meter of a device that a model runs on. */
  public DeviceMeter(Device device) {
    this(
        device,
        new Memory() {
          @Override
          public MemoryUsage now() {
            return CudaUtils.getGpuMemory(device);
          }

          @Override
          public void release() {
            JniUtils.emptyCudaCache();
          }
        });
  }

  DeviceMeter(Device device, Memory memory) {
    this.device = device;
    this.memory = memory;
  }

  /** Looks at the memory of a GPU; to be called when a model has done a piece of its work. */
  public void sample() {
    if (!device.isGpu()) {
      return;
    }
    MemoryUsage now;
    try {
      now = memory.now();
    } catch (RuntimeException e) { // no piece of work fails for want of a figure
      LOG.debug("the memory of {} is not known", device, e);
      return;
    }
    synchronized (this) {
      usedBytes = Math.max(usedBytes, now.getUsed());
      totalBytes = Math.max(totalBytes, now.getMax());
    }
  }

  /** Empties the engine's cache of a GPU's memory, before what did not fit is tried again. */
  public void release() {
    if (device.isGpu()) {
      memory.release();
    }
  }

  /** Something did not fit, and less is computed together from now on. */
  public synchronized void tellHalved() {
    halved = true;
  }

  /** The device as it prints itself to users. */
  public String place() {
    return device.isGpu() ? DeviceChoice.cuda(device.getDeviceId()).toString() : "cpu";
  }

  /** What there is to say so far, and now. */
  public DeviceUse use() {
    if (!device.isGpu()) {
      return DeviceUse.cpu();
    }
    sample();
    synchronized (this) {
      return new DeviceUse(place(), "", usedBytes, totalBytes, halved);
    }
  }
}
