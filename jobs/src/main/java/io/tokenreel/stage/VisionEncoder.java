package io.tokenreel.stage;

import io.tokenreel.files.TaskConfiguration;
import io.tokenreel.ml.ColumnTransformer;
import io.tokenreel.model.ComputeChoice;
import io.tokenreel.model.DeviceChoice;
import io.tokenreel.model.Models;
import io.tokenreel.sql.TokenSchemas;
import io.tokenreel.token.TokenFormat;
import java.io.Serializable;
import java.util.Arrays;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkContext;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;

/**
 * The stage that turns frames into visual tokens with a model's own vision tower (the token-block
 * struct), with a column beside it that says what came of it ({@link StageSchemas#ENCODING}).
 *
 * <p>It plays the part of DJL's Spark extension and keeps its names for Params: {@code engine},
 * {@code modelUrl}, {@code batchSize} (in frames), {@code inputCol}, {@code outputCol}. Unlike it,
 * there is one model per JVM and device, whatever the number of tasks, and it is closed.
 */
public final class VisionEncoder extends ColumnTransformer<VisionEncoder> {

  private static final long serialVersionUID = 1;

  /** What an executor needs to know to encode, resolved on the driver. */
  record Settings(
      String model,
      String encoder,
      DeviceChoice device,
      int batchFrames,
      TokenFormat dtype,
      VideoLimit limit)
      implements Serializable {}

  private final Param<String> engine =
      textParam(
          "engine",
          "the DJL engine that runs the model; PyTorch is the one there is",
          VisionEncoder::checkEngine);
  private final Param<String> modelUrl =
      textParam("modelUrl", "checkpoint folder on any Hadoop file system, or default", value -> {});
  private final Param<String> device =
      textParam(
          "device",
          DeviceChoice.WORDS
              + ", N counting the GPUs that the process sees; a GPU that Spark assigned to the task goes before",
          DeviceChoice::parse);
  private final Param<String> computeDtype =
      textParam(
          "computeDtype",
          ComputeChoice.WORDS
              + ": what the model's matrices are held and multiplied in, part of the model's name in results; auto is bf16 on a GPU and f32 on a CPU, unless modelUrl names a type",
          ComputeChoice::parse);
  private final IntParam batchSize =
      new IntParam(
          uid(),
          "batchSize",
          "frames that are handed to the tower together, across videos; on a GPU one forward pass, on the CPU a pass is always one frame, so that results are the same to the last bit",
          ParamValidators.gt(0));
  private final Param<String> tokenDtype =
      textParam(
          "tokenDtype",
          "how the tokens are handed on and stored: " + TokenFormat.labels(),
          TokenFormat::of);

  private final IntParam maxVideoTokens =
      new IntParam(
          uid(),
          "maxVideoTokens",
          "tokens that a video may have before compression; a larger one is not encoded and has the reason too_many_tokens; 0: any number that a row holds",
          ParamValidators.gtEq(VideoLimit.NONE));

  private final Param<String> encodingCol =
      textParam(
          "encodingCol",
          "name of the column for encoder, error, time and separator rows",
          value -> {});

  private transient StageCounters counters;

  /**
   * A stage with default settings: the default model, any device, 32 frames a batch, bf16 tokens.
   */
  public VisionEncoder() {
    this(Identifiable.randomUID("visionEncoder"));
  }

  /** A stage of a given uid, as MLlib makes it to copy or load one. */
  public VisionEncoder(String uid) {
    super(uid, "frames", "tokens");
    setDefault(encodingCol, "encoding");
    setDefault(engine, "PyTorch");
    setDefault(modelUrl, "default");
    setDefault(device, "auto");
    setDefault(computeDtype, ComputeChoice.AUTO.toString());
    setDefault(batchSize, 32);
    setDefault(tokenDtype, "bf16");
    setDefault(maxVideoTokens, VideoLimit.NONE);
  }

