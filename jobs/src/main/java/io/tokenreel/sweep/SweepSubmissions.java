package io.tokenreel.sweep;

import static org.apache.spark.sql.functions.col;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.tokenreel.eval.result.Cell;
import io.tokenreel.eval.stat.ScoreKey;
import io.tokenreel.files.Stores;
import io.tokenreel.files.UserPath;
import io.tokenreel.model.prompt.OptionLetters;
import java.io.IOException;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Files for the servers of benchmarks whose right answers are not public: {@code
 * submissions/TASK/VERSION/N.json}, one per cell, a JSON object from a question's key to the place
 * of the option chosen, -1 for none; {@code cells.json} beside them says which cell N is.
 */
final class SweepSubmissions {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final SparkSession spark;
  private final Path output;

  SweepSubmissions(SparkSession spark, Path output) {
    this.spark = spark;
    this.output = UserPath.below(output, "submissions");
  }

  /**
   * Writes the files.
   *
   * @param samples rows of {@link SweepSamples#of}
   */
  void write(Dataset<Row> samples) throws IOException {
    Stores.of(output, spark.sparkContext().hadoopConfiguration()).delete(output, true);
    Map<String, Map<Cell, Map<String, Integer>>> byTask = new TreeMap<>();
    for (Row row :
        samples
            .filter(col("submission_key").isNotNull())
            .orderBy("doc_id", "sampling", "compression", "kv", "model")
            .collectAsList()) {
      Cell cell = ScoreKey.cell(row);
      String choice = row.getAs("choice");
      byTask
          .computeIfAbsent(row.getAs("task") + "/" + row.getAs("version"), task -> new HashMap<>())
          .computeIfAbsent(cell, key -> new TreeMap<>())
          .put(row.getAs("submission_key"), OptionLetters.place(choice));
    }
    for (Map.Entry<String, Map<Cell, Map<String, Integer>>> task : byTask.entrySet()) {
      Path folder = UserPath.below(output, task.getKey());
      Map<String, Cell> names = new TreeMap<>();
      for (Map.Entry<Cell, Map<String, Integer>> cell : task.getValue().entrySet()) {
        String name = names.size() + ".json";
        names.put(name, cell.getKey());
        write(UserPath.below(folder, name), cell.getValue());
      }
      write(UserPath.below(folder, "cells.json"), names);
    }
  }

  private void write(Path file, Object value) throws IOException {
    try (OutputStream out =
        Stores.of(file, spark.sparkContext().hadoopConfiguration()).create(file, true)) {
      JSON.writeValue(out, value);
    }
  }
}
