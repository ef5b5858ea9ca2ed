package io.tokenreel.pipeline.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tokenreel.cache.CacheTable;
import io.tokenreel.sql.LocalSpark;
import io.tokenreel.testing.RandomBlocks;
import io.tokenreel.token.TokenBlock;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.lang3.StringUtils;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;

class FeatureStagesTest {

  private static final long SEED = 3;

  @Test
  void run_featuresWithoutSeparatorRows_giveTheKeptTokensAlone() {
    TokenBlock block = RandomBlocks.of(RandomBlocks.Kind.NORMAL, 2, 4, 3, SEED);
    Dataset<Row> features =
        LocalSpark.blocks(LocalSpark.plain(), block)
            .selectExpr(
                "'a' AS video_id",
                "'a' AS video_uri",
                "'00' AS content_sha256",
                "'tower@1' AS encoder",
                "'tower' AS model_name",
                "'closing' AS layout",
                "1 AS planes",
                "100 AS source_frames",
                "25D AS source_rate",
                "array(0, 99) AS frame_index",
                "CAST(NULL AS BINARY) AS scales",
                "'uniform:frames=2' AS sampling",
                "CAST(NULL AS BINARY) AS separator_rows",
                "array(0D, 1D) AS frame_seconds",
                "tokens AS block",
                "'OK' AS outcome");
    Dataset<Row> rows = new FeatureStages(List.of("none")).run(features);
    Row tokens = CacheRows.tokens(rows).first();
    assertEquals(8, tokens.<Integer>getAs("token_count"));
    assertArrayEquals(block.data(), tokens.<byte[]>getAs("tokens"), "seed " + SEED);
  }

  @Test
  void run_twoCompressions_callsEachMethodOncePerVideo() {
    var rows = new FeatureStages(List.of("none", "vidcom2:retention=0.5")).run(noFeatures());
    assertCalls(2, rows);
  }

  /** A filter on what is made of the cells must not be moved below the compressions. */
  @Test
  void attempt_explodedAndJoined_callsEachMethodOncePerVideo() {
    var features = noFeatures();
    var rows = new FeatureStages(List.of("none", "vidcom2:retention=0.5")).attempt(features);
    var asked = features.select("video_id", "content_sha256");
    assertCalls(2, CacheRows.tokens(rows).join(asked, "video_id").filter("dim > 0"));
  }

  /** The optimizer's constraints must not be those of every combination of compressions. */
  @Test
  void attempt_twoDozenCompressions_arePlanned() {
    List<String> specs =
        IntStream.range(0, 24).mapToObj("random:retention=0.25,seed=%d"::formatted).toList();
    var features = noFeatures();
    var rows = CacheRows.tokens(new FeatureStages(specs).attempt(features));
    assertCalls(24, rows.join(features.select("video_id"), "video_id").filter("dim > 0"));
  }

  private static Dataset<Row> noFeatures() {
    SparkSession spark = LocalSpark.plain();
    JavaRDD<Row> none = new JavaSparkContext(spark.sparkContext()).parallelize(List.of(), 1);
    return spark.createDataFrame(none, CacheTable.FEATURES.schema());
  }

  private static void assertCalls(int expected, Dataset<Row> rows) {
    String plan = rows.queryExecution().optimizedPlan().toString();
    assertEquals(expected, StringUtils.countMatches(plan, "compress_tokens("), plan);
    assertEquals(0, StringUtils.countMatches(plan, "frame_budgets("), plan);
  }
}
