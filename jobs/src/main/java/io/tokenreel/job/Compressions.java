package io.tokenreel.job;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.filter;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.nullif;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import io.tokenreel.ml.CompressionTransformer;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.ml.Transformer;
import org.apache.spark.sql.Column;

/**
 * The compressions of a job: a pipeline stage for each, and what a job reads from their results.
 *
 * <p>In a cache a video that one of them refuses is a FAILED row and has no cells, of the others
 * neither: its rows in a table are all there or none is. A sweep takes what the others give.
 *
 * @param specs canonical specs; none where only features are wanted
 * @param inputCol the column of token blocks
 */
record Compressions(List<String> specs, String inputCol) {

  Compressions {
    specs = List.copyOf(specs);
  }

  /** One stage per spec. */
  List<Transformer> stages() {
    return IntStream.range(0, specs.size())
        .<Transformer>mapToObj(
            i ->
                new CompressionTransformer()
                    .setInputCol(inputCol)
                    .setCompression(specs.get(i))
                    .setHandleInvalid(CompressionTransformer.KEEP)
                    .setOutputCol(result(i)))
        .toList();
  }

  private static String result(int i) {
    return "compressed_" + i;
  }

  private Column[] each(String field) {
    return IntStream.range(0, specs.size())
        .mapToObj(i -> col(result(i) + "." + field))
        .toArray(Column[]::new);
  }

  /** Wall time over all compressions; NULL where there was nothing to compress. */
  Column millis() {
    Column millis = lit(0L);
    for (Column one : each("compress_ms")) {
      millis = millis.plus(one);
    }
    return millis;
  }

  /** Which compressions refused the video's tokens and why; NULL where none did. */
  Column refusal() {
    return nullif(concat_ws("; ", each("error")), lit(""));
  }

  /**
   * Per spec a struct of {@code compression}, {@code kept} and {@code frame_budgets}; NULL where
   * there was nothing to compress or a compression refused it.
   */
  Column cells() {
    return when(refusal().isNull(), accepted()).as("cells");
  }

  /** As {@link #cells}, of the compressions that did not refuse it. */
  Column accepted() {
    if (specs.isEmpty()) {
      return lit(null).as("cells");
    }
    Column[] cells = new Column[specs.size()];
    for (int i = 0; i < cells.length; i++) {
      cells[i] =
          struct(
              lit(specs.get(i)).as("compression"),
              col(result(i)).as("kept"),
              col(result(i) + ".frame_budgets").as("frame_budgets"));
    }
    return when(
            col(inputCol).isNotNull(),
            filter(array(cells), cell -> cell.getField("kept").getField("error").isNull()))
        .as("cells");
  }
}
