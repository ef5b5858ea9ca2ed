package io.tokenreel.cache.commit;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sha2;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.core.JacksonException;
import io.tokenreel.cache.CacheFiles;
import io.tokenreel.cache.CacheLayout;
import io.tokenreel.cache.Json;
import io.tokenreel.files.Stores;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The videos that an output has forgotten and takes no more, as {@code _forgotten} keeps them: by
 * digests of their ids, so that the list itself names nobody. Whoever has an id can tell whether it
 * is among them.
 *
 * @param salt goes before an id when its digest is made, and is of this output alone
 * @param digests SHA-256 of salt and id, lower-case hex
 */
public record ForgottenIds(String salt, SortedSet<String> digests) {

  private static final Logger LOG = LoggerFactory.getLogger(ForgottenIds.class);

  public ForgottenIds {
    digests = new TreeSet<>(digests);
  }

  /** The list of an output; empty where it has forgotten nothing. */
  static ForgottenIds read(CacheFiles files, CacheLayout layout) throws IOException {
    if (files.fileSystem().exists(layout.forgotten())) {
      return Json.read(files.read(layout.forgotten()), ForgottenIds.class);
    }
    Path unfinished = CacheFiles.temporaryOf(layout.forgotten());
    if (files.fileSystem().exists(unfinished)) {
      try {
        // Its writer ended before it had its name. Older versions, and those on some stores, had
        // deleted the list before it by then; and a first list was asked for all the same.
        return Json.read(files.read(unfinished), ForgottenIds.class);
      } catch (JacksonException e) {
        LOG.info("{} was not written to its end: nothing is forgotten yet", unfinished);
      }
    }
    return new ForgottenIds(UUID.randomUUID().toString(), new TreeSet<>());
  }

  /**
   * The list of an output; empty where it has forgotten nothing.
   *
   * @param output the cache's folder
   */
  public static ForgottenIds of(Configuration hadoop, Path output) throws IOException {
    FileSystem fs = Stores.of(output, hadoop);
    return read(
        new CacheFiles(fs, CacheFiles.StepListener.NONE),
        new CacheLayout(fs.makeQualified(output)));
  }

  /** Whether no video is on the list. */
  @JsonIgnore
  public boolean isEmpty() {
    return digests.isEmpty();
  }

  void save(CacheFiles files, CacheLayout layout) throws IOException {
    files.write(layout.forgotten(), out -> out.write(Json.bytes(this)));
  }

  /** The same list, with these ids. */
  ForgottenIds with(Collection<String> ids) {
    SortedSet<String> more = new TreeSet<>(digests);
    ids.forEach(id -> more.add(digest(id)));
    return new ForgottenIds(salt, more);
  }

  /** The same list, without these ids. */
  ForgottenIds without(Collection<String> ids) {
    SortedSet<String> fewer = new TreeSet<>(digests);
    ids.forEach(id -> fewer.remove(digest(id)));
    return new ForgottenIds(salt, fewer);
  }

  /** Whether an id is on the list. */
  public boolean has(String id) {
    return !digests.isEmpty() && digests.contains(digest(id));
  }

  /** Those of these ids that are on the list. */
  public List<String> among(Collection<String> ids) {
    return ids.stream().filter(id -> digests.contains(digest(id))).toList();
  }

  /** Whether rows are of videos on the list. */
  public Column isOn(Column videoId) {
    return sha2(concat(lit(salt), videoId).cast("binary"), 256).isInCollection(digests);
  }

  /** The rows of videos that are not on the list. */
  public Dataset<Row> leftOutOf(Dataset<Row> rows) {
    return isEmpty() ? rows : rows.where(isOn(col("video_id")).equalTo(false));
  }

  private String digest(String id) {
    try {
      byte[] salted = (salt + id).getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(salted));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }
}
