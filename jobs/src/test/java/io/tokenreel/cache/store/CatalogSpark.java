package io.tokenreel.cache.store;

import io.delta.sql.DeltaSparkSessionExtension;
import io.tokenreel.cache.CacheRows;
import io.tokenreel.sql.LocalSpark;
import io.tokenreel.sql.TokenReelExtensions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.iceberg.Table;
import org.apache.iceberg.spark.Spark3Util;
import org.apache.iceberg.spark.actions.SparkActions;
import org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions;
import org.apache.spark.sql.SparkSession;

/**
 * A session with an Iceberg catalog and Delta's, in a folder that goes with the JVM; it shares its
 * context with {@link LocalSpark#plain()}, which stays the one that others find.
 */
public final class CatalogSpark {

  private static final Path WAREHOUSE = warehouse();
  private static final SparkSession SESSION = start();

  private CatalogSpark() {}

  public static SparkSession session() {
    return SESSION;
  }

  /** CATALOG.DB.NAME of tables in a format's catalog. */
  public static String table(TableFormat format, String name) {
    return (format == TableFormat.ICEBERG ? "ice.reel." : "spark_catalog.reel.") + name;
  }

  /** The data files of a table. */
  public static List<Path> files(TableFormat format, String table) throws IOException {
    try (Stream<Path> files = Files.walk(WAREHOUSE.resolve(format.provider()))) {
      return files
          .filter(file -> file.toString().contains("/" + table + "/"))
          .filter(file -> file.toString().endsWith(".parquet"))
          .toList();
    }
  }

  /** Rewrites a table's files and forgets the old ones, as its owner may at any time. */
  public static void compact(TableFormat format, String table) throws Exception {
    switch (format) {
      case ICEBERG -> {
        SparkActions actions = SparkActions.get(SESSION);
        Table loaded = Spark3Util.loadIcebergTable(SESSION, table);
        actions.rewriteDataFiles(loaded).option("rewrite-all", "true").execute();
        actions
            .expireSnapshots(loaded)
            .expireOlderThan(System.currentTimeMillis())
            .retainLast(1)
            .execute();
      }
      case DELTA -> {
        SESSION.sql("OPTIMIZE " + table);
        SESSION.sql("VACUUM " + table + " RETAIN 0 HOURS");
      }
    }
  }

  /** Runs what looks for a session of its own, such as a command. */
  public static <T> T inSession(Supplier<T> work) {
    SparkSession.setActiveSession(SESSION);
    try {
      return work.get();
    } finally {
      SparkSession.setActiveSession(LocalSpark.plain());
    }
  }

  private static Path warehouse() {
    try {
      Path folder = Files.createTempDirectory("catalogs");
      Runtime.getRuntime()
          .addShutdownHook(new Thread(() -> FileUtils.deleteQuietly(folder.toFile())));
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static SparkSession start() {
    SparkSession plain = CacheRows.spark();
    SparkSession.clearActiveSession();
    SparkSession.clearDefaultSession();
    try {
      SparkSession session =
          SparkSession.builder()
              .withExtensions(new DeltaSparkSessionExtension())
              .withExtensions(new IcebergSparkSessionExtensions()) // CALL
              .withExtensions(new TokenReelExtensions())
              .config("spark.sql.session.timeZone", "UTC")
              .config("spark.sql.shuffle.partitions", 2)
              .config("spark.sql.catalog.ice", "org.apache.iceberg.spark.SparkCatalog")
              .config("spark.sql.catalog.ice.type", "hadoop")
              .config("spark.sql.catalog.ice.warehouse", WAREHOUSE.resolve("iceberg").toString())
              .config(
                  "spark.sql.catalog.spark_catalog",
                  "org.apache.spark.sql.delta.catalog.DeltaCatalog")
              .config("spark.databricks.delta.snapshotPartitions", 1)
              .config("spark.sql.sources.parallelPartitionDiscovery.parallelism", 2)
              .config("spark.databricks.delta.retentionDurationCheck.enabled", false)
              .getOrCreate();
      session.sql(
          "CREATE DATABASE spark_catalog.reel LOCATION '%s'".formatted(WAREHOUSE.resolve("delta")));
      return session;
    } finally {
      SparkSession.setDefaultSession(plain);
      SparkSession.setActiveSession(plain);
    }
  }
}
