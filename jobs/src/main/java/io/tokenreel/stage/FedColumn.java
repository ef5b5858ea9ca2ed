package io.tokenreel.stage;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.udf;

import io.tokenreel.sql.TokenSchemas;
import io.tokenreel.token.CompressedTokens;
import io.tokenreel.token.FeedLayout;
import io.tokenreel.token.StoredRows;
import io.tokenreel.token.TokenFormat;
import io.tokenreel.token.TokenShape;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.api.java.UDF4;

/**
 * The column of what a language model is fed of a video: kept tokens with the model's own rows
 * woven in, {@link TokenSchemas#COMPRESSED} with {@link FeedLayout#CONSTANT} as those rows' index.
 */
public final class FedColumn {

  private FedColumn() {}

  /** Of rows of {@code tokens/}, which hold what is fed: {@link StageSchemas#FED}. */
  public static Column ofTokens() {
    return struct(
        col("frames"),
        col("grid_height"),
        col("grid_width"),
        col("dim"),
        col("planes"),
        col("dtype"),
        col("token_index").as("index"),
        col("tokens").as("data"),
        col("source_frames"),
        col("source_rate"),
        col("frame_index"),
        col("scales"));
  }

  /**
   * Of kept tokens.
   *
   * @param kept {@link TokenSchemas#COMPRESSED}, or an attempt that was not refused
   * @param grid a struct of {@code frames, grid_height, grid_width, planes}; of planes NULL is one
   * @param separatorRows rows that the model adds, {@code [rows][dim]} in the kept tokens' dtype,
   *     or f32 where that has scales; NULL for none
   * @param layout where it adds them, {@link FeedLayout.Kind#label}; NULL for closing rows
   */
  public static Column of(Column kept, Column grid, Column separatorRows, Column layout) {
    return udf((UDF4<Row, Row, byte[], String, Row>) FedColumn::feed, TokenSchemas.COMPRESSED)
        .apply(kept, grid, separatorRows, layout);
  }

  private static Row feed(Row kept, Row grid, byte[] separatorRows, String kind) {
    Integer planes = grid.getAs("planes");
    TokenShape shape =
        new TokenShape(
            grid.getAs("frames"),
            grid.getAs("grid_height"),
            grid.getAs("grid_width"),
            kept.<Integer>getAs("dim") / (planes == null ? 1 : planes),
            planes == null ? 1 : planes);
    byte[] scales = kept.getAs("scales");
    CompressedTokens tokens =
        new CompressedTokens(
            kept.getAs("dim"),
            StructArrays.ints(kept, kept.fieldIndex("index")),
            new StoredRows(
                TokenFormat.of(kept.getAs("dtype")),
                shape.dim(),
                kept.getAs("data"),
                scales == null ? StoredRows.NO_SCALES : scales));
    CompressedTokens fed = layout(tokens.format(), separatorRows, kind).feed(tokens, shape);
    return RowFactory.create(
        fed.dim(),
        fed.format().label(),
        fed.index(),
        fed.data(),
        scales == null ? null : fed.scales());
  }

  private static FeedLayout layout(TokenFormat format, byte[] separatorRows, String kind) {
    if (separatorRows == null) {
      return FeedLayout.plain();
    }
    return new FeedLayout(
        kind == null ? FeedLayout.Kind.CLOSING : FeedLayout.Kind.of(kind),
        format.withoutScales().decode(separatorRows));
  }
}
