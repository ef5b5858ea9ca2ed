package io.tokenreel.stage;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.files.TaskConfiguration;
import io.tokenreel.model.DeviceChoice;
import io.tokenreel.model.DeviceException;
import io.tokenreel.model.Models;
import io.tokenreel.token.TokenFormat;
import java.util.Collections;
import java.util.Properties;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.TaskContext$;
import org.apache.spark.TaskContextImpl;
import org.apache.spark.executor.TaskMetrics;
import org.apache.spark.resource.ResourceInformation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import scala.collection.immutable.Map;
import scala.collection.immutable.Map$;

/** A task's GPU, in a task context as an executor with GPUs makes it. */
class EncodePartitionTest {

  private static final Configuration HADOOP = new Configuration();

  @AfterEach
  void leaveTask() {
    TaskContext$.MODULE$.unset();
  }

  @Test
  void open_taskWithAGpuFromSpark_asksForThatOne() {
    for (DeviceChoice asked : new DeviceChoice[] {DeviceChoice.AUTO, DeviceChoice.cuda(0)}) {
      assertTrue(
          failure(asked, "997", DeviceException.class).startsWith("device cuda:997 was asked for"),
          "" + asked);
    }
  }

  @Test
  void open_taskWithAGpuThatIsNoNumber_saysWhatSparkAssigned() {
    String message = failure(DeviceChoice.AUTO, "MIG-GPU-5d1f/1/0", IllegalArgumentException.class);
    assertTrue(message.startsWith("Spark assigned the GPU 'MIG-GPU-5d1f/1/0'"), message);
  }

  private static String failure(
      DeviceChoice asked, String address, Class<? extends RuntimeException> expected) {
    enterTask(address);
    VisionEncoder.Settings settings =
        new VisionEncoder.Settings(
            Models.DEFAULT,
            Models.describe(Models.DEFAULT, HADOOP).encoder(),
            asked,
            4,
            TokenFormat.F32,
            new VideoLimit(VideoLimit.NONE));
    EncodePartition partition =
        new EncodePartition(0, settings, TaskConfiguration.of(HADOOP), StageTests.counters());
    return assertThrows(expected, () -> partition.open(Collections.emptyIterator())).getMessage();
  }

  @SuppressWarnings("unchecked") // Scala's map
  private static void enterTask(String address) {
    Map<String, ResourceInformation> gpu =
        Map$.MODULE$
            .<String, ResourceInformation>empty()
            .updated("gpu", new ResourceInformation("gpu", new String[] {address}));
    TaskContext$.MODULE$.setTaskContext(
        new TaskContextImpl(
            0, 0, 0, 1, 0, 0, null, new Properties(), null, TaskMetrics.empty(), 1, gpu));
  }
}
