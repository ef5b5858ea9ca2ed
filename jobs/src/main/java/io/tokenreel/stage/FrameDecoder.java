package io.tokenreel.stage;

import io.tokenreel.files.TaskConfiguration;
import io.tokenreel.ml.ColumnTransformer;
import io.tokenreel.model.Models;
import io.tokenreel.video.DecodeCheck;
import io.tokenreel.video.DecodeLimits;
import io.tokenreel.video.DecoderSettings;
import io.tokenreel.video.FixedFit;
import io.tokenreel.video.FrameFit;
import io.tokenreel.video.FrameSize;
import io.tokenreel.video.SamplingSpec;
import java.time.Duration;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The stage that turns a column of video URIs into sampled frames, resized for an encoder ({@link
 * StageSchemas#FRAMES}). A bad video is a row with its reason, never an error of the job.
 *
 * <p>Each Spark task has a decoder process to itself and decodes ahead of whoever reads the frames,
 * bounded by {@code decodeAheadBytes}.
 */
public final class FrameDecoder extends ColumnTransformer<FrameDecoder> {

  private static final long serialVersionUID = 1;

  private final Param<String> idCol =
      textParam(
          "idCol",
          "column that holds the video's id, for log lines; empty: its URI serves",
          value -> {});
  private final Param<String> lengthCol =
      textParam(
          "lengthCol",
          "bigint column that holds the video's length in bytes, which what is read must have, or NULL; empty: none",
          value -> {});
  private final Param<String> sampling =
      textParam(
          "sampling", "which frames to return, such as uniform:frames=32", SamplingSpec::parse);
  private final Param<String> modelUrl =
      textParam(
          "modelUrl",
          "checkpoint folder, or default, of the encoder whose frame size is taken; empty: fit, or frameHeight and frameWidth",
          value -> {});
  private final Param<String> fit =
      textParam(
          "fit",
          "how frames are sized, fixed:384x384 or smart:factor=28,min=3136,max=12845056; empty: by modelUrl or frameHeight",
          FrameDecoder::checkFit);
  private final IntParam frameHeight =
      new IntParam(
          uid(), "frameHeight", "height in pixels of the frames returned", ParamValidators.gt(0));
  private final IntParam frameWidth =
      new IntParam(
          uid(), "frameWidth", "width in pixels of the frames returned", ParamValidators.gt(0));
  private final Param<String> check =
      textParam(
          "check",
          "sampled: errors on the way to the sampled frames count; full: everything is decoded",
          FrameDecoder::checkOf);
  private final IntParam timeoutSeconds =
      new IntParam(
          uid(),
          "timeoutSeconds",
          "wall time that one video may take, and processor time",
          ParamValidators.gt(0));
  private final IntParam memoryMegabytes =
      new IntParam(
          uid(),
          "memoryMegabytes",
          "memory that a decoder process may take",
          ParamValidators.gtEq(DecodeLimits.LEAST_MEGABYTES));
  private final IntParam maxDurationHours =
      new IntParam(
          uid(),
          "maxDurationHours",
          "hours that a video may last from its first frame to its last; a longer one is FAILED"
              + " (too_large)",
          ParamValidators.inRange(1, DecodeLimits.MOST_HOURS));
  private final LongParam decodeAheadBytes =
      new LongParam(
          uid(),
          "decodeAheadBytes",
          "bytes of frames that may wait for the encoder in each task",
          ParamValidators.gt(0));

  private transient StageCounters counters;

  /**
   * A stage with default settings: 32 uniform frames; the frame size has no default, and is set by
   * {@link #setModelUrl}, {@link #setFit} or {@link #setFrameSize}.
   */
  public FrameDecoder() {
    this(Identifiable.randomUID("frameDecoder"));
  }

  /** A stage of a given uid, as MLlib makes it to copy or load one. */
  public FrameDecoder(String uid) {
    super(uid, "video_uri", "frames");
    setDefault(idCol, "");
    setDefault(lengthCol, "");
    setDefault(modelUrl, "");
    setDefault(fit, "");
    setDefault(sampling, "uniform:frames=32");
    setDefault(check, "sampled");
    setDefault(timeoutSeconds, (int) DecodeLimits.DEFAULT.wall().toSeconds());
    setDefault(memoryMegabytes, DecodeLimits.DEFAULT.memoryMegabytes());
    setDefault(maxDurationHours, (int) DecodeLimits.DEFAULT.maxVideo().toHours());
    setDefault(decodeAheadBytes, 256L << 20);
  }

  @Override
  protected DataType outputType(DataType inputType) {
    if (!inputType.equals(DataTypes.StringType)) {
      throw new IllegalArgumentException(
          "expected string (a video's path or URI); got " + inputType.simpleString());
    }
    return StageSchemas.FRAMES;
  }

  @Override
  public StructType transformSchema(StructType schema) {
    requireType(schema, "idCol", getOrDefault(idCol), DataTypes.StringType);
    requireType(schema, "lengthCol", getOrDefault(lengthCol), DataTypes.LongType);
    return super.transformSchema(schema);
  }

  private void requireType(StructType schema, String param, String name, DataType type) {
    int place = place(schema, name);
    if (!name.isEmpty() && (place < 0 || !schema.apply(place).dataType().equals(type))) {
      throw new IllegalArgumentException(
          "%s: %s '%s' is not a %s column among %s"
              .formatted(uid(), param, name, type.simpleString(), schema.simpleString()));
    }
  }

  @Override
  protected Dataset<Row> append(Dataset<Row> rows) {
    Configuration hadoop = rows.sparkSession().sparkContext().hadoopConfiguration();
    StructType schema = rows.schema();
    int uri = place(schema, getInputCol());
    int id = getOrDefault(idCol).isEmpty() ? uri : place(schema, getOrDefault(idCol));
    DecodePartition partition =
        new DecodePartition(
            id,
            uri,
            getOrDefault(lengthCol).isEmpty() ? -1 : place(schema, getOrDefault(lengthCol)),
            settings(frameFit(hadoop)),
            (Long) getOrDefault(decodeAheadBytes),
            TaskConfiguration.broadcast(rows.sparkSession()),
            countersOf(rows));
    return partition.over(rows, transformSchema(schema));
  }

  private static void checkFit(String text) {
    if (!text.isEmpty()) {
      FrameFit.parse(text);
    }
  }

  private FrameFit frameFit(Configuration hadoop) {
    String model = getOrDefault(modelUrl);
    String fitted = getOrDefault(fit);
    boolean sized = isSet(frameHeight) && isSet(frameWidth);
    boolean unsized = !isSet(frameHeight) && !isSet(frameWidth);
    boolean isOne =
        sized
            ? model.isEmpty() && fitted.isEmpty()
            : unsized && model.isEmpty() != fitted.isEmpty();
    if (!isOne) {
      throw new IllegalArgumentException(
          "%s: set either modelUrl to the encoder's checkpoint, whose frame size is taken, or fit, or frameHeight and frameWidth; got %s"
              .formatted(uid(), extractParamMap()));
    }
    if (sized) {
      return new FixedFit(
          new FrameSize((Integer) getOrDefault(frameHeight), (Integer) getOrDefault(frameWidth)));
    }
    if (!fitted.isEmpty()) {
      return FrameFit.parse(fitted);
    }
    return Models.describe(model, hadoop).fit();
  }

  private DecoderSettings settings(FrameFit size) {
    return new DecoderSettings(
        SamplingSpec.parse(getOrDefault(sampling)),
        size,
        checkOf(getOrDefault(check)),
        DecodeLimits.DEFAULT
            .withTime(Duration.ofSeconds((Integer) getOrDefault(timeoutSeconds)))
            .withMemoryMegabytes((Integer) getOrDefault(memoryMegabytes))
            .withMaxVideo(Duration.ofHours((Integer) getOrDefault(maxDurationHours))));
  }

  private static DecodeCheck checkOf(String text) {
    for (DecodeCheck known : DecodeCheck.values()) {
      if (known.name().toLowerCase(Locale.ROOT).equals(text)) {
        return known;
      }
    }
    throw new IllegalArgumentException("unknown check '" + text + "'; expected sampled or full");
  }

  private StageCounters countersOf(Dataset<Row> rows) {
    return counters == null
        ? StageCounters.register(rows.sparkSession().sparkContext(), "decode")
        : counters;
  }

  /**
   * Counts this stage's work in the given counters rather than in some of its own; what MLlib
   * copies or saves of the stage does not know them.
   */
  public FrameDecoder countIn(StageCounters shared) {
    counters = shared;
    return this;
  }

  public Param<String> idCol() {
    return idCol;
  }

  public Param<String> lengthCol() {
    return lengthCol;
  }

  public Param<String> sampling() {
    return sampling;
  }

  public Param<String> modelUrl() {
    return modelUrl;
  }

  public Param<String> fit() {
    return fit;
  }

  public IntParam frameHeight() {
    return frameHeight;
  }

  public IntParam frameWidth() {
    return frameWidth;
  }

  public Param<String> check() {
    return check;
  }

  public IntParam timeoutSeconds() {
    return timeoutSeconds;
  }

  public IntParam memoryMegabytes() {
    return memoryMegabytes;
  }

  public IntParam maxDurationHours() {
    return maxDurationHours;
  }

  public LongParam decodeAheadBytes() {
    return decodeAheadBytes;
  }

  public FrameDecoder setIdCol(String value) {
    return with(idCol, value);
  }

  public FrameDecoder setLengthCol(String value) {
    return with(lengthCol, value);
  }

  public FrameDecoder setSampling(String value) {
    return with(sampling, value);
  }

  /** Takes the frame size that the encoder of a checkpoint wants. */
  public FrameDecoder setModelUrl(String value) {
    return with(modelUrl, value);
  }

  /**
   * Sets how frames are sized.
   *
   * @throws IllegalArgumentException as {@link FrameFit#parse} does
   */
  public FrameDecoder setFit(String value) {
    return with(fit, value);
  }

  /** Sets the height and width in pixels that an encoder wants. */
  public FrameDecoder setFrameSize(int height, int width) {
    set(frameHeight, height);
    set(frameWidth, width);
    return this;
  }

  public FrameDecoder setCheck(String value) {
    return with(check, value);
  }

  public FrameDecoder setTimeoutSeconds(int value) {
    set(timeoutSeconds, value);
    return this;
  }

  public FrameDecoder setMemoryMegabytes(int value) {
    set(memoryMegabytes, value);
    return this;
  }

  public FrameDecoder setMaxDurationHours(int value) {
    set(maxDurationHours, value);
    return this;
  }

  public FrameDecoder setDecodeAheadBytes(long value) {
    set(decodeAheadBytes, value);
    return this;
  }

  /** Loads a saved stage. */
  public static MLReader<FrameDecoder> read() {
    return new DefaultParamsReader<>();
  }

  /** The stage that was saved at a path; Spark Connect loads by this method. */
  public static FrameDecoder load(String path) {
    return read().load(path);
  }
}
