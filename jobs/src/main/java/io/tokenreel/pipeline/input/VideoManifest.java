package io.tokenreel.pipeline.input;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.octet_length;
import static org.apache.spark.sql.functions.regexp_replace;
import static org.apache.spark.sql.functions.when;

import io.tokenreel.cache.CacheSchema;
import io.tokenreel.cache.UriColumns;
import io.tokenreel.files.Stores;
import io.tokenreel.files.UserPath;
import io.tokenreel.input.KnownColumns;
import io.tokenreel.input.LocalRows;
import io.tokenreel.input.RecordFiles;
import io.tokenreel.pipeline.setting.SettingsException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * A manifest: a file of records with {@code video_uri}, relative to where the manifest lies or
 * absolute, and optionally {@code video_id} and {@code video_bytes}, by which large videos are
 * known before they are opened. Other columns pass through.
 */
final class VideoManifest {

  private static final String ID = "video_id";
  private static final String URI = "video_uri";
  private static final String BYTES = VideoWeight.BYTES;
  private static final KnownColumns KNOWN =
      new KnownColumns(List.of(URI), List.of(ID, URI, BYTES), List.of());

  /** The lookup index holds an id in 65,535 bytes; no name of a video comes near this. */
  private static final int MOST_ID_BYTES = 4096;

  /** Of a file whose rows the driver may have. */
  private static final long MOST_LOCAL_BYTES = 4 << 20;

  private final RecordFiles files;
  private final Configuration hadoop;
  private final Optional<VideoIds> ids;
  private final int mostLocal;

  /**
   * @param hadoop knows the file systems that are there
   * @param ids of videos without one of their own; without, those are their URIs
   * @param mostLocal so many rows are kept by the driver; more are left to Spark
   */
  VideoManifest(RecordFiles files, Configuration hadoop, Optional<VideoIds> ids, int mostLocal) {
    this.files = files;
    this.hadoop = hadoop;
    this.ids = ids;
    this.mostLocal = mostLocal;
  }

  /**
   * Reads a manifest.
   *
   * @return {@code video_id}, {@code video_uri}, {@code video_bytes} and {@link ManifestColumns};
   *     local where they are few
   * @throws SettingsException when it is not well-formed, or a row lacks what each must have
   */
  Dataset<Row> read(Path manifest) throws IOException {
    Dataset<Row> rows;
    try {
      rows = files.read(manifest, KNOWN);
      if (isSmall(manifest, rows.schema())) {
        rows = LocalRows.few(rows, mostLocal);
      }
    } catch (IllegalArgumentException e) {
      throw new SettingsException("the manifest %s: %s".formatted(manifest, e.getMessage()));
    }
    Dataset<Row> found = rows;
    List<String> own = ownNames(manifest, rows.schema());
    rows = ManifestColumns.prefixed(rows, own);
    List<String> columns = Arrays.asList(rows.columns());
    Column bytes = columns.contains(BYTES) ? when(col(BYTES).notEqual(""), col(BYTES)) : lit(null);
    Column id = columns.contains(ID) ? col(ID) : UriColumns.uri(col(URI));
    rows = rows.withColumn(BYTES, bytes.cast("string")).withColumn(ID, id);
    requireValues(manifest, rows);
    ManifestStores.require(manifest, rows, URI, hadoop);
    Dataset<Row> videos =
        rows.withColumn(URI, absolute(manifest.getParent()))
            .withColumn(BYTES, col(BYTES).cast("long"));
    boolean named = columns.contains(ID) || ids.isEmpty();
    return LocalRows.derived(found, named ? videos : videos.withColumn(ID, ids.get().id()));
  }

  /**
   * Reads the manifest once for what no row may have. Sizes decide which videos are begun first:
   * one may be unknown, but must not be nonsense.
   */
  private static void requireValues(Path manifest, Dataset<Row> rows) {
    Row found =
        rows.agg(
                count_if(isBlank(URI)),
                count_if(isBlank(ID)),
                min(when(not(col(BYTES).rlike("^[0-9]{1,18}$")), col(BYTES))),
                max(octet_length(col(ID))))
            .first();
    for (int i = 0; i < 2; i++) {
      if (found.getLong(i) > 0) {
        throw new SettingsException(
            "%d rows of the manifest %s have no %s"
                .formatted(found.getLong(i), manifest, i == 0 ? URI : ID));
      }
    }
    if (!found.isNullAt(2)) {
      throw new SettingsException(
          "the manifest %s: video_bytes must be whole numbers of bytes, or empty; found %s"
              .formatted(manifest, found.getString(2)));
    }
    if (!found.isNullAt(3) && found.getInt(3) > MOST_ID_BYTES) {
      throw new SettingsException(
          "the manifest %s: a video_id may have %d bytes at most; found one of %d: is it a text about the video?"
              .formatted(manifest, MOST_ID_BYTES, found.getInt(3)));
    }
  }

  /**
   * Whether the driver may have the rows, if they are few. A text of a manifest's own may be long,
   * and a compressed file small all the same.
   */
  private boolean isSmall(Path manifest, StructType schema) throws IOException {
    boolean narrow =
        Arrays.stream(schema.fields())
            .allMatch(
                field ->
                    Set.of(ID, URI, BYTES).contains(field.name())
                        || field.dataType() instanceof NumericType
                        || field.dataType().equals(DataTypes.BooleanType));
    return narrow
        && Stores.of(manifest, hadoop).getContentSummary(manifest).getLength() <= MOST_LOCAL_BYTES;
  }

  private static Column isBlank(String column) {
    return coalesce(col(column), lit("")).equalTo("");
  }

  /**
   * The names of the manifest's own columns. Those are refused that the cache's tables have; Spark
   * tells no case apart, so neither does this.
   */
  private static List<String> ownNames(Path manifest, StructType schema) {
    StructType own =
        new StructType(
            Arrays.stream(schema.fields())
                .filter(field -> !Set.of(ID, URI, BYTES).contains(field.name()))
                .toArray(StructField[]::new));
    try {
      CacheSchema.checkPassthrough(own);
    } catch (IllegalArgumentException e) {
      throw new SettingsException("the manifest %s: %s".formatted(manifest, e.getMessage()));
    }
    return List.of(own.fieldNames());
  }

  /**
   * A URI with a scheme or a leading slash stands; another is a name below the manifest's folder.
   */
  private static Column absolute(Path folder) {
    Column name =
        "file".equals(folder.toUri().getScheme())
            ? regexp_replace(col(URI), UserPath.READ_AS_ENCODED.pattern(), "%25")
            : col(URI);
    return when(col(URI).rlike("^([A-Za-z][A-Za-z0-9+.-]*:/|/)"), col(URI))
        .otherwise(concat(lit(UserPath.text(folder).replaceFirst("/*$", "/")), name));
  }
}
