package io.tokenreel.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.model.DeviceUse;
import io.tokenreel.sql.LocalSpark;
import java.util.Collections;
import java.util.List;
import org.apache.spark.api.java.function.ForeachPartitionFunction;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;

class DeviceUsesTest {

  private static final DeviceUse CPU = new DeviceUse("cpu", "AMX", 0, 0, false);

  private static DeviceUse gpu(int index, long used, boolean halved) {
    return new DeviceUse("cuda:" + index, "", used, 100, halved);
  }

  @Test
  void add_severalOfADevice_keepsOneEntryWithTheMost() {
    DeviceUses uses = new DeviceUses();
    assertTrue(uses.isZero());
    uses.add(gpu(0, 7, true));
    uses.add(gpu(0, 3, false));
    uses.add(CPU);
    assertFalse(uses.isZero());
    assertEquals(List.of(CPU, gpu(0, 7, true)), uses.value());
  }

  @Test
  void merge_ofTwoTasks_hasTheDevicesOfBoth() {
    DeviceUses one = new DeviceUses();
    one.add(gpu(1, 2, false));
    DeviceUses other = new DeviceUses();
    other.add(gpu(1, 5, false));
    other.add(CPU);
    DeviceUses copy = one.copy();
    one.merge(other);
    assertEquals(List.of(CPU, gpu(1, 5, false)), one.value());
    assertEquals(List.of(gpu(1, 2, false)), copy.value());
    one.reset();
    assertEquals(List.of(), one.value());
  }

  @Test
  void add_inTasks_isReadOnTheDriver() {
    SparkSession spark = LocalSpark.plain();
    StageCounters counters = StageCounters.register(spark.sparkContext(), "test");
    assertEquals(List.of(), counters.devices().value());
    spark
        .range(0, 4, 1, 4)
        .foreachPartition(
            (ForeachPartitionFunction<Long>)
                numbers ->
                    numbers.forEachRemaining(
                        number -> counters.devices().add(gpu(0, number, number == 1))));
    assertEquals(Collections.singletonList(gpu(0, 3, true)), counters.devices().value());
  }
}
