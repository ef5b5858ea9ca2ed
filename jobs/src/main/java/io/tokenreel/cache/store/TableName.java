package io.tokenreel.cache.store;

import io.tokenreel.cache.CacheFiles;
import io.tokenreel.cache.CacheLayout;
import io.tokenreel.cache.CacheTable;
import io.tokenreel.files.Stores;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * What {@code --table} names: the tables of a cache are {@code CATALOG.DB.NAME_tokens} and so on.
 *
 * @param catalog the catalog's name in the session's settings
 * @param database one level, in that catalog
 * @param prefix what the tables' names begin with
 */
public record TableName(String catalog, String database, String prefix) {

  private static final Pattern THREE_NAMES = Pattern.compile("(\\w+)\\.(\\w+)\\.(\\w+)");

  /**
   * Reads CATALOG.DB.NAME.
   *
   * @throws IllegalArgumentException when it is not three names
   */
  public static TableName parse(String text) {
    Matcher names = THREE_NAMES.matcher(text);
    if (!names.matches()) {
      throw new IllegalArgumentException(
          "a table is CATALOG.DB.NAME, three names of letters, digits and underscores; got '"
              + text
              + "'");
    }
    return new TableName(names.group(1), names.group(2), names.group(3));
  }

  /**
   * What an output's tables are named in a catalog; empty where they are Parquet below it.
   *
   * @param output the cache's folder
   */
  public static Optional<TableName> ofOutput(Configuration hadoop, Path output) throws IOException {
    CacheFiles files = new CacheFiles(Stores.of(output, hadoop), CacheFiles.StepListener.NONE);
    return TableRecord.read(files, new CacheLayout(output)).map(TableRecord::name);
  }

  /** One of the cache's tables, as SQL has it. */
  public String of(CacheTable table) {
    return "%s.`%s_%s`".formatted(namespace(), prefix, table.folder());
  }

  /** The view of a table's current rows, as SQL has it. */
  public String currentOf(CacheTable table) {
    return "%s.`%s_current_%s`".formatted(namespace(), prefix, table.folder());
  }

  /** The database, as SQL has it. */
  String namespace() {
    return "`%s`.`%s`".formatted(catalog, database);
  }

  @Override
  public String toString() {
    return "%s.%s.%s".formatted(catalog, database, prefix);
  }
}
