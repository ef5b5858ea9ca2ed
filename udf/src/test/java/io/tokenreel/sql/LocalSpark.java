package io.tokenreel.sql;

import io.tokenreel.token.TokenBlock;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/** The Spark sessions that all tests of this module share; they end with the JVM. */
public final class LocalSpark {

  private static final SparkSession PLAIN = builder().getOrCreate();
  private static final SparkSession EXTENDED = extend();

  private LocalSpark() {}

  /** A session without the extension. */
  public static SparkSession plain() {
    return PLAIN;
  }

  /** A session with the token functions. */
  public static SparkSession extended() {
    return EXTENDED;
  }

  private static SparkSession extend() {
    SparkSession.clearActiveSession();
    SparkSession.clearDefaultSession();
    return builder().withExtensions(new TokenReelExtensions()).getOrCreate();
  }

  private static SparkSession.Builder builder() {
    return SparkSession.builder()
        .master("local[2]")
        .config("spark.ui.enabled", false)
        .config("spark.sql.shuffle.partitions", 2);
  }

  /** A table with the column {@code tokens}, one row per block; null gives a NULL. */
  public static Dataset<Row> blocks(SparkSession spark, TokenBlock... blocks) {
    List<Row> rows =
        Arrays.stream(blocks)
            .map(block -> RowFactory.create(block == null ? null : TokenSchemas.row(block)))
            .toList();
    return spark.createDataFrame(rows, new StructType().add("tokens", TokenSchemas.BLOCK));
  }
}
