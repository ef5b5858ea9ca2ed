package io.tokenreel.pipeline.input;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.regexp_extract;

import io.tokenreel.files.StoreRefusal;
import io.tokenreel.files.Stores;
import io.tokenreel.files.UnusablePathException;
import io.tokenreel.files.UserPath;
import io.tokenreel.pipeline.setting.SettingsException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;

/**
 * Whether the stores on which a manifest's videos lie can be read at all. Of one that cannot, each
 * video would be a FAILED row.
 */
final class ManifestStores {

  /** A message names this many stores; one look at each takes a second or more. */
  private static final int NAMED = 3;

  private ManifestStores() {}

  /**
   * Looks at one video of each store.
   *
   * @param uris column of the videos' URIs; those without a scheme lie where the manifest does
   * @throws SettingsException when a store's file system, its bucket or the credentials for it are
   *     lacking; it names up to three such stores and what to add
   */
  static void require(Path manifest, Dataset<Row> rows, String uris, Configuration hadoop) {
    Column store = regexp_extract(col(uris), "^([A-Za-z][A-Za-z0-9+.-]*:(//[^/]*)?)/", 1);
    List<String> unread =
        rows
            .filter(store.notEqual("").and(not(col(uris).rlike("^(?i)(file|https?):"))))
            .groupBy(store)
            .agg(min(uris).as("first"))
            .orderBy("first")
            .select("first")
            .as(Encoders.STRING())
            .collectAsList()
            .stream()
            .flatMap(uri -> refusal(uri, hadoop).stream())
            .distinct()
            .limit(NAMED)
            .toList();
    if (!unread.isEmpty()) {
      throw new SettingsException(
          "the manifest %s has videos on %s".formatted(manifest, String.join("; and on ", unread)));
    }
  }

  /** Why nothing of a store can be read; empty when it can, or this one video alone cannot. */
  private static Optional<String> refusal(String uri, Configuration hadoop) {
    try {
      Stores.require(UserPath.of(UserPath.scheme(uri).orElseThrow() + ":///"), hadoop);
      Path path = UserPath.of(uri);
      Stores.of(path, hadoop).getFileStatus(path);
      return Optional.empty();
    } catch (UnusablePathException e) {
      return Optional.of(e.getMessage());
    } catch (IOException | RuntimeException e) {
      return StoreRefusal.ofAll(e, uri);
    }
  }
}
