package io.tokenreel.cli;

import static org.apache.spark.sql.functions.col;

import io.tokenreel.cache.CacheKey;
import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.EncoderCard;
import io.tokenreel.cache.EncodingSetting;
import io.tokenreel.cache.VideoContent;
import io.tokenreel.cache.lookup.CachedTokens;
import io.tokenreel.cache.lookup.CatalogLookup;
import io.tokenreel.cache.lookup.TokenCache;
import io.tokenreel.cache.store.CommittedRows;
import io.tokenreel.cache.store.TableName;
import io.tokenreel.eval.task.PlainJson;
import io.tokenreel.files.UserPath;
import io.tokenreel.pipeline.input.Caches;
import io.tokenreel.pipeline.setting.SettingsException;
import io.tokenreel.spec.Spec;
import io.tokenreel.sql.Columns;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/**
 * {@code tokenreel export}: rows of a cache as files that a model server reads. Videos that are
 * named need no Spark unless a catalog has the tables; all videos of a cache are listed by one.
 */
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Writes a cache's current rows as files that a model server reads. Exit status 3 when a video does not fit the server and was left out.",
    footerHeading = CommandHelp.EXAMPLES,
    footer = {
      "  tokenreel export --for vllm-ec --cache /data/cache --output /data/ec --compression evs:prune=0.75",
      "  tokenreel export --for vllm-ec --cache /data/cache --output /data/ec --video-id a/b.mp4"
    })
final class ExportCommand implements Callable<Integer> {

  private static final int LEFT_OUT = 3;

  @picocli.CommandLine.Spec private CommandSpec spec;

  @Option(
      names = "--cache",
      required = true,
      paramLabel = "DIR",
      description = "the cache's folder")
  private String cache;

  @Option(
      names = "--video-id",
      arity = "1..*",
      paramLabel = "ID",
      description = "export these videos (default: all)")
  private List<String> videoIds = List.of();

  @Option(
      names = "--encoder",
      paramLabel = "NAME@REVISION",
      description = "rows of this encoder; needed where the cache has several")
  private String encoder;

  @Option(
      names = "--sampling",
      paramLabel = "SPEC",
      converter = Specs.Sampling.class,
      description = "rows of this sampling; needed where the cache has several")
  private String sampling;

  @Option(
      names = "--compression",
      paramLabel = "SPEC",
      converter = Specs.Compression.class,
      description = "rows with this compression; needed where the cache has several")
  private String compression;

  @Option(
      names = "--for",
      required = true,
      paramLabel = "vllm-ec",
      converter = Specs.Server.class,
      description =
          "what reads the files: vllm-ec, the encoder-cache connector ECExampleConnector of vLLM")
  @SuppressWarnings("UnusedVariable") // there is one so far
  private String server;

