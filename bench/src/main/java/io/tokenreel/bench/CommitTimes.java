package io.tokenreel.bench;

import io.tokenreel.cache.CacheTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** When the waves of a local cache were committed, for benches. */
final class CommitTimes {

  private CommitTimes() {}

  /** Milliseconds since the epoch by wave, as {@link #wave} names it, in the order of the waves. */
  static SortedMap<String, Long> of(Path cache) throws IOException {
    SortedMap<String, Long> millis = new TreeMap<>();
    try (Stream<Path> files = Files.list(cache.resolve(CacheTable.OUTCOMES.folder()))) {
      List<Path> written = files.filter(file -> file.toString().endsWith(".parquet")).toList();
      for (Path file : written) {
        millis.merge(
            wave(file.getFileName().toString()),
            Files.getLastModifiedTime(file).toMillis(),
            Math::max);
      }
    }
    return millis;
  }

  /** The wave of a table's file: what stands before the file's number in it. */
  static String wave(String fileName) {
    return fileName.substring(0, fileName.indexOf('-'));
  }
}
