package io.tokenreel.ml;

import java.util.Arrays;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import scala.Option;

/**
 * Compares names of columns and fields as Spark does: without case unless the session's {@code
 * spark.sql.caseSensitive} is true.
 */
public final class ColumnNames {

  private final boolean caseSensitive;

  private ColumnNames(boolean caseSensitive) {
    this.caseSensitive = caseSensitive;
  }

  /** As the active session compares them; without one by Spark's default. */
  public static ColumnNames ofActiveSession() {
    Option<SparkSession> session = SparkSession.getActiveSession();
    return new ColumnNames(
        session.isDefined()
            && Boolean.parseBoolean(session.get().conf().get("spark.sql.caseSensitive")));
  }

  /** Does work with a session as the active one, and then has the one before active again. */
  public static <T> T inSession(SparkSession session, Supplier<T> work) {
    Option<SparkSession> before = SparkSession.getActiveSession();
    SparkSession.setActiveSession(session);
    try {
      return work.get();
    } finally {
      if (before.isDefined()) {
        SparkSession.setActiveSession(before.get());
      } else {
        SparkSession.clearActiveSession();
      }
    }
  }

  /** Whether two names are of one column. */
  public boolean same(String left, String right) {
    return caseSensitive ? left.equals(right) : left.equalsIgnoreCase(right);
  }

  /** The place of the field of a name, one that is spelled alike before others; -1 for none. */
  public int place(StructType schema, String name) {
    String[] names = schema.fieldNames();
    int exact = Arrays.asList(names).indexOf(name);
    return exact >= 0
        ? exact
        : IntStream.range(0, names.length).filter(i -> same(names[i], name)).findFirst().orElse(-1);
  }

  /** Whether a name comes twice in a schema. */
  public boolean hasTwice(StructType schema) {
    String[] names = schema.fieldNames();
    return IntStream.range(0, names.length)
        .anyMatch(i -> Arrays.stream(names, 0, i).anyMatch(name -> same(name, names[i])));
  }
}
