package io.tokenreel.job;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tokenreel.cache.CacheTable;
import io.tokenreel.sql.LocalSpark;
import java.util.List;
import org.apache.commons.lang3.StringUtils;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;

class FeatureStagesTest {

  @Test
  void run_twoCompressions_callsEachMethodOncePerVideo() {
    SparkSession spark = LocalSpark.plain();
    JavaRDD<Row> none = new JavaSparkContext(spark.sparkContext()).parallelize(List.of(), 1);
    var features = spark.createDataFrame(none, CacheTable.FEATURES.schema());
    var rows = new FeatureStages(List.of("none", "vidcom2:retention=0.5")).run(features);
    String plan = rows.queryExecution().optimizedPlan().toString();
    assertEquals(2, StringUtils.countMatches(plan, "compress_tokens("), plan);
    assertEquals(0, StringUtils.countMatches(plan, "frame_budgets("), plan);
  }
}
