package io.tokenreel.sweep;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.type.CollectionType;
import io.tokenreel.cache.CacheKey;
import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.EncodingSetting;
import io.tokenreel.cache.VideoContent;
import io.tokenreel.cache.store.CommittedRows;
import io.tokenreel.eval.result.Cell;
import io.tokenreel.eval.result.Example;
import io.tokenreel.eval.stat.ScoreKey;
import io.tokenreel.files.Stores;
import io.tokenreel.files.UserPath;
import io.tokenreel.model.Models;
import io.tokenreel.model.VisionInfo;
import io.tokenreel.model.prompt.OptionLetters;
import io.tokenreel.pipeline.run.CacheKeys;
import io.tokenreel.stage.FrameDecoder;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The videos that a sweep's report shows: those whose questions the cells disagree about most, as
 * the first model sees them by the first sampling. They are kept in a file, so that a report is
 * made again without the videos.
 */
final class SweepExamples {

  private static final String FILE = "examples.json";

  /** Files of versions before 0.2 say how many tokens a frame has, which follows from its grid. */
  private static final ObjectMapper JSON =
      new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  private final SparkSession spark;
  private final Path output;

  SweepExamples(SparkSession spark, Path output) {
    this.spark = spark;
    this.output = output;
  }

  /**
   * Chooses, decodes and keeps them.
   *
   * @param samples rows of {@link SweepSamples#of}
   */
  List<Example> make(SweepSettings settings, Dataset<Row> samples) throws IOException {
    VisionInfo vision =
        Models.describe(settings.models().get(0), spark.sparkContext().hadoopConfiguration());
    String sampling = settings.samplings().get(0);
    List<Example> examples = new ArrayList<>();
    String decoder = new CacheKeys(spark, output).decoder(settings.models().get(0));
    Dataset<Row> own =
        samples.filter(col("sampling").equalTo(sampling).and(col("model").equalTo(decoder)));
    Dataset<Row> shown = chosen(own, settings);
    EncodingSetting encoding =
        new CacheKeys(spark, output).encoding(settings.models().get(0), sampling);
    List<Row> videos = decoded(shown, vision, sampling).collectAsList();
    Map<VideoContent, List<Row>> selections = selections(videos, encoding, settings);
    Map<String, List<Row>> asked = asked(videos, own);
    for (Row video : videos) {
      List<Row> ofVideo = selections.get(content(video));
      if (ofVideo != null) { // a compression may have refused the video
        examples.add(
            example(
                video,
                vision.grid().framesPerStep(),
                ofVideo,
                asked(asked.get(content(video).videoId()))));
      }
    }
    try (OutputStream out = fileSystem().create(UserPath.below(output, FILE), true)) {
      JSON.writeValue(out, examples);
    }
    return examples;
  }

  /** What {@link #make} kept; none where nothing was. */
  List<Example> read() throws IOException {
    Path file = UserPath.below(output, FILE);
    if (!fileSystem().exists(file)) {
      return List.of();
    }
    CollectionType examples =
        JSON.getTypeFactory().constructCollectionType(List.class, Example.class);
    try (InputStream in = fileSystem().open(file)) {
      return JSON.readValue(in, examples);
    }
  }

  private FileSystem fileSystem() throws IOException {
    return Stores.of(output, spark.sparkContext().hadoopConfiguration());
  }

  /** Where half of the cells are right and half are wrong, cells disagree most. */
  private static Dataset<Row> chosen(Dataset<Row> samples, SweepSettings settings) {
    return samples
        .filter(col("score").isNotNull().and(col("video_missing").equalTo(false)))
        .groupBy("video_id", "video_uri", "question_id")
        .agg(avg("score").as("right"))
        .groupBy("video_id", "video_uri")
        .agg(avg(col("right").multiply(lit(1).minus(col("right")))).as("disagreement"))
        .orderBy(col("disagreement").desc(), col("video_id"))
        .limit(settings.examples())
        .select("video_id", "video_uri");
  }

  private static Dataset<Row> decoded(Dataset<Row> videos, VisionInfo vision, String sampling) {
    return new FrameDecoder()
        .setIdCol("video_id")
        .setSampling(sampling)
        .setFit(vision.fit().toString())
        .transform(videos.withColumn("video_bytes", lit(null).cast("long")))
        .filter(col("frames.rgb").isNotNull());
  }

