package io.tokenreel.sql;

import static org.apache.spark.sql.functions.col;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.compress.Compressors;
import io.tokenreel.ml.CompressionTransformer;
import io.tokenreel.testing.RandomBlocks;
import io.tokenreel.testing.RandomBlocks.Kind;
import io.tokenreel.token.CompressedTokens;
import io.tokenreel.token.TokenBlock;
import io.tokenreel.token.TokenFormat;
import io.tokenreel.token.TokenShape;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Blocks of int8 and fp8 in Spark: their scales go where their bytes go. */
class ScaledBlocksTest {

  private static final long SEED = 20261129;
  private static final String SPEC = "vidcom2:retention=0.25";
  private static final SparkSession SPARK = LocalSpark.extended();

  /** What a function returned before it had scales. */
  private static final String KEPT = "struct<dim:int,dtype:string,index:array<int>,data:binary>";

  private static TokenBlock block(TokenFormat format, int planes) {
    TokenShape shape = new TokenShape(8, 3, 4, 10, planes);
    float[] values = RandomBlocks.of(Kind.NORMAL, 8, 12, 10 * planes, SEED).rows().decode();
    return TokenBlock.ofFloats(shape, values).as(format);
  }

  private static Dataset<Row> table(SparkSession spark, TokenBlock block) {
    return spark.createDataFrame(
        List.of(RowFactory.create(TokenSchemas.planedRow(block))),
        new StructType().add("tokens", TokenSchemas.PLANED_BLOCK));
  }

  private static Row first(TokenBlock block, String call) {
    return table(SPARK, block).selectExpr(call + " AS it").first();
  }

  private static void assertKept(CompressedTokens expected, Row kept) {
    assertEquals(expected.format().label(), kept.getAs("dtype"));
    assertEquals(expected.dim(), kept.<Integer>getAs("dim"));
    assertArrayEquals(expected.data(), kept.<byte[]>getAs("data"), "seed " + SEED);
    assertArrayEquals(ScalesField.value(expected.rows()), kept.<byte[]>getAs("scales"));
  }

  @ParameterizedTest
  @CsvSource({"INT8, 1", "INT8, 2", "FP8, 1", "FP8, 2"})
  void compressTokens_ofScaledBlock_copiesBytesAndScales(TokenFormat format, int planes) {
    TokenBlock block = block(format, planes);
    CompressedTokens expected = block.keep(Compressors.of(SPEC).select(block), format);
    assertKept(
        expected, first(block, "compress_tokens(tokens, '%s')".formatted(SPEC)).getStruct(0));
    assertKept(expected, first(block, "vidcom2(tokens, 0.25)").getStruct(0));
    Row attempt =
        table(SPARK, block)
            .select(TokenColumns.tryCompressTokens(col("tokens"), SPEC, "same"))
            .first()
            .getStruct(0);
    assertKept(expected, attempt);
    Row staged =
        new CompressionTransformer()
            .setCompression(SPEC)
            .transform(table(LocalSpark.plain(), block))
            .first();
    assertKept(expected, staged.getStruct(staged.fieldIndex("compressed")));
  }

  @ParameterizedTest
  @EnumSource(
      value = TokenFormat.class,
      names = {"INT8", "FP8"})
  void tokenValues_ofScaledTokens_areCodeTimesScale(TokenFormat format) {
    TokenBlock block = block(format, 2);
    for (String of : List.of("tokens", "compress_tokens(tokens, 'none')")) {
      List<List<Float>> tokens = tokens(first(block, "token_values(%s)".formatted(of)));
      assertEquals(96, tokens.size());
      float[] expected = block.rows().decode();
      for (int i = 0; i < expected.length; i++) {
        assertEquals(expected[i], tokens.get(i / 20).get(i % 20), of + " " + i);
      }
    }
  }

  private static List<List<Float>> tokens(Row row) {
    return row.getList(0).stream()
        .map(
            token ->
                scala.jdk.javaapi.CollectionConverters.asJava((scala.collection.Seq<Float>) token))
        .map(List::copyOf)
        .toList();
  }

  @Test
  void makeBlock_int8_hasTheBytesOfTheFormat() {
    Row row =
        SPARK
            .sql(
                "SELECT hex(b.data), hex(b.scales), b.dtype, token_values(b) FROM (SELECT make_block(array(127, -1, 2, 0, 25.4, 12.7), 1, 1, 2, 'int8') AS b)")
            .first();
    assertEquals("7FFF02" + "007F40", row.getString(0)); // 63.5 to even
    assertEquals("0000803F" + "CDCC4C3E", row.getString(1));
    assertEquals("int8", row.getString(2));
    assertTrue(SPARK.sql("SELECT make_block(array(1, 2), 1, 1, 2).scales").first().isNullAt(0));
  }

  @Test
  void readers_withoutScales_sayWhereTheyAre() {
    String block =
        "named_struct('frames', 1, 'tokens_per_frame', 1, 'grid_height', 1, 'grid_width', 1, 'dim', 2, 'dtype', 'int8', 'data', unhex('0102')%s)";
    for (String scales : List.of("", ", 'scales', CAST(NULL AS BINARY)")) {
      for (String call : List.of("select_tokens(%s, 'none')", "token_values(%s)")) {
        assertError(call.formatted(block.formatted(scales)), "tokens of int8 need a field scales");
      }
    }
    assertError(
        "select_tokens(%s, 'none')".formatted(block.formatted(", 'scales', unhex('00')")),
        "scales of 1 int8 rows must hold 4 bytes, a float32 per row; got 1");
    assertError(
        "token_values(%s)".formatted(block.formatted(", 'scales', unhex('00')")),
        "scales of 1 int8 rows must hold 4 bytes, a float32 per row; got 1");
    assertError(
        "make_block(unhex('0102'), 1, 1, 1, 'fp8')",
        "binary values of fp8 are without their scales");
    assertEquals(
        "[0]",
        SPARK
            .sql(
                "SELECT CAST(select_tokens(%s, 'none') AS STRING)"
                    .formatted(block.formatted(", 'scales', unhex('0000803F')")))
            .first()
            .getString(0));
  }

  private static void assertError(String call, String message) {
    Throwable error = assertThrows(Exception.class, () -> SPARK.sql("SELECT " + call).collect());
    assertTrue(error.getMessage().contains(message), error.getMessage());
  }

  /** A return type of before takes the fields that it has; the one of now has scales. */
  @ParameterizedTest
  @ValueSource(strings = {"f32", "int8"})
  void javaFunction_declaredBeforeAndNow_givesTheFieldsOfItsType(String dtype) {
    TokenBlock block = block(TokenFormat.BF16, 1);
    CompressedTokens expected =
        block.keep(Compressors.of("none").select(block), TokenFormat.of(dtype));
    for (String type : List.of(KEPT, TokenSchemas.COMPRESSED.catalogString())) {
      SparkSession session = LocalSpark.plain().newSession();
      session
          .udf()
          .registerJava(
              "compress_as",
              "io.tokenreel.sql.udf.CompressTokensAs",
              org.apache.spark.sql.types.DataType.fromDDL(type));
      Row kept =
          table(session, block)
              .selectExpr("compress_as(tokens, 'none', '%s')".formatted(dtype))
              .first()
              .getStruct(0);
      assertArrayEquals(expected.data(), kept.<byte[]>getAs("data"), type);
      boolean hasScales = Arrays.asList(kept.schema().fieldNames()).contains("scales");
      assertEquals(!type.equals(KEPT), hasScales);
      if (hasScales) {
        assertKept(expected, kept);
      }
    }
  }
}
