package io.tokenreel.cache.store;

import io.tokenreel.cache.CacheFiles;
import io.tokenreel.cache.CacheLayout;
import io.tokenreel.cache.Json;
import java.io.IOException;
import java.util.Optional;
import java.util.UUID;

/**
 * What {@code _table} says of an output whose tables a catalog has.
 *
 * @param table CATALOG.DB.NAME
 * @param id unique to the output; its tables have it as a property, so that no two outputs, whose
 *     locks know nothing of each other, write to the same ones
 */
record TableRecord(String table, String id) {

  static TableRecord of(TableName table) {
    return new TableRecord(table.toString(), UUID.randomUUID().toString());
  }

  /** The record of an output; empty where the tables are Parquet below it. */
  static Optional<TableRecord> read(CacheFiles files, CacheLayout layout) throws IOException {
    return files.fileSystem().exists(layout.tableRecord())
        ? Optional.of(Json.read(files.read(layout.tableRecord()), TableRecord.class))
        : Optional.empty();
  }

  TableName name() {
    return TableName.parse(table);
  }
}
