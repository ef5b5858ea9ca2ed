package io.tokenreel.pipeline.setting;

import static org.apache.spark.sql.functions.col;

import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.RunRecord;
import io.tokenreel.cache.commit.TokenCacheWriter;
import java.io.IOException;
import java.util.List;
import org.apache.spark.sql.Row;

/**
 * Refuses a {@code --token-dtype} that a cache's rows of the same setting do not have: the dtype is
 * no part of a key, so these rows would stay as they are and others would lie beside them.
 */
public final class TokenDtypeCheck {

  private TokenDtypeCheck() {}

  /**
   * Checks a precompute run that is about to begin.
   *
   * @throws SettingsException when a row under the run's setting has another dtype
   */
  public static void require(TokenCacheWriter writer, RunRecord run, String dtype)
      throws IOException {
    for (CacheTable table : List.of(CacheTable.TOKENS, CacheTable.FEATURES)) {
      if (!run.tables().contains(table.folder())) {
        continue;
      }
      List<Row> others =
          writer
              .committedRows(table)
              .filter(run.setting().matches(table))
              .select(col(table == CacheTable.TOKENS ? "dtype" : "block.dtype").as("dtype"))
              .filter(col("dtype").notEqual(dtype))
              .limit(1)
              .collectAsList();
      if (!others.isEmpty()) {
        String committed = others.get(0).getString(0);
        throw new SettingsException(
            "--token-dtype %s: %s/ holds %s rows of %s already, and one cache has one dtype for these; use --token-dtype %s or another --output"
                .formatted(dtype, table.folder(), committed, run.encoding(), committed));
      }
    }
  }
}
