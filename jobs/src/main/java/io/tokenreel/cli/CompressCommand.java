package io.tokenreel.cli;

import io.tokenreel.pipeline.run.CompressJob;
import io.tokenreel.pipeline.run.Progress;
import io.tokenreel.pipeline.setting.CompressSettings;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options of {@code tokenreel compress}. */
@Command(
    name = "compress",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Compresses kept features again: no video is decoded or encoded.",
    footerHeading = CommandHelp.EXAMPLES,
    footer = {
      "  tokenreel compress --features /data/cache --output /data/cache --compression dycoke:prune=0.7",
      "  tokenreel compress --features /data/cache --output /data/other --compression none \\",
      "      --selections-only"
    })
final class CompressCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--features",
      required = true,
      paramLabel = "DIR",
      description = "a cache that precompute wrote with --keep-features, or its features folder")
  private String features;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "the cache to write to; may be the one that holds the features")
  private String output;

  @Mixin private TableOption table;

  @Option(
      names = "--compression",
      required = true,
      arity = "1..*",
      converter = Specs.Compression.class,
      paramLabel = "SPEC",
      description = "compression specs")
  private List<String> compressions;

  @Option(
      names = "--selections-only",
      description = "write selections only, which are kilobytes, and no tokens")
  private boolean selectionsOnly;

  @Mixin private WaveOption wave;

  @Mixin private SessionOptions session;

  @Override
  public Integer call() throws Exception {
    CompressSettings settings =
        new CompressSettings(
            features, output, table.table(), compressions, selectionsOnly, wave.videosPerCommit());
    Progress progress = session.progress(spec.commandLine());
    progress.doing("compress", Progress.STARTING);
    long start = System.nanoTime();
    try (CommandSession opened = session.open("compress")) {
      SparkSession spark = opened.spark();
      double sparkSeconds = (System.nanoTime() - start) / 1e9;
      SummaryPrinter printer = new SummaryPrinter(spec.commandLine(), session);
      printer.print(new CompressJob(spark, settings, progress).run(), sparkSeconds);
      return 0;
    }
  }
}
