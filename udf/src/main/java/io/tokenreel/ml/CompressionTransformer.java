package io.tokenreel.ml;

import io.tokenreel.compress.Compressors;
import io.tokenreel.compress.SignalNeeds;
import io.tokenreel.sql.StoredDtype;
import io.tokenreel.sql.TokenColumns;
import io.tokenreel.sql.TokenSchemas;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;

/**
 * The compression stage: appends the tokens that a method keeps of each token block.
 *
 * <p>Reads {@link TokenSchemas#BLOCK} from {@code inputCol} (default {@code tokens}) and writes
 * {@link TokenSchemas#COMPRESSED} to {@code outputCol} (default {@code compressed}); a NULL block
 * stays NULL. The work is the SQL function {@code compress_tokens}, which is what {@code explain}
 * shows; the session needs no extension.
 *
 * <p>With {@code handleInvalid=keep} it writes {@link TokenSchemas#COMPRESSION_ATTEMPT}, which also
 * has the budgets and the time of each block, and the reason why a method refused one.
 */
public final class CompressionTransformer extends ColumnTransformer<CompressionTransformer> {

  /** Of {@code handleInvalid}: a block that the method refuses fails the query. */
  public static final String ERROR = "error";

  /** Of {@code handleInvalid}: the row of a block that the method refuses is kept and says why. */
  public static final String KEEP = "keep";

  private final Param<String> compression =
      textParam(
          "compression",
          "spec of the method, such as " + Compressors.DEFAULT,
          spec -> SignalNeeds.requireNone(Compressors.of(spec)));
  private final Param<String> tokenDtype =
      textParam(
          "tokenDtype", "how kept tokens are stored: " + StoredDtype.labels(), StoredDtype::parse);

  private final Param<String> handleInvalid =
      textParam(
          "handleInvalid",
          "what becomes of a block that the method refuses: error (the query fails) or keep (the result says why)",
          CompressionTransformer::checkHandling);

  public CompressionTransformer() {
    this(Identifiable.randomUID("compression"));
  }

  /**
   * @param uid the stage's unique id
   */
  public CompressionTransformer(String uid) {
    super(uid, "tokens", "compressed");
    setDefault(compression, Compressors.DEFAULT);
    setDefault(tokenDtype, StoredDtype.SAME);
    setDefault(handleInvalid, ERROR);
  }

  private static void checkHandling(String word) {
    if (!word.equals(ERROR) && !word.equals(KEEP)) {
      throw new IllegalArgumentException(
          "unknown handleInvalid '%s'; expected %s or %s".formatted(word, ERROR, KEEP));
    }
  }

  /** Reads what {@link #save} wrote. */
  public static MLReader<CompressionTransformer> read() {
    return new DefaultParamsReader<>();
  }

  /** The stage that was saved at a path. */
  public static CompressionTransformer load(String path) {
    return read().load(path);
  }

  @Override
  protected DataType outputType(DataType inputType) {
    TokenSchemas.requireBlock(inputType);
    return keepsInvalid() ? TokenSchemas.COMPRESSION_ATTEMPT : TokenSchemas.COMPRESSED;
  }

  @Override
  protected Dataset<Row> append(Dataset<Row> rows) {
    Column block = input(rows);
    return rows.withColumn(
        getOutputCol(),
        keepsInvalid()
            ? TokenColumns.tryCompressTokens(block, getCompression(), getTokenDtype())
            : TokenColumns.compressTokens(block, getCompression(), getTokenDtype()));
  }

  public Param<String> compression() {
    return compression;
  }

  public Param<String> tokenDtype() {
    return tokenDtype;
  }

  public Param<String> handleInvalid() {
    return handleInvalid;
  }

  public String getCompression() {
    return getOrDefault(compression);
  }

  public String getTokenDtype() {
    return getOrDefault(tokenDtype);
  }

  public String getHandleInvalid() {
    return getOrDefault(handleInvalid);
  }

  private boolean keepsInvalid() {
    return getHandleInvalid().equals(KEEP);
  }

  /**
   * Sets the compression.
   *
   * @throws IllegalArgumentException for an unknown method, key or value, or a method that needs
   *     signals, which blocks in columns do not have; the message lists what is allowed
   */
  public CompressionTransformer setCompression(String value) {
    return with(compression, value);
  }

  /**
   * Sets how the kept tokens are stored.
   *
   * @throws IllegalArgumentException for a name that is not among {@link StoredDtype#labels}
   */
  public CompressionTransformer setTokenDtype(String value) {
    return with(tokenDtype, value);
  }

  /**
   * Sets what becomes of a block that the method refuses.
   *
   * @throws IllegalArgumentException for another word than {@link #ERROR} and {@link #KEEP}
   */
  public CompressionTransformer setHandleInvalid(String value) {
    return with(handleInvalid, value);
  }
}
