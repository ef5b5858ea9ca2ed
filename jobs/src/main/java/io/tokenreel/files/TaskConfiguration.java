package io.tokenreel.files;

import java.io.Serializable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/** The Hadoop configuration for a function that Spark sends to its tasks. */
@FunctionalInterface
public interface TaskConfiguration extends Serializable {

  Configuration value();

  /**
   * A session's configuration as it is now, in a broadcast: it has more than a thousand entries,
   * which the function would otherwise bring along to each task.
   */
  static TaskConfiguration broadcast(SparkSession spark) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Broadcast<SerializableConfiguration> shared =
        context.broadcast(new SerializableConfiguration(context.hadoopConfiguration()));
    return () -> shared.value().value();
  }

  /** A configuration that the function itself brings along, where there is no session. */
  static TaskConfiguration of(Configuration configuration) {
    SerializableConfiguration own = new SerializableConfiguration(configuration);
    return own::value;
  }
}
