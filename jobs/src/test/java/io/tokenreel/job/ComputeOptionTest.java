package io.tokenreel.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.model.ComputeChoice;
import io.tokenreel.sql.LocalSpark;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;

class ComputeOptionTest {

  private final SparkSession spark = LocalSpark.plain();

  private ComputeOption.Settled settle(String model, String device, String computeDtype) {
    return ComputeOption.settle(spark, model, device, computeDtype);
  }

  @Test
  void settle_autoAndTypes_giveNameAndWord() {
    String bf16 = "m#tokenreel_compute=bf16";
    assertEquals(new ComputeOption.Settled("m", "f32"), settle("m", "cpu", "auto"));
    assertEquals(new ComputeOption.Settled(bf16, "bf16"), settle("m", "cuda:1", "auto"));
    assertEquals(new ComputeOption.Settled(bf16, "bf16"), settle("m", "cpu", "bf16"));
    assertEquals(new ComputeOption.Settled(bf16, "bf16"), settle(bf16, "cpu", "auto"));
    assertEquals(new ComputeOption.Settled("m", "f32"), settle("m", "cuda", "f32"));
  }

  @Test
  void settle_whatIsSettled_staysAsItIs() {
    for (String asked : ComputeChoice.words()) {
      ComputeOption.Settled once = settle("m", "cuda", asked);
      assertEquals(once, settle(once.model(), "cuda", once.computeDtype()));
    }
  }

  @Test
  void settle_nameThatSaysAnotherType_isASettingThatIsWrong() {
    JobTests.assertRefused(
        () -> settle("m#tokenreel_compute=f16", "cpu", "bf16"),
        "--compute-dtype bf16: model 'm#tokenreel_compute=f16' names the compute type f16",
        "name one of them");
    JobTests.assertRefused(
        () -> settle("m", "cpu", "f64"), "--compute-dtype f64: unknown compute type 'f64'");
  }

  @Test
  void settle_exportedEncoder_keepsWhatWasAskedFor() {
    for (String asked : List.of("auto", "f32")) {
      assertEquals(new ComputeOption.Settled("djl:m", asked), settle("djl:m", "cuda", asked));
    }
    JobTests.assertRefused(
        () -> settle("djl:m", "cpu", "f16"), "--compute-dtype f16: model 'djl:m'", "export it");
  }

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
  void settleEach_ofASweep_leavesTheModelsThatNameAType() {
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
  void command_ofASweepThatWasSettledByItself_saysWhatItCameTo() {
    SweepSettings sweep = sweep("auto", "m", "m#tokenreel_compute=bf16");
    assertEquals(List.of("m", "m#tokenreel_compute=bf16"), sweep.models());
    assertTrue(sweep.command().endsWith("--compute-dtype f32"), sweep.command());
    assertEquals("f32", sweep.precompute("in", "m", "uniform:frames=2").computeDtype());
  }
}