  private static VideoContent content(Row decoded) {
    return new VideoContent(
        decoded.getAs("video_id"), decoded.<Row>getAs("frames").getAs("content_sha256"));
  }

  private static Object[] ids(List<Row> videos) {
    return videos.stream().map(video -> content(video).videoId()).toArray();
  }

  private Map<VideoContent, List<Row>> selections(
      List<Row> videos, EncodingSetting encoding, SweepSettings settings) throws IOException {
    return CommittedRows.of(spark, output, CacheTable.SELECTIONS)
        .filter(col(VideoContent.ID).isin(ids(videos)))
        .filter(encoding.matches())
        .filter(CacheKey.compressedBy(settings.compressions()))
        .orderBy("compression")
        .collectAsList()
        .stream()
        .collect(
            Collectors.groupingBy(
                row ->
                    new VideoContent(row.getAs(VideoContent.ID), row.getAs(VideoContent.SHA256))));
  }

  private static Map<String, List<Row>> asked(List<Row> videos, Dataset<Row> samples) {
    return samples
        .filter(col("video_id").isin(ids(videos)))
        .orderBy("task", "version", "doc_id", "model", "compression", "kv")
        .collectAsList()
        .stream()
        .collect(Collectors.groupingBy(row -> row.getAs("video_id")));
  }

  private static Example example(
      Row video, int framesPerStep, List<Row> selections, List<Example.Asked> asked)
      throws IOException {
    Row first = selections.get(0);
    return new Example(
        content(video).videoId(),
        asked.get(0).answers().get(0).cell().baseline(),
        first.getAs("grid_height"),
        first.getAs("grid_width"),
        pictures(video.getAs("frames"), framesPerStep),
        selections.stream().map(SweepExamples::kept).toList(),
        asked);
  }

  private static Example.Kept kept(Row selection) {
    return new Example.Kept(
        selection.getAs("compression"),
        selection.<Integer>getList(selection.fieldIndex("token_index")).stream()
            .mapToInt(Integer::intValue)
            .toArray(),
        selection.<Double>getList(selection.fieldIndex("frame_budgets")).stream()
            .mapToDouble(Double::doubleValue)
            .toArray());
  }

  /** The first frame of each step. */
  private static List<Example.Frame> pictures(Row frames, int framesPerStep) throws IOException {
    int height = frames.getAs("height");
    int width = frames.getAs("width");
    byte[] rgb = frames.getAs("rgb");
    List<Long> micros = frames.getList(frames.fieldIndex("pts_micros"));
    List<Example.Frame> pictures = new ArrayList<>();
    for (int frame = 0; frame < micros.size(); frame += framesPerStep) {
      BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
      for (int pixel = 0; pixel < width * height; pixel++) {
        int at = (frame * width * height + pixel) * 3;
        int colour = (rgb[at] & 0xff) << 16 | (rgb[at + 1] & 0xff) << 8 | (rgb[at + 2] & 0xff);
        picture.setRGB(pixel % width, pixel / width, colour);
      }
      ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
      ImageIO.write(picture, "jpeg", jpeg);
      pictures.add(new Example.Frame(micros.get(frame) / 1e6, jpeg.toByteArray()));
    }
    return pictures;
  }

  private static List<Example.Asked> asked(List<Row> samples) {
    Map<String, Example.Asked> questions = new LinkedHashMap<>();
    for (Row row : samples) {
      Cell cell = ScoreKey.cell(row);
      Double score = row.getAs("score");
      questions
          .computeIfAbsent(
              row.getAs("task") + " " + row.getAs("version") + " " + row.getAs("question_id"),
              key ->
                  new Example.Asked(
                      row.getAs("task"),
                      row.getAs("question_id"),
                      row.getAs("question"),
                      gold(row),
                      new ArrayList<>()))
          .answers()
          .add(new Example.Said(cell, row.getAs("response"), score == null ? null : score > 0));
    }
    return List.copyOf(questions.values());
  }

  /** The right option with its letter, where there are options. */
  static String gold(Row row) {
    String gold = row.getAs("gold");
    List<String> options = row.getList(row.fieldIndex("options"));
    int place = OptionLetters.place(gold);
    return place >= 0 && place < options.size() ? options.get(place) : gold;
  }
}
