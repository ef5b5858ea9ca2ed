package io.tokenreel.pipeline.run;

import io.tokenreel.cache.EncodingSetting;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Tokens of one encoder and sampling that questions are answered from. */
public interface VisualTokens {

  /** How the videos were encoded. */
  EncodingSetting encoding();

  /** The compressions that there are tokens of, canonical. */
  List<String> compressions();

  /**
   * What of each video's current bytes there are tokens of: {@code video_id, compression,
   * content_sha256}, a row for each.
   */
  Dataset<Row> current();

  /** Rows of {@code tokens/} of the videos from one id to another. */
  Dataset<Row> between(String firstId, String lastId);
}
