package io.tokenreel.cache;

import io.tokenreel.files.Stores;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Reads single videos from a cache, without Spark: a bucket of the index, the video's record, then
 * exactly the bytes of its row.
 *
 * <p>Thread-safe. A cache may be read while it is being written: waves that were committed after
 * {@link #open} are seen after the next {@code open}.
 */
public final class TokenCache {

  private final Configuration conf;
  private final FileSystem fs;
  private final CacheLayout layout;
  private volatile LookupIndex index;

  private TokenCache(Configuration conf, FileSystem fs, CacheLayout layout, LookupIndex index) {
    this.conf = conf;
    this.fs = fs;
    this.layout = layout;
    this.index = index;
  }

  /**
   * Opens a cache for lookups.
   *
   * @param output the folder that holds {@code tokens/}
   * @throws FileNotFoundException when it has no lookup index; the message says how to make one, or
   *     that a catalog has the tables
   */
  public static TokenCache open(Configuration conf, Path output) throws IOException {
    FileSystem fs = Stores.of(output, conf);
    CacheLayout layout = new CacheLayout(fs.makeQualified(output));
    Optional<TableName> table = TableName.ofOutput(conf, output);
    if (table.isPresent()) {
      throw new FileNotFoundException(
          "%s has its tables as %s: they are read by Spark, see CatalogLookup"
              .formatted(layout.root(), table.get()));
    }
    return new TokenCache(conf, fs, layout, LookupIndex.open(fs, layout));
  }

  /**
   * A video's rows, one per encoder, sampling and compression; where the video's bytes have changed
   * between runs, the newest. Empty for an unknown video.
   */
  public List<CachedTokens> lookup(String videoId) throws IOException {
    List<CachedTokens> rows = new ArrayList<>();
    for (RowLocation place : newest(locate(videoId))) {
      rows.add(read(place));
    }
    return rows;
  }

  /** A video's row for one setting, the newest where the video's bytes have changed. */
  public Optional<CachedTokens> lookup(
      String videoId, String encoder, String sampling, String compression) throws IOException {
    for (RowLocation place : newest(locate(videoId))) {
      if (place.encoder().equals(encoder)
          && place.sampling().equals(sampling)
          && place.compression().equals(compression)) {
        return Optional.of(read(place));
      }
    }
    return Optional.empty();
  }

  private List<RowLocation> locate(String videoId) throws IOException {
    try {
      return index.locate(videoId);
    } catch (FileNotFoundException e) {
      // A writer has merged the slot tables since they were listed.
      index = LookupIndex.open(fs, layout);
      return index.locate(videoId);
    }
  }

  /** Of several rows for the same setting the one created last; of equal times the later wave's. */
  static List<RowLocation> newest(List<RowLocation> rows) {
    List<RowLocation> newest = new ArrayList<>();
    for (RowLocation row : rows) {
      Optional<RowLocation> rival = newest.stream().filter(row::sameSetting).findFirst();
      if (rival.isEmpty()) {
        newest.add(row);
      } else if (row.createdAtMicros() >= rival.get().createdAtMicros()) {
        newest.set(newest.indexOf(rival.get()), row);
      }
    }
    return newest;
  }

  private CachedTokens read(RowLocation place) throws IOException {
    Path file = new Path(layout.table(CacheTable.TOKENS), place.file());
    byte[] rowGroup = new byte[place.length()];
    try (FSDataInputStream in = LookupIndex.open(fs, file)) {
      in.readFully(place.start(), rowGroup);
    }
    return RowDecoder.decode(
        conf, new RowGroupFile(place.start(), rowGroup, place.footer()), place.ordinal());
  }
}
