package io.tokenreel.cache.store;

import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.TableSettingsException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The tables of one output as a catalog knows them: whether they are there, and their columns. */
final class CatalogDefinition {

  /** Of what output a table is. The word token in a property's name would have Spark hide it. */
  private static final String OWNER = "reel.cache.id";

  private static final Logger LOG = LoggerFactory.getLogger(CatalogDefinition.class);

  private final SparkSession spark;
  private final TableRecord record;
  private final TableName name;
  private final TableFormat format;

  /**
   * Finds the catalog among the session's settings.
   *
   * @throws TableSettingsException when it is not there
   */
  CatalogDefinition(SparkSession spark, TableRecord record) throws TableSettingsException {
    this.spark = spark;
    this.record = record;
    this.name = record.name();
    this.format = TableFormat.of(spark, name.catalog());
  }

  TableFormat format() {
    return format;
  }

  /**
   * Asks the catalog for a table.
   *
   * @throws TableSettingsException when it does not answer
   */
  boolean exists(CacheTable table) throws TableSettingsException {
    return answer(() -> spark.catalog().tableExists(name.of(table)));
  }

  private <T> T answer(Supplier<T> question) throws TableSettingsException {
    try {
      return question.get();
    } catch (Exception e) { // of Spark and any catalog, declared or not
      throw new TableSettingsException(
          "catalog %s does not answer: %s. The settings of a catalog are, %s"
              .formatted(name.catalog(), firstLine(e), TableFormat.SETTINGS),
          e);
    }
  }

  boolean isEmpty() throws TableSettingsException {
    for (CacheTable table : CacheTable.values()) {
      if (exists(table)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Checks that no table is another output's.
   *
   * @throws TableSettingsException when one is
   */
  void requireOwn() throws TableSettingsException {
    for (CacheTable table : CacheTable.values()) {
      if (exists(table)) {
        requireOwn(table);
      }
    }
  }

  private void requireOwn(CacheTable table) throws TableSettingsException {
    if (!answer(() -> property(table)).equals(record.id())) {
      throw new TableSettingsException(
          "table %s is there, and was not made by this output; name another --table, or drop its tables, or restore the file _table of the output that made them"
              .formatted(name.of(table)));
    }
  }

  private String property(CacheTable table) {
    return spark
        .sql("SHOW TBLPROPERTIES %s ('%s')".formatted(name.of(table), OWNER))
        .select("value")
        .first()
        .getString(0);
  }

  /**
   * Makes a table, and its database, if need be, and adds the columns that it does not have.
   *
   * @return whether the table was made
   * @throws TableSettingsException when it is another output's, has a column of another type, or
   *     the catalog does not let it be made or changed
   */
  boolean prepare(CacheTable table, StructType passthrough) throws TableSettingsException {
    boolean there = exists(table);
    if (there) {
      requireOwn(table);
      widen(table, passthrough);
    } else {
      create(table, passthrough);
    }
    return !there;
  }

  private void create(CacheTable table, StructType passthrough) throws TableSettingsException {
    Map<String, String> properties = new TreeMap<>(format.properties(table));
    properties.put(OWNER, record.id());
    String columns =
        Stream.concat(Arrays.stream(table.schema().fields()), nullable(passthrough))
            .map(StructField::toDDL)
            .collect(Collectors.joining(", "));
    change(table, "CREATE NAMESPACE IF NOT EXISTS " + name.namespace());
    change(
        table,
        "CREATE TABLE %s (%s) USING %s TBLPROPERTIES (%s)"
            .formatted(
                name.of(table),
                columns,
                format.provider(),
                properties.entrySet().stream()
                    .map(entry -> "'%s' = '%s'".formatted(entry.getKey(), entry.getValue()))
                    .collect(Collectors.joining(", "))));
  }

  private void widen(CacheTable table, StructType passthrough) throws TableSettingsException {
    StructType there = spark.table(name.of(table)).schema();
    for (StructField column : passthrough.fields()) {
      Optional<DataType> type = find(there, column.name()).map(StructField::dataType);
      if (type.isPresent() && !type.get().sameType(column.dataType())) {
        throw new TableSettingsException(
            "column %s of table %s is %s, and %s in the input: rename it there, or give it the table's type"
                .formatted(
                    column.name(),
                    name.of(table),
                    type.get().catalogString(),
                    column.dataType().catalogString()));
      }
    }
    List<String> lacking =
        Stream.concat(optional(table), nullable(passthrough))
            .filter(column -> find(there, column.name()).isEmpty())
            .map(StructField::toDDL)
            .toList();
    if (!lacking.isEmpty()) {
      change(
          table,
          "ALTER TABLE %s ADD COLUMNS (%s)".formatted(name.of(table), String.join(", ", lacking)));
    }
  }

  /** Makes the view of a table's current rows, see {@link Contents}, if the catalog keeps views. */
  void prepareView(CacheTable table) {
    try {
      spark.sql(
          """
          CREATE OR REPLACE VIEW %s AS
          SELECT made.* FROM %s AS made
          LEFT SEMI JOIN (SELECT video_id, max_by(content_sha256, wave) AS content_sha256
                          FROM %s GROUP BY video_id) AS last
          USING (video_id, content_sha256)"""
              .formatted(name.currentOf(table), name.of(table), name.of(CacheTable.CONTENTS)));
    } catch (Exception e) { // of Spark and any catalog, declared or not
      LOG.info(
          "there is no view {}, docs/cache.md has its query: {}",
          name.currentOf(table),
          firstLine(e));
    }
  }

  private void change(CacheTable table, String statement) throws TableSettingsException {
    try {
      spark.sql(statement);
    } catch (Exception e) { // of Spark and any catalog, declared or not
      throw new TableSettingsException(
          "cannot make or change table %s: %s".formatted(name.of(table), firstLine(e)), e);
    }
  }

  private static Optional<StructField> find(StructType schema, String column) {
    return Arrays.stream(schema.fields())
        .filter(field -> field.name().equalsIgnoreCase(column))
        .findFirst();
  }

  /** Fixed columns that came later than the first tables. */
  private static Stream<StructField> optional(CacheTable table) {
    return Arrays.stream(table.schema().fields()).filter(StructField::nullable);
  }

  private static Stream<StructField> nullable(StructType passthrough) {
    return Arrays.stream(passthrough.fields())
        .map(field -> new StructField(field.name(), field.dataType(), true, field.metadata()));
  }

  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }
}
