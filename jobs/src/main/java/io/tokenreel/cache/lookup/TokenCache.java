package io.tokenreel.cache.lookup;

import io.tokenreel.cache.CacheFiles;
import io.tokenreel.cache.CacheLayout;
import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.EncodingSetting;
import io.tokenreel.cache.SchemaVersion;
import io.tokenreel.cache.TableSettingsException;
import io.tokenreel.cache.index.LookupIndex;
import io.tokenreel.cache.index.RowLocation;
import io.tokenreel.cache.store.Contents;
import io.tokenreel.cache.store.TableName;
import io.tokenreel.files.Stores;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
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
   * @throws TableSettingsException when a newer version wrote the tables
   */
  public static TokenCache open(Configuration conf, Path output) throws IOException {
    FileSystem fs = Stores.of(output, conf);
    CacheLayout layout = new CacheLayout(fs.makeQualified(output));
    SchemaVersion.require(new CacheFiles(fs, CacheFiles.StepListener.NONE), layout);
    Optional<TableName> table = TableName.ofOutput(conf, output);
    if (table.isPresent()) {
      throw new FileNotFoundException(
          "%s has its tables as %s: they are read by Spark, see CatalogLookup"
              .formatted(layout.root(), table.get()));
    }
    return new TokenCache(conf, fs, layout, LookupIndex.open(fs, layout));
  }

  /**
   * The rows of a video's current bytes, see {@link Contents}: one per encoder, sampling and
   * compression. Empty for an unknown video.
   */
  public List<CachedTokens> lookup(String videoId) throws IOException {
    return lookup(videoId, place -> true);
  }

  /** The row of a video's current bytes for one setting. */
  public Optional<CachedTokens> lookup(
      String videoId, String encoder, String sampling, String compression) throws IOException {
    EncodingSetting encoding = new EncodingSetting(encoder, sampling);
    return lookup(videoId, place -> place.key().isOf(encoding, compression)).stream().findFirst();
  }

  private List<CachedTokens> lookup(String videoId, Predicate<RowLocation> wanted)
      throws IOException {
    try {
      return read(index.locateCurrent(videoId), wanted);
    } catch (IOException | RuntimeException e) {
      // A writer has merged the slot tables, or removed rows, since the index was listed.
      index = LookupIndex.open(fs, layout);
      return lookupAgain(videoId, wanted);
    }
  }

  private List<CachedTokens> lookupAgain(String videoId, Predicate<RowLocation> wanted)
      throws IOException {
    try {
      return read(index.locateCurrent(videoId), wanted);
    } catch (IOException | RuntimeException e) {
      if (CacheFiles.list(fs, layout.journals()).isEmpty()) {
        // Unless the index is damaged, the writer has ended its work in the meantime.
        index = LookupIndex.open(fs, layout);
        return read(index.locateCurrent(videoId), wanted);
      }
      // A writer is removing rows, and has replaced files that the index still describes.
      return read(index.scanCurrent(conf, videoId), wanted);
    }
  }

  private List<CachedTokens> read(List<RowLocation> places, Predicate<RowLocation> wanted)
      throws IOException {
    List<CachedTokens> rows = new ArrayList<>();
    for (RowLocation place : places) {
      if (wanted.test(place)) {
        rows.add(read(place));
      }
    }
    return rows;
  }

  private CachedTokens read(RowLocation place) throws IOException {
    Path file = new Path(layout.table(CacheTable.TOKENS), place.file());
    byte[] rowGroup = new byte[place.length()];
    try (FSDataInputStream in = LookupIndex.open(fs, file)) {
      in.readFully(place.start(), rowGroup);
    }
    CachedTokens row =
        RowDecoder.decode(
            conf, new RowGroupFile(place.start(), rowGroup, place.footer()), place.ordinal());
    // A file that took this one's place may have another row there.
    if (!row.key().equals(place.key())) {
      throw new IOException(
          "%s has no row of video %s at byte %d, where the index says; %s"
              .formatted(file, place.videoId(), place.start(), LookupIndex.HOW_TO_REBUILD));
    }
    return row;
  }
}
