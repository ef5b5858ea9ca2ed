package io.tokenreel.stage;

import static io.tokenreel.stage.FrameDecoderTest.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.model.ComputeChoice;
import io.tokenreel.model.DeviceChoice;
import io.tokenreel.model.Models;
import io.tokenreel.sql.LocalSpark;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.junit.jupiter.api.Test;

class ComputingModelTest {

  private static final DeviceChoice GPU = DeviceChoice.cuda(0);

  private final SparkContext context = LocalSpark.plain().sparkContext();

  private String of(String model, DeviceChoice device, ComputeChoice choice) {
    return ComputingModel.of(context, model, device, choice);
  }

  @Test
  void of_autoOnADeviceThatIsNamed_isBf16OnAGpuAlone() {
    assertEquals("m", of("m", DeviceChoice.CPU, ComputeChoice.AUTO));
    assertEquals("m#tokenreel_compute=bf16", of("m", GPU, ComputeChoice.AUTO));
  }

  @Test
  void of_autoOnAnyDeviceOfThisMachine_isAsTheEngineSees() {
    boolean gpu = Models.checkDevice(DeviceChoice.AUTO).kind() == DeviceChoice.Kind.CUDA;
    assertEquals(
        gpu ? "m#tokenreel_compute=bf16" : "m", of("m", DeviceChoice.AUTO, ComputeChoice.AUTO));
  }

  @Test
  void of_typeThatIsAskedFor_isTakenOnEveryDevice() {
    for (DeviceChoice device : List.of(DeviceChoice.AUTO, DeviceChoice.CPU, GPU)) {
      assertEquals("m", of("m", device, ComputeChoice.F32));
      assertEquals("m#tokenreel_compute=f16", of("m", device, ComputeChoice.F16));
    }
  }

  @Test
  void of_nameThatSaysAnotherType_isRefused() {
    String named = "m#tokenreel_compute=f16";
    assertEquals(named, of(named, GPU, ComputeChoice.AUTO));
    assertRefused(() -> of(named, GPU, ComputeChoice.BF16), "f16", "bf16", "name one of them");
  }

  @Test
  void ofEach_namesWithATypeAndWithout_keepTheirs() {
    List<String> models = List.of("m", "m#tokenreel_compute=f32", "m#tokenreel_compute=f16");
    assertEquals(
        List.of("m#tokenreel_compute=bf16", models.get(1), models.get(2)),
        ComputingModel.ofEach(context, models, DeviceChoice.CPU, ComputeChoice.BF16));
    assertEquals(
        models, ComputingModel.ofEach(context, models, DeviceChoice.CPU, ComputeChoice.AUTO));
  }

  @Test
  void executorsHaveGpus_ofResources_isTrueWhereOneIsAssigned() {
    SparkConf conf = new SparkConf(false);
    assertFalse(ComputingModel.executorsHaveGpus(conf));
    assertFalse(ComputingModel.executorsHaveGpus(conf.set(ComputingModel.EXECUTOR_GPUS, "0")));
    assertTrue(ComputingModel.executorsHaveGpus(conf.set(ComputingModel.EXECUTOR_GPUS, "2")));
    assertTrue(
        ComputingModel.executorsHaveGpus(
            new SparkConf(false).set("spark.task.resource.gpu.amount", "0.125")));
  }
}
