package io.tokenreel.pipeline.setting;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tokenreel.model.ComputeChoice;
import io.tokenreel.sql.LocalSpark;
import io.tokenreel.testing.JobTests;
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
}