  private static void checkEngine(String name) {
    if (!name.equals("PyTorch")) {
      throw new IllegalArgumentException("unknown engine '" + name + "'; expected PyTorch");
    }
  }

  @Override
  protected DataType outputType(DataType inputType) {
    if (!FramesColumn.is(inputType)) {
      throw new IllegalArgumentException(
          "expected the frames that FrameDecoder gives, %s; got %s"
              .formatted(StageSchemas.FRAMES.simpleString(), inputType.simpleString()));
    }
    return TokenSchemas.PLANED_BLOCK;
  }

  @Override
  public StructType transformSchema(StructType schema) {
    StructType withTokens = super.transformSchema(schema);
    String encoding = getOrDefault(encodingCol);
    if (place(withTokens, encoding) >= 0) {
      throw new IllegalArgumentException(
          "%s: encodingCol '%s' exists already; set encodingCol to a name that is not among %s"
              .formatted(uid(), encoding, Arrays.toString(withTokens.fieldNames())));
    }
    return withTokens.add(encoding, StageSchemas.ENCODING);
  }

  @Override
  protected Dataset<Row> append(Dataset<Row> rows) {
    SparkContext context = rows.sparkSession().sparkContext();
    Configuration hadoop = context.hadoopConfiguration();
    DeviceChoice runsOn = DeviceChoice.parse(getOrDefault(device));
    String model =
        ComputingModel.of(
            context,
            getOrDefault(modelUrl),
            runsOn,
            ComputeChoice.parse(getOrDefault(computeDtype)));
    Settings settings =
        new Settings(
            model,
            Models.describe(model, hadoop).encoder(),
            runsOn,
            (Integer) getOrDefault(batchSize),
            TokenFormat.of(getOrDefault(tokenDtype)),
            new VideoLimit((Integer) getOrDefault(maxVideoTokens)));
    StageCounters counted = counters == null ? StageCounters.register(context, "encode") : counters;
    return new EncodePartition(
            place(rows.schema(), getInputCol()),
            settings,
            TaskConfiguration.broadcast(rows.sparkSession()),
            counted)
        .over(rows, transformSchema(rows.schema()));
  }

  /**
   * Counts this stage's work in the given counters rather than in some of its own; what MLlib
   * copies or saves of the stage does not know them.
   */
  public VisionEncoder countIn(StageCounters shared) {
    counters = shared;
    return this;
  }

  public Param<String> engine() {
    return engine;
  }

  public Param<String> modelUrl() {
    return modelUrl;
  }

  public Param<String> device() {
    return device;
  }

  public Param<String> computeDtype() {
    return computeDtype;
  }

  public IntParam batchSize() {
    return batchSize;
  }

  public Param<String> tokenDtype() {
    return tokenDtype;
  }

  public IntParam maxVideoTokens() {
    return maxVideoTokens;
  }

  public Param<String> encodingCol() {
    return encodingCol;
  }

  public VisionEncoder setEngine(String value) {
    return with(engine, value);
  }

  public VisionEncoder setModelUrl(String value) {
    return with(modelUrl, value);
  }

  public VisionEncoder setDevice(String value) {
    return with(device, value);
  }

  public VisionEncoder setComputeDtype(String value) {
    return with(computeDtype, value);
  }

  public VisionEncoder setBatchSize(int value) {
    set(batchSize, value);
    return this;
  }

  public VisionEncoder setTokenDtype(String value) {
    return with(tokenDtype, value);
  }

  public VisionEncoder setMaxVideoTokens(int value) {
    set(maxVideoTokens, value);
    return this;
  }

  public VisionEncoder setEncodingCol(String value) {
    return with(encodingCol, value);
  }

  /** Loads a saved stage. */
  public static MLReader<VisionEncoder> read() {
    return new DefaultParamsReader<>();
  }

  /** The stage that was saved at a path; Spark Connect loads by this method. */
  public static VisionEncoder load(String path) {
    return read().load(path);
  }
}
