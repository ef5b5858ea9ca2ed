package io.tokenreel.sweep;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;

/**
 * Has a session interpret its queries instead of compiling them, until this is closed. Spark
 * generates and compiles a class or more for each query, which the JVM then compiles again: over
 * few rows that takes longer than the queries themselves.
 */
final class InterpretedQueries implements AutoCloseable {

  /** Rows whose interpretation takes as long as the compilation of a sweep's queries, or less. */
  static final long MOST_ROWS = 100_000;

  private static final Map<String, String> INTERPRETED =
      Map.of(
          "spark.sql.codegen.wholeStage", "false", "spark.sql.codegen.factoryMode", "NO_CODEGEN");

  private final SparkSession spark;
  private final List<String> set;

  private InterpretedQueries(SparkSession spark, List<String> set) {
    this.spark = spark;
    this.set = set;
  }

  /**
   * Does so where there are few rows and the session says nothing else.
   *
   * @param rows of the largest table that is asked, or more
   */
  static InterpretedQueries in(SparkSession spark, long rows) {
    Map<String, String> wanted = new LinkedHashMap<>(rows <= MOST_ROWS ? INTERPRETED : Map.of());
    wanted.keySet().removeIf(key -> spark.conf().getAll().contains(key));
    wanted.forEach((key, value) -> spark.conf().set(key, value));
    return new InterpretedQueries(spark, List.copyOf(wanted.keySet()));
  }

  @Override
  public void close() {
    set.forEach(key -> spark.conf().unset(key));
  }
}
