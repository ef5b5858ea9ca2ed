package io.tokenreel.job;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.round;
import static org.apache.spark.sql.functions.sum;

import io.tokenreel.cache.CachedTokens;
import io.tokenreel.cache.TokenCache;
import io.tokenreel.model.safetensors.SafetensorsDtype;
import io.tokenreel.model.safetensors.SafetensorsWriter;
import io.tokenreel.model.safetensors.Tensor;
import java.io.BufferedOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Column;
import picocli.CommandLine.Help.TextTable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tokenreel inspect}: what a cache holds, or one video of it, which needs no Spark. */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Says what a cache holds; with --video-id looks one video up, and can export its tokens.")
final class InspectCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--cache",
      required = true,
      paramLabel = "DIR",
      description = "the cache's folder")
  private String cache;

  @Option(names = "--video-id", paramLabel = "ID", description = "look this video up")
  private String videoId;

  @Option(
      names = "--compression",
      paramLabel = "SPEC",
      converter = Specs.Compression.class,
      description =
          "of a video's rows the one with this compression; needed with --export where there are several")
  private String compression;

  @Option(
      names = "--export",
      paramLabel = "FILE.safetensors",
      description =
          "write the video's tokens, token_index and frame_seconds to this file; needs --video-id")
  private java.nio.file.Path export;

  @Mixin private SessionOptions session;

  @Override
  public Integer call() throws IOException {
    if (export != null && videoId == null) {
      throw new SettingsException("--export needs --video-id: it writes the tokens of one video");
    }
    if (videoId == null) {
      summarise();
      return 0;
    }
    Configuration hadoop = new Configuration();
    Caches.require(hadoop, cache);
    List<CachedTokens> rows = lookup(hadoop);
    PrintWriter out = spec.commandLine().getOut();
    rows.forEach(row -> out.println(line(row)));
    out.flush();
    if (export != null) {
      export(rows);
    }
    return 0;
  }

  private List<CachedTokens> lookup(Configuration hadoop) throws IOException {
    List<CachedTokens> rows;
    try {
      rows = TokenCache.open(hadoop, new Path(cache)).lookup(videoId);
    } catch (FileNotFoundException e) {
      throw new SettingsException(e.getMessage());
    }
    List<CachedTokens> wanted =
        rows.stream()
            .filter(row -> compression == null || row.compression().equals(compression))
            .toList();
    if (wanted.isEmpty()) {
      throw new SettingsException(
          rows.isEmpty()
              ? "no tokens of video '%s' in %s".formatted(videoId, cache)
              : "video '%s' has no tokens with --compression %s; it has %s"
                  .formatted(
                      videoId, compression, rows.stream().map(CachedTokens::compression).toList()));
    }
    return wanted;
  }

  private static String line(CachedTokens row) {
    return String.format(
        Locale.ROOT,
        "%s  %s  %s  %s  %s  %d of %d tokens (%.1f%%)  %s[%d]  %d frames of %dx%d  %.2f to %.2f s  sha256 %s",
        row.videoId(),
        row.outcome(),
        row.encoder(),
        row.sampling(),
        row.compression(),
        row.tokenCount(),
        row.frames() * row.tokensPerFrame(),
        100.0 * row.tokenCount() / (row.frames() * row.tokensPerFrame()),
        row.dtype().label(),
        row.dim(),
        row.frames(),
        row.gridHeight(),
        row.gridWidth(),
        row.frameSeconds()[0],
        row.frameSeconds()[row.frames() - 1],
        row.contentSha256().substring(0, 12));
  }

  private void export(List<CachedTokens> rows) throws IOException {
    if (rows.size() > 1) {
      throw new SettingsException(
          "--export writes one row; video '%s' has several: choose one with --compression from %s"
              .formatted(videoId, rows.stream().map(CachedTokens::compression).toList()));
    }
    CachedTokens row = rows.get(0);
    LinkedHashMap<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put(
        "tokens",
        new Tensor(
            SafetensorsDtype.valueOf(row.dtype().name()),
            List.of((long) row.tokenCount(), (long) row.dim()),
            ByteBuffer.wrap(row.tokens())));
    ByteBuffer index = ByteBuffer.allocate(4 * row.tokenCount()).order(ByteOrder.LITTLE_ENDIAN);
    index.asIntBuffer().put(row.tokenIndex());
    tensors.put(
        "token_index", new Tensor(SafetensorsDtype.I32, List.of((long) row.tokenCount()), index));
    ByteBuffer seconds = ByteBuffer.allocate(8 * row.frames()).order(ByteOrder.LITTLE_ENDIAN);
    seconds.asDoubleBuffer().put(row.frameSeconds());
    tensors.put(
        "frame_seconds", new Tensor(SafetensorsDtype.F64, List.of((long) row.frames()), seconds));
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(export))) {
      SafetensorsWriter.write(out, tensors, metadata(row));
    }
  }

  private static Map<String, String> metadata(CachedTokens row) {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("video_id", row.videoId());
    metadata.put("video_uri", row.videoUri());
    metadata.put("content_sha256", row.contentSha256());
    metadata.put("encoder", row.encoder());
    metadata.put("sampling", row.sampling());
    metadata.put("compression", row.compression());
    metadata.put("frames", Integer.toString(row.frames()));
    metadata.put("grid_height", Integer.toString(row.gridHeight()));
    metadata.put("grid_width", Integer.toString(row.gridWidth()));
    metadata.put("tokens_per_frame", Integer.toString(row.tokensPerFrame()));
    metadata.put("outcome", row.outcome());
    return metadata;
  }

  private void summarise() throws IOException {
    try (SparkSession spark = session.session("inspect")) {
      Caches.require(spark.sparkContext().hadoopConfiguration(), cache);
      PrintWriter out = spec.commandLine().getOut();
      print(
          out,
          spark
              .read()
              .parquet(cache + "/tokens")
              .groupBy("encoder", "sampling", "compression", "dtype", "outcome")
              .agg(
                  count(lit(1)).as("videos"),
                  sum(col("token_count").cast("long")).as("tokens"),
                  round(
                          sum("token_count")
                              .divide(sum(col("frames").multiply(col("tokens_per_frame")))),
                          4)
                      .as("share"),
                  sum(length(col("tokens"))).as("bytes"))
              .orderBy("encoder", "sampling", "compression", "outcome"));
      print(
          out,
          spark
              .read()
              .parquet(cache + "/outcomes")
              .groupBy("run_id", "outcome", "reason")
              .agg(count(lit(1)).as("videos"))
              .orderBy("run_id", "outcome", "reason"));
      out.flush();
    }
  }

  private void print(PrintWriter out, Dataset<Row> rows) {
    List<Row> collected = rows.collectAsList();
    List<String> columns = List.of(rows.columns());
    Column[] widths = new Column[columns.size()];
    for (int i = 0; i < widths.length; i++) {
      int column = i;
      int widest =
          collected.stream()
              .mapToInt(row -> String.valueOf(row.get(column)).length())
              .max()
              .orElse(0);
      widths[i] =
          new Column(2 + Math.max(widest, columns.get(i).length()), 0, Column.Overflow.SPAN);
    }
    TextTable table = TextTable.forColumns(spec.commandLine().getColorScheme(), widths);
    table.addRowValues(columns.toArray(String[]::new));
    for (Row row : collected) {
      table.addRowValues(
          columns.stream()
              .map(name -> String.valueOf(row.<Object>getAs(name)))
              .toArray(String[]::new));
    }
    out.println(table);
  }
}
