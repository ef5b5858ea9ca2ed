package io.tokenreel.sql;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.compress.Compressors;
import io.tokenreel.compress.FrameStats;
import io.tokenreel.compress.TokenCompressor;
import io.tokenreel.compress.TokenStats;
import io.tokenreel.testing.RandomBlocks;
import io.tokenreel.token.CompressedTokens;
import io.tokenreel.token.TokenBlock;
import io.tokenreel.token.TokenFormat;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The SQL functions give what the library gives, from SQL text and as Columns. */
class SqlFunctionsTest {

  private static final long SEED = 20261121;
  private static final TokenBlock BLOCK =
      RandomBlocks.of(RandomBlocks.Kind.NORMAL, 8, 25, 12, SEED);
  private static final String SPEC = "vidcom2:retention=0.25";

  @BeforeAll
  static void registerTable() {
    LocalSpark.blocks(LocalSpark.extended(), BLOCK, null).createOrReplaceTempView("videos");
  }

  private static Row first(String expression) {
    return LocalSpark.extended()
        .sql("SELECT " + expression + " FROM videos WHERE tokens IS NOT NULL")
        .first();
  }

  private static int[] ints(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).toArray();
  }

  private static void assertTokens(CompressedTokens expected, Row actual) {
    assertEquals(expected.dim(), (int) actual.<Integer>getAs("dim"));
    assertEquals(expected.format().label(), actual.getAs("dtype"));
    assertArrayEquals(expected.index(), ints(actual.getList(actual.fieldIndex("index"))));
    assertArrayEquals(expected.data(), actual.<byte[]>getAs("data"));
  }

  /** Versions before 0.2 had LLaVA-Video's newline tokens in the block. */
  @Test
  void blockOfVersionsBefore_newlineTokens_areLeftOut() {
    String block =
        "named_struct('frames', 1, 'tokens_per_frame', 6, 'grid_height', 2, 'grid_width', 2, 'dim', 1, 'dtype', 'f16', 'data', unhex('%s'))";
    String old = block.formatted("003C" + "0040" + "007C" + "0042" + "0044" + "007C");
    Row kept = first("compress_tokens(%s, 'none')".formatted(old)).getStruct(0);
    assertArrayEquals(new int[] {0, 1, 2, 3}, ints(kept.getList(kept.fieldIndex("index"))));
    assertArrayEquals(new float[] {1, 2, 3, 4}, TokenFormat.F16.decode(kept.<byte[]>getAs("data")));
    String cut = block.formatted("003C" + "0040" + "007C" + "0042" + "0044");
    Exception error =
        assertThrows(Exception.class, () -> first("select_tokens(%s, 'none')".formatted(cut)));
    assertTrue(error.getMessage().contains("must hold 12 bytes; got 10"), error.getMessage());
  }

  @Test
  void rowBytesSql_ofEachFormat_isItsWidth() {
    for (TokenFormat dtype : TokenFormat.values()) {
      String sql = TokenColumns.rowBytesSql("3", "'" + dtype.label() + "'");
      assertEquals(dtype.bytes(3L), first(sql).getLong(0));
    }
    assertTrue(first(TokenColumns.rowBytesSql("3", "'int4'")).isNullAt(0));
  }

  @Test
  void scaleBytesSql_ofEachFormat_isThatOfAPlane() {
    for (TokenFormat dtype : TokenFormat.values()) {
      String sql = TokenColumns.scaleBytesSql("'" + dtype.label() + "'");
      assertEquals(dtype.scaleBytes(), first(sql).getLong(0));
    }
    assertTrue(first(TokenColumns.scaleBytesSql("'int4'")).isNullAt(0));
  }

  private static CompressedTokens compressed(String spec, TokenFormat dtype) {
    return BLOCK.keep(Compressors.of(spec).select(BLOCK), dtype);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "none",
        "uniform:retention=0.5",
        SPEC,
        "dycoke:prune=0.5",
        "dycoke:prune=0.5,mode=paper"
      })
  void selectTokens_eachMethod_givesTheLibrarysIndices(String spec) {
    int[] expected = Compressors.of(spec).select(BLOCK).places();
    assertArrayEquals(
        expected, ints(first("select_tokens(tokens, '" + spec + "')").getList(0)), "seed " + SEED);
  }

  /** Such constants are known when a query is optimised, not yet when it is analysed. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "concat('random:retention=0.5,seed=', unix_date(current_date()))",
        "concat('random:retention=0.5,seed=', length(current_user()))",
        "concat('random:retention=0.5,seed=', nvl(NULL, 7))",
        "nvl2(current_timestamp(), 'random:retention=0.5', 'shrink')"
      })
  void selectTokens_specKnownLate_givesTokens(String spec) {
    assertEquals(8 * 12, first("select_tokens(tokens, " + spec + ")").getList(0).size());
  }

  @Test
  void compressTokens_withoutDtype_keepsTheBlocksDtype() {
    assertTokens(
        compressed(SPEC, TokenFormat.F32),
        first("compress_tokens(tokens, '" + SPEC + "')").getStruct(0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"f32", "f16", "bf16", "int8", "fp8"})
  void compressTokens_withDtype_storesThatDtype(String dtype) {
    assertTokens(
        compressed(SPEC, TokenFormat.of(dtype)),
        first("compress_tokens(tokens, '" + SPEC + "', '" + dtype + "')").getStruct(0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.25", "0.25D", "CAST(0.25 AS FLOAT)", "id / 4.0D"})
  void vidcom2_numbersOfAnyType_equalsCompressTokens(String retention) {
    Row row =
        LocalSpark.extended()
            .sql(
                "SELECT vidcom2(tokens, %s) FROM videos, range(1, 2) WHERE tokens IS NOT NULL"
                    .formatted(retention))
            .first();
    assertTokens(compressed(SPEC, TokenFormat.F32), row.getStruct(0));
  }

  @Test
  void dycoke_pruneRate_equalsCompressTokens() {
    assertTokens(
        compressed("dycoke:prune=0.7", TokenFormat.F32), first("dycoke(tokens, 0.7)").getStruct(0));
  }

  @Test
  void frameBudgets_vidcom2_givesTheLibrarysShares() {
    TokenCompressor compressor = Compressors.of(SPEC);
    double[] actual =
        first("frame_budgets(tokens, '" + SPEC + "')").<Double>getList(0).stream()
            .mapToDouble(Double::doubleValue)
            .toArray();
    assertArrayEquals(compressor.frameBudgets(BLOCK), actual);
  }

  @Test
  void tokenStats_block_givesTheLibrarysStatistics() {
    List<Row> actual = first("token_stats(tokens)").getList(0);
    List<FrameStats> expected = TokenStats.of(BLOCK);
    assertEquals(expected.size(), actual.size());
    assertTrue(actual.get(0).isNullAt(1));
    for (int t = 1; t < actual.size(); t++) {
      assertEquals(expected.get(t).uniqueness(), actual.get(t).getDouble(0));
      assertEquals(
          expected.get(t).similarityToPrevious().orElseThrow(), actual.get(t).getDouble(1));
    }
  }

  @Test
  void select_unnamedCall_isNamedAsItIsWritten() {
    assertArrayEquals(
        new String[] {"select_tokens(tokens, none)", "vidcom2(tokens, 0.25)"},
        LocalSpark.extended()
            .sql("SELECT select_tokens(tokens, 'none'), vidcom2(tokens, 0.25) FROM videos")
            .columns());
  }

  @Test
  void columns_sessionWithoutExtension_giveTheSameAsSql() {
    var tokens = LocalSpark.blocks(LocalSpark.plain(), BLOCK);
    Row row =
        tokens
            .select(
                TokenColumns.selectTokens(tokens.col("tokens"), SPEC),
                TokenColumns.compressTokens(tokens.col("tokens"), SPEC, "f16"),
                TokenColumns.frameBudgets(tokens.col("tokens"), SPEC),
                TokenColumns.tokenStats(tokens.col("tokens")))
            .first();
    Row sql =
        first(
            "select_tokens(tokens, '%1$s'), compress_tokens(tokens, '%1$s', 'f16'), frame_budgets(tokens, '%1$s'), token_stats(tokens)"
                .formatted(SPEC));
    assertEquals(sql.getList(0), row.getList(0));
    assertTokens(compressed(SPEC, TokenFormat.F16), row.getStruct(1));
    assertEquals(sql.getList(2), row.getList(2));
    assertEquals(sql.getList(3), row.getList(3));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select_tokens(NULL, 'none')",
        "select_tokens(tokens, NULL)",
        "select_tokens(tokens, CAST(NULL AS STRING))",
        "compress_tokens(tokens, 'none', NULL)",
        "vidcom2(tokens, NULL)",
        "dycoke(NULL, 0.5)",
        "frame_budgets(tokens, if(id > 5, 'none', NULL))",
        "token_stats(NULL)"
      })
  void anyFunction_nullArgument_isNull(String call) {
    Row row =
        LocalSpark.extended()
            .sql("SELECT " + call + " FROM videos, range(1) WHERE tokens IS NOT NULL")
            .first();
    assertTrue(row.isNullAt(0));
  }

  @Test
  void everyFunction_nullBlockInAColumn_isNull() {
    Row row =
        LocalSpark.extended()
            .sql(
                "SELECT select_tokens(tokens, 'none'), compress_tokens(tokens, 'none'), vidcom2(tokens, 0.5), dycoke(tokens, 0.5), frame_budgets(tokens, 'none'), token_stats(tokens) FROM videos WHERE tokens IS NULL")
            .first();
    assertTrue(Arrays.stream(new int[] {0, 1, 2, 3, 4, 5}).allMatch(row::isNullAt), row.toString());
  }
}
