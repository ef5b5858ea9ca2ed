package io.tokenreel.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessorTest {

  private static String cpuinfo(String flags) {
    return """
        processor	: 0
        vendor_id	: GenuineIntel
        model		: 143
        model name	: Intel(R) Xeon(R): of a test
        flags		: fpu vme %s sse2
        vmx flags	: vnmi amx_bf16_of_a_guest
        """
        .formatted(flags);
  }

  @Test
  void of_flagsOfBothUnits_takesAmx() {
    assertEquals("AMX", Processor.of(cpuinfo("avx512_bf16 amx_tile amx_bf16")).bf16Unit());
    assertEquals("AVX512-BF16", Processor.of(cpuinfo("avx512_bf16 amx_tile")).bf16Unit());
  }

  @Test
  void of_noFlagOfBf16_hasNoUnit() {
    for (String flags : List.of("", "avx512f avx512_bf16x", "amx_int8", "avx_ne_convert")) {
      assertEquals("", Processor.of(cpuinfo(flags)).bf16Unit(), flags);
    }
  }

  @Test
  void of_name_isAllBehindTheFirstColon() {
    assertEquals("Intel(R) Xeon(R): of a test", Processor.of(cpuinfo("")).name());
  }

  @Test
  void of_textOfAnotherSystem_isEmpty() {
    assertEquals(new Processor("", ""), Processor.of(""));
    assertEquals(
        new Processor("", ""), Processor.of("processor\t: 0\nFeatures\t: fp asimd bf16\n"));
  }

  @Test
  void here_readTwice_isTheSame() {
    assertEquals(Processor.here(), Processor.here());
    assertTrue(List.of("", "AMX", "AVX512-BF16").contains(Processor.here().bf16Unit()));
  }
}
