package io.tokenreel.stage;

import io.tokenreel.files.TaskConfiguration;
import io.tokenreel.ml.ColumnTransformer;
import io.tokenreel.model.ComputeChoice;
import io.tokenreel.model.DeviceChoice;
import io.tokenreel.model.LanguageInfo;
import io.tokenreel.model.Models;
import io.tokenreel.model.kv.KvSpec;
import io.tokenreel.model.prompt.PromptTemplates;
import io.tokenreel.model.prompt.Scoring;
import io.tokenreel.token.FeedLayout;
import java.io.Serializable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkContext;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;

/**
 * The stage that answers questions about videos with a model's own language decoder: from a column
 * of visual tokens and one of questions ({@link StageSchemas#QUESTIONS}, whose elements may have
 * more fields) to a column of answers ({@link StageSchemas#ANSWERS}), one per question in their
 * order.
 *
 * <p>Visual tokens are {@link StageSchemas#FED}, all that the language model is fed with the rows'
 * places, {@link StageSchemas#VISUAL}, without them, or what {@link
 * io.tokenreel.ml.CompressionTransformer} gives. That is what was kept of the frames' tokens, and
 * the rows that the model adds after the last frame are appended here; it does not do for models
 * that need the places: those with rows in every frame, positions on several axes, or times. The
 * questions about tokens that a compression refused have its reason as their error.
 *
 * <p>A video's tokens are read once for all its questions. There is one model per JVM and device,
 * whatever the number of tasks, and it is closed.
 */
public final class AnswerGenerator extends ColumnTransformer<AnswerGenerator> {

  private static final long serialVersionUID = 1;

  /** What an executor needs to know to answer, resolved on the driver. */
  record Settings(
      String model,
      String decoder,
      DeviceChoice device,
      String template,
      String kv,
      Scoring scoring,
      boolean warmUp)
      implements Serializable {}

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
  private final Param<String> template =
      textParam(
          "template",
          "how a question becomes a prompt: chat, the checkpoint's own template, or qwen_1_5",
          PromptTemplates::checked);
  private final Param<String> kv =
      textParam(
          "kv",
          "how keys and values are kept while decoding: full, or dycoke:layer=3,prune=0.7,...",
          KvSpec::parse);
  private final Param<String> scoring =
      textParam(
          "scoring",
          "how answers are got: generate:tokens=N,form=letter|text or options:form=letter|text",
          Scoring::parse);
  private final Param<String> questionsCol =
      textParam("questionsCol", "name of the column of questions", value -> {});

  private transient StageCounters counters;
  private transient boolean warmUp;

  /** A stage with default settings: the default model, its chat template, greedy answers. */
  public AnswerGenerator() {
    this(Identifiable.randomUID("answerGenerator"));
  }

  /** A stage of a given uid, as MLlib makes it to copy or load one. */
  public AnswerGenerator(String uid) {
    super(uid, "visual", "answers");
    setDefault(questionsCol, "questions");
    setDefault(modelUrl, "default");
    setDefault(device, "auto");
    setDefault(computeDtype, ComputeChoice.AUTO.toString());
    setDefault(template, PromptTemplates.CHAT);
    setDefault(kv, KvSpec.FULL.toString());
    setDefault(scoring, Scoring.parse("generate").toString());
  }

  @Override
  protected DataType outputType(DataType inputType) {
    VisualColumn.require(inputType);
    return StageSchemas.ANSWERS;
  }

  @Override
  public StructType transformSchema(StructType schema) {
    try {
      QuestionColumn.of(schema, getOrDefault(questionsCol));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(uid() + ": questionsCol " + e.getMessage(), e);
    }
    return super.transformSchema(schema);
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
    LanguageInfo language = Models.describeLanguage(model, hadoop);
    KvSpec.parse(getOrDefault(kv)).requireLayers(language.layers());
    Settings settings =
        new Settings(
            model,
            language.decoder(),
            runsOn,
            getOrDefault(template),
            getOrDefault(kv),
            Scoring.parse(getOrDefault(scoring)),
            warmUp);
    FeedLayout layout = Models.describe(model, hadoop).layout();
    StageCounters counted = counters == null ? StageCounters.register(context, "answer") : counters;
    return new AnswerPartition(
            VisualColumn.of(rows.schema(), place(rows.schema(), getInputCol()), layout),
            QuestionColumn.of(rows.schema(), getOrDefault(questionsCol)),
            settings,
            TaskConfiguration.broadcast(rows.sparkSession()),
            counted)
        .over(rows, transformSchema(rows.schema()));
  }

  /**
   * Counts this stage's work, in questions, in the given counters rather than in some of its own;
   * what MLlib copies or saves of the stage does not know them.
   */
  public AnswerGenerator countIn(StageCounters shared) {
    counters = shared;
    return this;
  }

  /**
   * Has each process answer its first question a few times before the answer that counts, for times
   * that are to be compared; what MLlib copies or saves of the stage does not.
   */
  public AnswerGenerator afterWarmUp() {
    warmUp = true;
    return this;
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

  public Param<String> template() {
    return template;
  }

  public Param<String> kv() {
    return kv;
  }

  public Param<String> scoring() {
    return scoring;
  }

  public Param<String> questionsCol() {
    return questionsCol;
  }

  public AnswerGenerator setModelUrl(String value) {
    return with(modelUrl, value);
  }

  public AnswerGenerator setDevice(String value) {
    return with(device, value);
  }

  public AnswerGenerator setComputeDtype(String value) {
    return with(computeDtype, value);
  }

  public AnswerGenerator setTemplate(String value) {
    return with(template, value);
  }

  public AnswerGenerator setKv(String value) {
    return with(kv, value);
  }

  public AnswerGenerator setScoring(String value) {
    return with(scoring, value);
  }

  public AnswerGenerator setQuestionsCol(String value) {
    return with(questionsCol, value);
  }

  /** Loads a saved stage. */
  public static MLReader<AnswerGenerator> read() {
    return new DefaultParamsReader<>();
  }

  /** The stage that was saved at a path; Spark Connect loads by this method. */
  public static AnswerGenerator load(String path) {
    return read().load(path);
  }
}
