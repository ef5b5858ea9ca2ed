package io.tokenreel.model;

import java.io.Serializable;

/**
 * What a model has taken of the device that it runs on.
 *
 * @param device as {@link DeviceChoice} prints it: {@code cpu} or {@code cuda:N}
 * @param bf16Unit of a CPU, as {@link Processor#bf16Unit} has it; empty on a GPU
 * @param usedBytes of a GPU's memory, the most that were in use; 0 on a CPU
 * @param totalBytes of a GPU's memory; 0 on a CPU
 * @param halved whether a batch did not fit into a GPU's memory and was halved
 */
public record DeviceUse(
    String device, String bf16Unit, long usedBytes, long totalBytes, boolean halved)
    implements Serializable {

  public DeviceUse {
    if (!bf16Unit.isEmpty()
        && !bf16Unit.equals(Processor.AMX)
        && !bf16Unit.equals(Processor.AVX512_BF16)) {
      throw new IllegalArgumentException(
          "a bf16 unit is %s, %s or empty; got '%s'"
              .formatted(Processor.AMX, Processor.AVX512_BF16, bf16Unit));
    }
    if (usedBytes < 0 || totalBytes < 0) {
      throw new IllegalArgumentException(
          "bytes of memory must be at least 0; got %d of %d".formatted(usedBytes, totalBytes));
    }
  }

  /** The processors of this machine. */
  public static DeviceUse cpu() {
    return new DeviceUse(DeviceChoice.CPU.toString(), Processor.here().bf16Unit(), 0, 0, false);
  }

  /**
   * This and what another machine, or the same one at another time, has to say of a device of this
   * name: the most bytes of both, and the bf16 unit that both have.
   *
   * @throws IllegalArgumentException when the other is of another device
   */
  public DeviceUse and(DeviceUse other) {
    if (!device.equals(other.device)) {
      throw new IllegalArgumentException(
          "expected the use of %s; got that of %s".formatted(device, other.device));
    }
    return new DeviceUse(
        device,
        lesser(bf16Unit, other.bf16Unit),
        Math.max(usedBytes, other.usedBytes),
        Math.max(totalBytes, other.totalBytes),
        halved || other.halved);
  }

  /** What both have: processors with AMX have AVX512-BF16 as well. */
  private static String lesser(String unit, String other) {
    if (unit.isEmpty() || other.isEmpty()) {
      return "";
    }
    return unit.equals(Processor.AMX) ? other : unit;
  }
}
