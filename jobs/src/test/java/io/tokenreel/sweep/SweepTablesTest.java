package io.tokenreel.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.eval.result.Cell;
import io.tokenreel.eval.result.Cost;
import io.tokenreel.eval.result.Counts;
import io.tokenreel.eval.result.Quartiles;
import io.tokenreel.eval.result.Result;
import io.tokenreel.files.UserPath;
import io.tokenreel.pipeline.setting.SettingsException;
import io.tokenreel.sql.LocalSpark;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SweepTablesTest {

  private static final SparkSession SPARK = LocalSpark.plain();
  private static final Quartiles SPREAD = new Quartiles(1, 2, 3);
  private static final Result RESULT =
      new Result(
          new Cell("model@1", "uniform:frames=16", "none", "dycoke:layer=3,prune=0.7"),
          "kinds",
          "one",
          "accuracy",
          "",
          1,
          new Counts(3, 2, 0, 0, 0, 0, 0),
          null,
          null,
          null,
          new Cost(1, 2, 3, 4, 5, 6, SPREAD, SPREAD, SPREAD, 7, SPREAD),
          null);

  @TempDir Path folder;

  private List<Result> read(Dataset<Row> results) throws IOException {
    results.write().parquet(folder.resolve(SweepTables.RESULTS).toString());
    return new SweepTables(SPARK, new org.apache.hadoop.fs.Path(folder.toUri()))
        .results("--results");
  }

  private static Dataset<Row> written() {
    return SPARK.createDataFrame(List.of(ResultColumns.row(RESULT)), ResultColumns.schema());
  }

  @Test
  void results_asTheyAreWritten_areTheSame() throws IOException {
    assertEquals(List.of(RESULT), read(written()));
  }

  @Test
  void results_ofAFolderWithoutAny_areRefusedByTheOptionThatNamesIt() {
    String empty = folder.toString();
    SweepTables tables = new SweepTables(SPARK, UserPath.of(empty));
    var error = assertThrows(SettingsException.class, () -> tables.results("--beside"));
    assertTrue(
        error
            .getMessage()
            .startsWith(
                "--beside %s holds no results of a sweep: it has no results/".formatted(empty)),
        error.getMessage());
  }

  @Test
  void results_ofBeforeTheReserveWasThere_haveNoNumberOfIt() throws IOException {
    String[] later =
        Arrays.stream(written().columns())
            .filter(column -> column.startsWith("kv_reserve_"))
            .toArray(String[]::new);
    assertEquals(4, later.length);
    Cost cost = read(written().drop(later)).get(0).cost();
    assertTrue(Double.isNaN(cost.kvReserveBytesPeak()), cost.toString());
    assertEquals(Quartiles.NONE, cost.kvReservePeak());
    assertEquals(SPREAD, cost.kvPeak());
  }
}
