package io.tokenreel.pipeline.run;

import static org.apache.spark.sql.functions.col;

import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.EncodingSetting;
import io.tokenreel.cache.RunRecord;
import io.tokenreel.cache.RunRecords;
import io.tokenreel.cache.store.CommittedRows;
import io.tokenreel.model.ModelKeys;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** The names under which one cache holds what models made: {@link ModelKeys}. */
public final class CacheKeys {

  private final SparkSession spark;
  private final Path output;
  private final Configuration hadoop;

  public CacheKeys(SparkSession spark, Path output) {
    this.spark = spark;
    this.output = output;
    this.hadoop = spark.sparkContext().hadoopConfiguration();
  }

  /** The name of a model's vision tower. */
  String encoder(String model) throws IOException {
    return ModelKeys.encoder(model, hadoop, encoders());
  }

  /** How a model's vision tower encodes the frames of a sampling. */
  public EncodingSetting encoding(String model, String sampling) throws IOException {
    return new EncodingSetting(encoder(model), sampling);
  }

  /** The name of a model's language decoder. */
  public String decoder(String model) throws IOException {
    // Answers have the encoder's name as well; only where it is an old one may the decoder's be.
    return encoders().stream().anyMatch(ModelKeys::isLegacy)
        ? ModelKeys.decoder(model, hadoop, decoders())
        : ModelKeys.decoder(model, hadoop, List.of());
  }

  private List<String> encoders() throws IOException {
    return RunRecords.of(hadoop, output).stream().map(RunRecord::encoder).toList();
  }

  private List<String> decoders() throws IOException {
    return CommittedRows.of(spark, output, CacheTable.ANSWERS)
        .select(col("decoder"))
        .distinct()
        .collectAsList()
        .stream()
        .map((Row row) -> row.getString(0))
        .sorted()
        .toList();
  }
}
