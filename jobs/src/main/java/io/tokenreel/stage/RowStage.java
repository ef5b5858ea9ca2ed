package io.tokenreel.stage;

import io.tokenreel.model.DeviceChoice;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Iterator;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.AbstractFunction1;

/**
 * What a stage does with one partition: rows in, the same rows with more columns out, in order and
 * lazily.
 *
 * <p>It is a Scala function, not a lambda, because a plan prints the function by its {@code
 * toString}: that is how {@code explain} comes to read as decode, encode, compress.
 */
abstract class RowStage
    extends AbstractFunction1<scala.collection.Iterator<Row>, scala.collection.Iterator<Row>>
    implements Serializable {

  private static final long serialVersionUID = 1;

  private final String name;

  RowStage(String name) {
    this.name = name;
  }

  /**
   * Opens the stage for one task; what the result holds open is closed by {@link #closeWithTask}.
   */
  abstract Iterator<Row> open(Iterator<Row> rows);

  @Override
  public final scala.collection.Iterator<Row> apply(scala.collection.Iterator<Row> rows) {
    return CollectionConverters.asScala(open(CollectionConverters.asJava(rows)));
  }

  /** The stage applied to every partition of a dataset. */
  final Dataset<Row> over(Dataset<?> rows, StructType output) {
    return rows.toDF().mapPartitions(this, Encoders.row(output));
  }

  /** The device for the current task: a GPU that Spark assigned to it goes before the first one. */
  static DeviceChoice taskDevice(DeviceChoice asked) {
    ResourceInformation gpus = TaskContext.get().resourcesJMap().get("gpu");
    return gpus == null ? asked : asked.assigned(Arrays.asList(gpus.addresses()));
  }

  /** Refuses a checkpoint that is not the one whose name and revision the driver has read. */
  static void requireDriversCopy(String model, String found, String expected) {
    if (!found.equals(expected)) {
      throw new IllegalStateException(
          "this executor's copy of the model %s is %s, the driver's is %s: put the same checkpoint where every executor reads it"
              .formatted(model, found, expected));
    }
  }

  /** Closes a resource when the current task ends, whether it succeeded, failed or was killed. */
  static void closeWithTask(AutoCloseable resource) {
    TaskContext.get()
        .addTaskCompletionListener(
            task -> {
              try {
                resource.close();
              } catch (Exception e) {
                throw new IllegalStateException("could not close " + resource, e);
              }
            });
  }

  /** The row with values appended. */
  static Row append(Row row, Object... more) {
    Object[] values = new Object[row.size() + more.length];
    for (int i = 0; i < row.size(); i++) {
      values[i] = row.get(i);
    }
    System.arraycopy(more, 0, values, row.size(), more.length);
    return RowFactory.create(values);
  }

  @Override
  public final String toString() {
    return name;
  }
}
