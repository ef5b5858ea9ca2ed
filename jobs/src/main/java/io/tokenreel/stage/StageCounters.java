package io.tokenreel.stage;

import java.io.Serializable;
import org.apache.spark.SparkContext;
import org.apache.spark.util.LongAccumulator;

/**
 * What a stage did, counted on the executors and read on the driver while the job runs. Work that
 * Spark repeats is counted again, which is how a test sees that nothing was.
 *
 * @param videos videos that went through the stage
 * @param degraded of these, DEGRADED ones
 * @param failed of these, FAILED ones
 * @param millis wall time spent in the stage's own work, over all tasks
 * @param devices that the stage has computed on; none for a stage without a model
 */
public record StageCounters(
    LongAccumulator videos,
    LongAccumulator degraded,
    LongAccumulator failed,
    LongAccumulator millis,
    DeviceUses devices)
    implements Serializable {

  /** Fresh counters, shown in Spark's UI as {@code <stage> videos} and so on. */
  public static StageCounters register(SparkContext context, String stage) {
    DeviceUses devices = new DeviceUses();
    context.register(devices, stage + " devices");
    return new StageCounters(
        context.longAccumulator(stage + " videos"),
        context.longAccumulator(stage + " degraded"),
        context.longAccumulator(stage + " failed"),
        context.longAccumulator(stage + " ms"),
        devices);
  }
}
