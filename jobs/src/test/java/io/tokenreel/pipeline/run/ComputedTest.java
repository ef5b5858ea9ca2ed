package io.tokenreel.pipeline.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tokenreel.model.DeviceUse;
import java.util.List;
import org.junit.jupiter.api.Test;

class ComputedTest {

  private static final long GIB = 1L << 30;

  private static DeviceUse cpu(String bf16Unit) {
    return new DeviceUse("cpu", bf16Unit, 0, 0, false);
  }

  private static DeviceUse gpu(int index, double usedGib, boolean halved) {
    return new DeviceUse("cuda:" + index, "", (long) (usedGib * GIB), (long) (139.7 * GIB), halved);
  }

  private static List<String> lines(String computeDtype, DeviceUse... devices) {
    return new Computed(computeDtype, List.of(devices)).lines();
  }

  @Test
  void lines_onTheCpu_sayTypeAndPlace() {
    assertEquals(List.of("computed in f32 on cpu"), lines("f32", cpu("")));
    assertEquals(List.of("computed in bf16 on cpu"), lines("bf16", cpu("AMX")));
  }

  @Test
  void lines_onGpus_sayTheirMemoryAndWhatDidNotFit() {
    assertEquals(
        List.of("computed in bf16 on cuda:0 (21.3 of 139.7 GiB in use at most)"),
        lines("bf16", gpu(0, 21.3, false)));
    assertEquals(
        List.of(
            "computed in f16 on cuda:0 (1.0 of 139.7 GiB in use at most), cuda:1 (139.5 of 139.7 GiB in use at most; a batch did not fit and was halved)"),
        lines("f16", gpu(0, 1, false), gpu(1, 139.5, true)));
  }

  @Test
  void lines_inFloat32OnProcessorsThatHaveBf16_sayWhatThatWouldBring() {
    for (String unit : List.of("AMX", "AVX512-BF16")) {
      assertEquals(
          List.of(
              "computed in f32 on cpu",
              "these processors multiply bf16 with %s: --compute-dtype bf16 %s, under a key of its own (docs/models.md)"
                  .formatted(unit, Computed.BF16_GAINS)),
          lines("f32", cpu(unit)));
    }
  }

  @Test
  void lines_inFloat16OnACpu_sayWhatIsFaster() {
    assertEquals(
        List.of(
            "computed in f16 on cpu",
            "CPUs multiply f16 slowly: --compute-dtype f32 or bf16 is faster there, under a key of its own (docs/models.md)"),
        lines("f16", cpu("AMX")));
  }

  @Test
  void and_ofAnotherRun_hasTheMostThatEachDeviceWasUsed() {
    Computed tower = new Computed("bf16", List.of(gpu(0, 21.3, false), gpu(1, 2, true)));
    Computed decoder = new Computed("bf16", List.of(gpu(1, 30, false), cpu("AMX")));
    assertEquals(
        new Computed("bf16", List.of(cpu("AMX"), gpu(0, 21.3, false), gpu(1, 30, true))),
        tower.and(decoder));
    assertEquals(tower, tower.and(new Computed("bf16", List.of())));
    String message =
        assertThrows(
                IllegalArgumentException.class, () -> tower.and(new Computed("f32", List.of())))
            .getMessage();
    assertEquals("expected what was computed in bf16; got f32", message);
  }

  @Test
  void lines_exportedEncoder_sayThatItsFileDecides() {
    assertEquals(List.of("computed as exported on cpu"), lines(null, cpu("AMX")));
  }

  @Test
  void lines_nothingComputed_areNone() {
    assertEquals(List.of(), lines("f32"));
  }
}
