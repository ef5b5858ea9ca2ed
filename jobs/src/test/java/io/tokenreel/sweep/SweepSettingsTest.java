package io.tokenreel.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.pipeline.setting.ComputeOption;
import io.tokenreel.sql.LocalSpark;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;

class SweepSettingsTest {

  private final SparkSession spark = LocalSpark.plain();

  private SweepSettings sweep(String computeDtype, String... models) {
    SweepSettings settings =
        new SweepSettings(
            "out",
            List.of(models),
            List.of("uniform:frames=2"),
            List.of("none"),
            List.of("full"),
            List.of("generated:videos=1,questions=1"),
            "chat",
            "bf16",
            "cpu",
            computeDtype,
            0,
            1);
    return settings.computing(
        ComputeOption.settleEach(
            spark, settings.models(), settings.device(), settings.computeDtype()));
  }

  @Test
  void computing_modelsThatNameAType_keepIt() {
    String named = "m#tokenreel_compute=f16";
    SweepSettings sweep = sweep("bf16", "m", named);
    assertEquals(List.of("m#tokenreel_compute=bf16", named), sweep.models());
    assertEquals("f16", sweep.precompute("in", named, "uniform:frames=2").computeDtype());
    assertEquals(
        "bf16",
        sweep.answer(sweep.models().get(0), List.of("none"), "full", "generate").computeDtype());
    assertTrue(sweep.command().endsWith("--compute-dtype bf16"), sweep.command());
  }

  @Test
  void command_computeTypeThatWasSettledByItself_saysWhatItCameTo() {
    SweepSettings sweep = sweep("auto", "m", "m#tokenreel_compute=bf16");
    assertEquals(List.of("m", "m#tokenreel_compute=bf16"), sweep.models());
    assertTrue(sweep.command().endsWith("--compute-dtype f32"), sweep.command());
    assertEquals("f32", sweep.precompute("in", "m", "uniform:frames=2").computeDtype());
  }
}
