package io.tokenreel.sql;

import static org.apache.spark.sql.functions.col;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.token.TokenFormat;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Blocks of numbers and numbers of blocks, in SQL alone. */
class MakeBlockTest {

  private static final SparkSession SPARK = LocalSpark.extended();

  private static Row one(String query) {
    return SPARK.sql(query).first();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          array(1f, 2f, 3f, 4f, 5f, 6f, 7f, 8f)
          array(1D, 2, 3, 4, 5, 6, 7, 8)
          array(1.0, 2, 3, 4, 5, 6, 7, 8)
          array(1, 2, 3, 4, 5, 6, 7, 8)
          array(array(1, 2), array(3, 4), array(5, 6), array(7, 8))
          array(array(1f, 2f), array(3f, 4f), array(5f, 6f), array(7f, 8f))
          unhex('0000803F000000400000404000008040_0000A0400000C0400000E04000000041')
          """)
  void makeBlock_eachFormOfValues_isTheSameBlock(String values) {
    Row block =
        one(
            "SELECT block.*, token_values(block) FROM (SELECT make_block(%s, 2, 1, 2) AS block FROM range(1) WHERE id = 0)"
                .formatted(values.replace("_", "")));
    assertEquals(
        List.of(2, 2, 1, 2, 2, "f32"),
        List.of(
            block.get(0), block.get(1), block.get(2), block.get(3), block.get(4), block.get(5)));
    assertEquals("[[1.0,2.0],[3.0,4.0],[5.0,6.0],[7.0,8.0]]", numbers(block.getList(8)));
  }

  private static String numbers(List<?> tokens) {
    return tokens.stream()
        .map(token -> token.toString().replaceFirst("ArraySeq|WrappedArray", ""))
        .map(token -> token.replace('(', '[').replace(')', ']').replace(" ", ""))
        .toList()
        .toString()
        .replace(" ", "");
  }

  @ParameterizedTest
  @EnumSource(
      value = TokenFormat.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"INT8", "FP8"})
  void tokenValues_ofEachDtype_areWhatWasStored(TokenFormat dtype) {
    Row row =
        one(
            "SELECT token_values(compress_tokens(make_block(array(1.5, -2, 0.25, 4), 1, 1, 2, '%1$s'), 'none')), token_values(compress_tokens(make_block(array(1.5, -2, 0.25, 4), 1, 1, 2), 'none', '%2$s'))"
                .formatted(TokenFormat.numpyNames().get(dtype.ordinal()), dtype.label()));
    assertEquals("[[1.5,-2.0],[0.25,4.0]]", numbers(row.getList(0)));
    assertEquals("[[1.5,-2.0],[0.25,4.0]]", numbers(row.getList(1)));
  }

  @Test
  void functions_ofNull_areNull() {
    Row row =
        one(
            "SELECT make_block(NULL, 1, 1, 2), make_block(array(1, 2), 1, 1, CAST(NULL AS INT)), token_values(NULL), token_values(make_block(CAST(NULL AS array<float>), 1, 1, 1))");
    for (int i = 0; i < row.length(); i++) {
      assertTrue(row.isNullAt(i), "column " + i);
    }
  }

  @Test
  void columns_withoutTheExtension_computeTheSame() {
    Dataset<Row> values = LocalSpark.plain().sql("SELECT array(1f, 2f, 3f, 4f) AS v");
    Row row =
        values
            .select(
                TokenColumns.tokenValues(TokenColumns.makeBlock(col("v"), 1, 1, 2)),
                TokenColumns.makeBlock(col("v"), 1, 1, 2).getField("data"))
            .first();
    assertEquals("[[1.0,2.0],[3.0,4.0]]", numbers(row.getList(0)));
    assertArrayEquals(
        new byte[] {0, 0, (byte) 0x80, 0x3f, 0, 0, 0, 0x40},
        List.of(row.<byte[]>getAs(1)).stream()
            .map(data -> java.util.Arrays.copyOf(data, 8))
            .findFirst()
            .orElseThrow());
  }

  @Test
  void view_thatIsPersistent_mayUseEveryFunction(@TempDir Path folder) {
    SPARK.sql(
        "CREATE TABLE view_features USING parquet LOCATION '%s' AS SELECT make_block(array(1, 2, 3, 4), 2, 1, 2, 'float16') AS block"
            .formatted(folder.resolve("blocks")));
    try {
      SPARK.sql(
          "CREATE VIEW kept_view AS SELECT select_tokens(block, 'none') AS kept, compress_tokens(block, 'none') AS compressed, vidcom2(block, 0.5) AS v, dycoke(block, 0.5) AS d, frame_budgets(block, 'none') AS b, token_stats(block) AS s, token_values(block) AS x, make_block(token_values(block), 2, 1, 2) AS m FROM view_features");
      Row row = SPARK.newSession().sql("SELECT kept, x FROM kept_view").first();
      assertEquals("[0,1,2,3]", row.getList(0).toString().replace(" ", ""));
      assertEquals("[[1.0],[2.0],[3.0],[4.0]]", numbers(row.getList(1)));
    } finally {
      SPARK.sql("DROP VIEW IF EXISTS kept_view");
      SPARK.sql("DROP TABLE view_features");
    }
  }
}
