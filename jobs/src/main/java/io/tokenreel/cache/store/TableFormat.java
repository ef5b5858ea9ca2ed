package io.tokenreel.cache.store;

import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.ParquetLayout;
import io.tokenreel.cache.TableSettingsException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.SparkSession;

/**
 * The table formats that a cache can be kept in by a catalog: both commit an append at once or not
 * at all. A format lays its Parquet files out as {@link ParquetLayout} says, as far as it can be
 * configured to, by properties of the table; so does whoever compacts them later.
 */
public enum TableFormat {
  ICEBERG("org.apache.iceberg.spark.") {
    @Override
    Map<String, String> properties(CacheTable table) {
      Map<String, String> properties = new TreeMap<>();
      table.writeOptions().forEach((option, value) -> properties.put(property(option), value));
      properties.remove(NO_PROPERTY);
      // A wave's rows come sorted; Iceberg would shuffle them for some of its modes.
      properties.put("write.distribution-mode", "none");
      // A removal writes files again without the rows; marks beside them would leave the bytes.
      properties.put("write.merge.mode", "copy-on-write");
      return properties;
    }

    @Override
    Map<String, String> writeOptions(CacheTable table) {
      return Map.of(); // the table's properties say all
    }

    @Override
    List<String> expiry(TableName name, CacheTable table) {
      String call =
          "CALL %s.system.%%s(table => '%s.%s_%s'%%s)"
              .formatted(name.catalog(), name.database(), name.prefix(), table.folder());
      Instant end = Instant.now().truncatedTo(ChronoUnit.SECONDS).plusSeconds(1);
      return List.of(
          // A manifest has smallest and largest ids of the files that its snapshot removed as well.
          call.formatted("rewrite_manifests", ""),
          call.formatted(
              "expire_snapshots",
              ", older_than => TIMESTAMP '%s', retain_last => 1".formatted(end)));
    }
  },

  DELTA("org.apache.spark.sql.delta.") {
    @Override
    Map<String, String> properties(CacheTable table) {
      // Delta hands a table's properties to Spark's Parquet writer.
      Map<String, String> properties = new TreeMap<>(table.writeOptions());
      // As Iceberg's copy-on-write.
      properties.put("delta.enableDeletionVectors", "false");
      return properties;
    }

    @Override
    Map<String, String> writeOptions(CacheTable table) {
      return Map.of(COMPRESSION, table.writeOptions().get(COMPRESSION));
    }

    @Override
    List<String> expiry(TableName name, CacheTable table) {
      return List.of(
          "SET spark.databricks.delta.retentionDurationCheck.enabled = false",
          "VACUUM %s RETAIN 0 HOURS".formatted(name.of(table)));
    }
  };

  /** The settings that make a catalog of each format, for a message. */
  static final String SETTINGS =
      """
      for Iceberg: --conf spark.sql.catalog.NAME=org.apache.iceberg.spark.SparkCatalog, and its own \
      spark.sql.catalog.NAME.type, .uri or .warehouse; \
      for Delta: --conf spark.sql.catalog.spark_catalog=org.apache.spark.sql.delta.catalog.DeltaCatalog \
      --conf spark.sql.extensions=io.delta.sql.DeltaSparkSessionExtension; \
      and the format's jar on the class path (--packages of spark-submit, TOKENREEL_JARS of bin/tokenreel)""";

  private static final String COMPRESSION = "compression";
  private static final String NO_PROPERTY = "";

  private final String catalogPackage;

  TableFormat(String catalogPackage) {
    this.catalogPackage = catalogPackage;
  }

  /**
   * The format of a catalog's tables.
   *
   * @throws TableSettingsException when the session has no such catalog, or one of another format
   */
  static TableFormat of(SparkSession spark, String catalog) throws TableSettingsException {
    String setting = "spark.sql.catalog." + catalog;
    String type = spark.conf().get(setting, null);
    for (TableFormat format : values()) {
      if (type != null && type.startsWith(format.catalogPackage)) {
        return format;
      }
    }
    throw new TableSettingsException(
        "catalog %s must be one of Iceberg or Delta tables; %s. %s"
            .formatted(
                catalog,
                type == null ? setting + " is not set" : setting + " is " + type,
                SETTINGS));
  }

  /** How SQL names the format. */
  String provider() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The properties that a table is made with. */
  abstract Map<String, String> properties(CacheTable table);

  /**
   * Statements that take rows, which are removed, out of a table's past as well: its old snapshots
   * and their files.
   */
  abstract List<String> expiry(TableName name, CacheTable table);

  /** Which of them the format wants with each append. */
  abstract Map<String, String> writeOptions(CacheTable table);

  /** Iceberg's name for an option of Spark's Parquet writer; empty when it has none. */
  private static String property(String option) {
    int hash = option.indexOf('#');
    // Iceberg's paths do not name the group that Parquet puts around an array's elements.
    String column = option.substring(hash + 1).replace(".list.", ".");
    return switch (hash < 0 ? option : option.substring(0, hash)) {
      case COMPRESSION -> "write.parquet.compression-codec";
      case "parquet.compression.codec.zstd.level" -> "write.parquet.compression-level";
      case "parquet.block.size" -> "write.parquet.row-group-size-bytes";
      case "parquet.page.size.row.check.min" -> "write.parquet.row-group-check-min-record-count";
      case "parquet.page.size.row.check.max" -> "write.parquet.row-group-check-max-record-count";
      case "parquet.bloom.filter.enabled" -> "write.parquet.bloom-filter-enabled.column." + column;
      case "parquet.bloom.filter.expected.ndv" -> "write.parquet.bloom-filter-ndv.column." + column;
      case "parquet.column.statistics.enabled" -> "write.parquet.stats-enabled.column." + column;
      default -> NO_PROPERTY;
    };
  }
}
