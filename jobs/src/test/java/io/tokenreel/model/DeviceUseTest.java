package io.tokenreel.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class DeviceUseTest {

  @Test
  void and_ofTwoMachines_hasTheMostBytesAndWhetherEitherHalved() {
    var one = new DeviceUse("cuda:0", "", 5, 8, true);
    var other = new DeviceUse("cuda:0", "", 7, 9, false);
    assertEquals(new DeviceUse("cuda:0", "", 7, 9, true), one.and(other));
    assertEquals(one.and(other), other.and(one));
  }

  @Test
  void and_ofProcessorsOfTwoKinds_hasTheUnitOfBoth() {
    var amx = new DeviceUse("cpu", "AMX", 0, 0, false);
    var avx = new DeviceUse("cpu", "AVX512-BF16", 0, 0, false);
    var none = new DeviceUse("cpu", "", 0, 0, false);
    assertEquals(amx, amx.and(amx));
    assertEquals(avx, amx.and(avx));
    assertEquals(avx, avx.and(amx));
    assertEquals(none, avx.and(none));
    assertEquals(none, none.and(amx));
  }

  @Test
  void constructor_whatCannotBe_isRefused() {
    assertThrows(IllegalArgumentException.class, () -> new DeviceUse("cpu", "SSE", 0, 0, false));
    assertThrows(IllegalArgumentException.class, () -> new DeviceUse("cuda:0", "", -1, 0, false));
    var cpu = DeviceUse.cpu();
    assertThrows(
        IllegalArgumentException.class, () -> cpu.and(new DeviceUse("cuda:0", "", 0, 0, false)));
  }

  @Test
  void cpu_here_namesThisMachinesUnit() {
    assertEquals(new DeviceUse("cpu", Processor.here().bf16Unit(), 0, 0, false), DeviceUse.cpu());
  }
}
