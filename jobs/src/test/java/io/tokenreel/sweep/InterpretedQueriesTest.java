package io.tokenreel.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tokenreel.sql.LocalSpark;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;

class InterpretedQueriesTest {

  private static final String WHOLE_STAGE = "spark.sql.codegen.wholeStage";
  private static final String FACTORY = "spark.sql.codegen.factoryMode";

  private final SparkSession spark = LocalSpark.plain().newSession();

  private String settings() {
    return spark.conf().get(WHOLE_STAGE) + " " + spark.conf().get(FACTORY);
  }

  @Test
  void in_fewRows_isUntilItIsClosed() {
    String before = settings();
    try (InterpretedQueries queries = InterpretedQueries.in(spark, InterpretedQueries.MOST_ROWS)) {
      assertEquals("false NO_CODEGEN", settings());
      assertEquals(5, spark.range(10).selectExpr("id % 5 as k").groupBy("k").count().count());
    }
    assertEquals(before, settings());
  }

  @Test
  void in_manyRows_changesNothing() {
    String before = settings();
    try (InterpretedQueries queries =
        InterpretedQueries.in(spark, InterpretedQueries.MOST_ROWS + 1)) {
      assertEquals(before, settings());
    }
  }

  @Test
  void in_sessionThatSaysOtherwise_leavesItAsItIs() {
    spark.conf().set(WHOLE_STAGE, "true");
    try (InterpretedQueries queries = InterpretedQueries.in(spark, 1)) {
      assertEquals("true NO_CODEGEN", settings());
    }
    assertEquals("true", spark.conf().get(WHOLE_STAGE));
  }
}
