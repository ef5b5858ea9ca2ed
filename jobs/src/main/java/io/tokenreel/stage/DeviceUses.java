package io.tokenreel.stage;

import io.tokenreel.model.DeviceUse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.apache.spark.util.AccumulatorV2;

/**
 * The devices that a stage has computed on, told by its tasks as they end and read on the driver:
 * one entry for each name of a device, whichever machines have one of it.
 */
public final class DeviceUses extends AccumulatorV2<DeviceUse, List<DeviceUse>> {

  private static final long serialVersionUID = 1;

  // Concurrent: an executor's heartbeat reads what a task adds to.
  private final Map<String, DeviceUse> byDevice = new ConcurrentSkipListMap<>();

  @Override
  public boolean isZero() {
    return byDevice.isEmpty();
  }

  @Override
  public DeviceUses copy() {
    DeviceUses copy = new DeviceUses();
    copy.byDevice.putAll(byDevice);
    return copy;
  }

  @Override
  public void reset() {
    byDevice.clear();
  }

  @Override
  public void add(DeviceUse use) {
    byDevice.merge(use.device(), use, DeviceUse::and);
  }

  @Override
  public void merge(AccumulatorV2<DeviceUse, List<DeviceUse>> other) {
    other.value().forEach(this::add);
  }

  /** By the devices' names. */
  @Override
  public List<DeviceUse> value() {
    return List.copyOf(byDevice.values());
  }
}