  @Option(
      names = "--pruning-rate",
      paramLabel = "Q",
      description =
          "--video-pruning-rate of the server, from 0 to below 1 (default: what the compression is made for: prune of evs, 1 - retention of others, 0 of none)")
  private Double pruningRate;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      converter = Specs.LocalFolder.class,
      description =
          "the folder of the files: empty, not there, or one of an export before, whose files stay as they are")
  private Path output;

  @Mixin private SessionOptions session;

  /** The rows of a video's current bytes. */
  @FunctionalInterface
  private interface Lookup {
    List<CachedTokens> rows(String videoId) throws IOException;
  }

  /** What was exported. */
  private static final class Counts {
    private long videos;
    private long written;
    private long leftOut;
    private long bytes;
  }

  @Override
  public Integer call() throws IOException {
    if (pruningRate != null && !(pruningRate >= 0 && pruningRate < 1)) {
      throw new SettingsException(
          "--pruning-rate must be a number from 0 to below 1; got " + pruningRate);
    }
    Configuration hadoop = session.hadoop();
    Caches.require(hadoop, cache);
    boolean inCatalog = TableName.ofOutput(hadoop, UserPath.of(cache)).isPresent();
    if (!inCatalog && !videoIds.isEmpty()) {
      return export(hadoop, videoIds.iterator(), ofFiles(hadoop));
    }
    try (CommandSession opened = session.open("export")) {
      SparkSession spark = opened.spark();
      Iterator<String> ids = videoIds.isEmpty() ? allIds(spark) : videoIds.iterator();
      return export(
          hadoop,
          ids,
          inCatalog ? id -> CatalogLookup.lookup(spark, UserPath.of(cache), id) : ofFiles(hadoop));
    }
  }

  private Lookup ofFiles(Configuration hadoop) throws IOException {
    try {
      return TokenCache.open(hadoop, UserPath.of(cache))::lookup;
    } catch (FileNotFoundException e) {
      throw new SettingsException(e.getMessage());
    }
  }

  /** The ids of all videos that have rows of the one setting that there is, sorted. */
  private Iterator<String> allIds(SparkSession spark) throws IOException {
    Dataset<Row> rows = CommittedRows.current(spark, UserPath.of(cache), CacheTable.TOKENS);
    for (Column wanted : wantedColumns()) {
      rows = rows.filter(wanted);
    }
    Column[] setting = Columns.quoted(CacheKey.SETTING);
    List<String> settings =
        rows.select(setting).distinct().orderBy(setting).collectAsList().stream()
            .map(row -> setting(row.getString(0), row.getString(1), row.getString(2)))
            .toList();
    if (settings.isEmpty()) {
      throw new SettingsException("no tokens in %s with these options".formatted(cache));
    }
    requireOne("the cache", settings);
    Iterator<Row> ids =
        rows.select(VideoContent.ID).distinct().orderBy(VideoContent.ID).toLocalIterator();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return ids.hasNext();
      }

      @Override
      public String next() {
        return ids.next().getString(0);
      }
    };
  }

  private List<Column> wantedColumns() {
    Map<String, String> wanted = new LinkedHashMap<>();
    wanted.put(EncodingSetting.ENCODER, encoder);
    wanted.put(EncodingSetting.SAMPLING, sampling);
    wanted.put(CacheKey.COMPRESSION, compression);
    return wanted.entrySet().stream()
        .filter(one -> one.getValue() != null)
        .map(one -> col(one.getKey()).equalTo(one.getValue()))
        .toList();
  }

  private static String setting(String encoder, String sampling, String compression) {
    return "%s with %s, %s".formatted(encoder, sampling, compression);
  }

  private static String setting(CachedTokens row) {
    return setting(row.encoder(), row.sampling(), row.compression());
  }

  private static void requireOne(String whose, List<String> settings) {
    if (settings.size() > 1) {
      throw new SettingsException(
          "an export is of one setting, and %s has rows of several: choose by --encoder, --sampling and --compression one of %s"
              .formatted(whose, settings));
    }
  }

  /** The one row of a video that is wanted. */
  private CachedTokens row(String videoId, Lookup lookup) throws IOException {
    List<CachedTokens> rows = lookup.rows(videoId);
    List<CachedTokens> wanted =
        rows.stream()
            .filter(row -> encoder == null || row.encoder().equals(encoder))
            .filter(row -> sampling == null || row.sampling().equals(sampling))
            .filter(row -> compression == null || row.compression().equals(compression))
            .toList();
    if (wanted.isEmpty()) {
      throw new SettingsException(
          rows.isEmpty()
              ? "no tokens of video '%s' in %s".formatted(videoId, cache)
              : "video '%s' has no such row; it has %s"
                  .formatted(videoId, rows.stream().map(ExportCommand::setting).toList()));
    }
    requireOne(
        "video '%s'".formatted(videoId), wanted.stream().map(ExportCommand::setting).toList());
    return wanted.get(0);
  }

  private int export(Configuration hadoop, Iterator<String> ids, Lookup lookup) throws IOException {
    CachedTokens first = row(ids.next(), lookup);
    VllmRows rows =
        VllmRows.of(
            first.encoder(),
            EncoderCard.read(hadoop, UserPath.of(cache), first.encoder()),
            first.compression(),
            pruningRate == null ? OptionalDouble.empty() : OptionalDouble.of(pruningRate));
    Counts counts = new Counts();
    try (EncoderCacheFolder folder = EncoderCacheFolder.open(output)) {
      add(folder, rows, first, counts);
      while (ids.hasNext()) {
        CachedTokens row = row(ids.next(), lookup);
        if (!setting(row).equals(setting(first))) {
          requireOne("the list of videos", List.of(setting(first), setting(row)));
        }
        add(folder, rows, row, counts);
      }
      folder.finish();
    }
    report(first, rows, counts);
    return counts.leftOut == 0 ? 0 : LEFT_OUT;
  }

  private static void add(EncoderCacheFolder folder, VllmRows rows, CachedTokens row, Counts counts)
      throws IOException {
    String uuid = EncoderOutput.uuid(row);
    String refusal =
        EncoderCacheFolder.takes(uuid)
            ? rows.refusal(row).orElse(null)
            : "its folder's name %s would have %d characters, more than file systems take"
                .formatted(uuid, uuid.length());
    if (refusal != null) {
      folder.leaveOut(row, refusal);
      counts.leftOut++;
      return;
    }
    long bytes = folder.add(rows.output(row));
    counts.videos++;
    counts.written += bytes > 0 ? 1 : 0;
    counts.bytes += bytes;
  }

  private void report(CachedTokens first, VllmRows rows, Counts counts) {
    if (session.json()) {
      Map<String, Object> object = new LinkedHashMap<>();
      object.put("cache", cache);
      object.put("output", output.toString());
      object.put(EncodingSetting.ENCODER, first.encoder());
      object.put(EncodingSetting.SAMPLING, first.sampling());
      object.put(CacheKey.COMPRESSION, first.compression());
      object.put("video_pruning_rate", rows.rate());
      object.put("videos", counts.videos);
      object.put("written", counts.written);
      object.put("bytes", counts.bytes);
      object.put("left_out", counts.leftOut);
      PrintWriter out = spec.commandLine().getOut();
      out.println(PlainJson.write(object));
      out.flush();
    }
    if (!session.quiet()) {
      PrintWriter err = spec.commandLine().getErr();
      err.printf(
          "%d videos in %s, %d of them new (%d bytes); %d do not fit the server, see left_out.jsonl%n",
          counts.videos, output, counts.written, counts.bytes, counts.leftOut);
      err.printf(
          "for a server with --enable-mm-embeds %s--ec-transfer-config '%s'%n",
          rows.rate() == 0 ? "" : "--video-pruning-rate %s ".formatted(Spec.print(rows.rate())),
          transferConfig());
      err.flush();
    }
  }

  private String transferConfig() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("ec_connector", "ECExampleConnector");
    config.put("ec_role", "ec_consumer");
    config.put(
        "ec_connector_extra_config",
        Map.of("shared_storage_path", output.toAbsolutePath().normalize().toString()));
    return PlainJson.write(config);
  }
}
