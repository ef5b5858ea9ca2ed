package io.tokenreel.cli;

import io.tokenreel.cache.lookup.CachedTokens;
import io.tokenreel.cache.lookup.CatalogLookup;
import io.tokenreel.cache.lookup.TokenCache;
import io.tokenreel.cache.store.TableName;
import io.tokenreel.eval.task.PlainJson;
import io.tokenreel.files.Quoting;
import io.tokenreel.files.UserPath;
import io.tokenreel.pipeline.input.Caches;
import io.tokenreel.pipeline.setting.SettingsException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Column;
import picocli.CommandLine.Help.TextTable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code tokenreel inspect}: what a cache holds, or one video of it, which needs no Spark unless a
 * catalog has the tables.
 */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Says what a cache holds; with --video-id looks one video up, and can export its tokens.",
    footerHeading = CommandHelp.EXAMPLES,
    footer = {
      "  tokenreel inspect --cache /data/cache",
      "  tokenreel inspect --cache /data/cache --video-id a/b.mp4 --export b.safetensors"
    })
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
      names = "--encoder",
      paramLabel = "NAME@REVISION",
      description =
          "of a video's rows those of this encoder; needed with --export where there are several")
  private String encoder;

  @Option(
      names = "--sampling",
      paramLabel = "SPEC",
      converter = Specs.Sampling.class,
      description =
          "of a video's rows those of this sampling; needed with --export where there are several")
  private String sampling;

  @Option(
      names = "--compression",
      paramLabel = "SPEC",
      converter = Specs.Compression.class,
      description =
          "of a video's rows those with this compression; needed with --export where there are several")
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
    if (export != null && Files.isDirectory(export)) {
      throw new SettingsException(
          "--export must name a file; got the folder %s. Name a file in it".formatted(export));
    }
    if (videoId == null && (encoder != null || sampling != null || compression != null)) {
      throw new SettingsException(
          "--encoder, --sampling and --compression need --video-id: they choose among one video's rows");
    }
    if (videoId == null) {
      summarise();
      return 0;
    }
    Configuration hadoop = session.hadoop();
    Caches.require(hadoop, cache);
    List<CachedTokens> rows = wanted(lookup(hadoop));
    if (session.json()) {
      Map<String, Object> object = new LinkedHashMap<>();
      object.put("video_id", videoId);
      object.put("rows", rows.stream().map(InspectCommand::columns).toList());
      json(object);
    } else if (!session.quiet()) {
      PrintWriter out = spec.commandLine().getOut();
      rows.forEach(row -> out.println(line(row)));
      out.flush();
    }
    if (export != null) {
      SafetensorsExport.write(export, onlyOne(rows));
    }
    return 0;
  }

  private List<CachedTokens> lookup(Configuration hadoop) throws IOException {
    if (TableName.ofOutput(hadoop, UserPath.of(cache)).isPresent()) {
      try (CommandSession opened = session.open("inspect")) {
        return CatalogLookup.lookup(opened.spark(), UserPath.of(cache), videoId);
      }
    }
    try {
      return TokenCache.open(hadoop, UserPath.of(cache)).lookup(videoId);
    } catch (FileNotFoundException e) {
      throw new SettingsException(e.getMessage());
    }
  }

  /** Of a video's rows those that were asked for; at least one. */
  private List<CachedTokens> wanted(List<CachedTokens> rows) {
    List<CachedTokens> wanted =
        rows.stream()
            .filter(row -> isWanted(encoder, row.encoder()))
            .filter(row -> isWanted(sampling, row.sampling()))
            .filter(row -> isWanted(compression, row.compression()))
            .toList();
    if (wanted.isEmpty()) {
      throw new SettingsException(
          rows.isEmpty()
              ? "no tokens of video '%s' in %s".formatted(videoId, cache)
              : "video '%s' has no tokens with --encoder %s, --sampling %s and --compression %s; it has %s"
                  .formatted(
                      videoId, any(encoder), any(sampling), any(compression), settings(rows)));
    }
    return wanted;
  }

  private static boolean isWanted(String asked, String found) {
    return asked == null || asked.equals(found);
  }

  private static String any(String asked) {
    return asked == null ? "(any)" : asked;
  }

  /** What tells rows of a video apart. */
  private static String settings(List<CachedTokens> rows) {
    return rows.stream()
        .map(row -> String.join(" ", row.encoder(), row.sampling(), row.compression()))
        .collect(Collectors.joining("; "));
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

  private static Map<String, Object> columns(CachedTokens row) {
    Map<String, Object> columns = row.columns();
    columns.put("dim", row.dim());
    columns.put("dtype", row.dtype().label());
    columns.put("token_count", row.tokenCount());
    columns.put("frame_seconds", row.frameSeconds());
    return columns;
  }

  private CachedTokens onlyOne(List<CachedTokens> rows) {
    if (rows.size() > 1) {
      throw new SettingsException(
          "--export writes one row; video '%s' has several: choose one with --encoder, --sampling and --compression from %s"
              .formatted(videoId, settings(rows)));
    }
    return rows.get(0);
  }

  private void summarise() throws IOException {
    try (CommandSession opened = session.open("inspect")) {
      SparkSession spark = opened.spark();
      Caches.require(spark.sparkContext().hadoopConfiguration(), cache);
      CacheContents tokens = CacheContents.tokens(spark, UserPath.of(cache));
      CacheContents outcomes = CacheContents.outcomes(spark, UserPath.of(cache));
      CacheContents leftOut = CacheContents.leftOut(spark, UserPath.of(cache));
      if (session.json()) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("tokens", tokens.asMaps());
        object.put("outcomes", outcomes.asMaps());
        object.put("left_out", leftOut.asMaps());
        json(object);
      } else if (!session.quiet()) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(table(tokens));
        out.println(table(outcomes));
        if (!leftOut.rows().isEmpty()) {
          out.println("Names that runs left out of their input:");
          out.println(table(leftOut));
        }
        if (TableName.ofOutput(spark.sparkContext().hadoopConfiguration(), UserPath.of(cache))
            .isEmpty()) {
          out.printf(
              "All columns of all files: DuckDB's read_parquet(%s, union_by_name = true), Spark's option mergeSchema. Current rows alone, and other readers: docs/cache.md%n",
              Quoting.duckDbFiles(cache, "tokens/*.parquet"));
        }
        out.flush();
      }
    }
  }

  /** One object: the cache's folder and more members. */
  private void json(Map<String, Object> more) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("cache", cache);
    object.putAll(more);
    PrintWriter out = spec.commandLine().getOut();
    out.println(PlainJson.write(object));
    out.flush();
  }

  private TextTable table(CacheContents contents) {
    List<String> columns = contents.columns();
    Column[] widths = new Column[columns.size()];
    for (int i = 0; i < widths.length; i++) {
      int column = i;
      int widest =
          contents.rows().stream()
              .mapToInt(row -> String.valueOf(row.get(column)).length())
              .max()
              .orElse(0);
      widths[i] =
          new Column(2 + Math.max(widest, columns.get(i).length()), 0, Column.Overflow.SPAN);
    }
    TextTable table = TextTable.forColumns(spec.commandLine().getColorScheme(), widths);
    table.addRowValues(columns.toArray(String[]::new));
    for (Row row : contents.rows()) {
      table.addRowValues(
          columns.stream()
              .map(name -> String.valueOf(row.<Object>getAs(name)))
              .toArray(String[]::new));
    }
    return table;
  }
}
