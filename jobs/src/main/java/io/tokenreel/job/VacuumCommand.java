package io.tokenreel.job;

import io.tokenreel.cache.CommittedRows;
import io.tokenreel.cache.Removed;
import io.tokenreel.cache.RunRecord;
import io.tokenreel.cache.RunRecords;
import io.tokenreel.cache.TokenCacheWriter;
import io.tokenreel.cache.Vacuum;
import io.tokenreel.files.UserPath;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tokenreel vacuum}: takes rows out of a cache that nobody needs any more. */
@Command(
    name = "vacuum",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Removes rows of bytes that videos have no more, rows of encoders, and what writers that died have left.",
    footerHeading = CommandHelp.EXAMPLES,
    footer = {
      "  tokenreel vacuum --cache /data/cache --superseded --dry-run",
      "  tokenreel vacuum --cache /data/cache --superseded --older-than 30"
    })
final class VacuumCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--cache",
      required = true,
      paramLabel = "DIR",
      description = "the cache's folder")
  private String cache;

  @Option(
      names = "--superseded",
      description = "remove rows whose content_sha256 is not their video's current one")
  private boolean superseded;

  @Option(
      names = "--encoder",
      arity = "1..*",
      paramLabel = "NAME@REVISION",
      description = "remove all rows of these encoders")
  private List<String> encoders = List.of();

  @Option(
      names = "--older-than",
      defaultValue = "0",
      paramLabel = "DAYS",
      description =
          "of these rows only what was all written more than so many days ago; at least 0 (default: ${DEFAULT-VALUE})")
  private int days;

  @Option(names = "--dry-run", description = "say what would be removed, and change nothing")
  private boolean dryRun;

  @Mixin private SessionOptions session;

  @Override
  public Integer call() throws IOException {
    if (days < 0) {
      throw new SettingsException("--older-than must be at least 0; got " + days);
    }
    Configuration hadoop = new Configuration();
    Caches.require(hadoop, cache);
    requireEncoders(hadoop);
    Vacuum vacuum =
        new Vacuum(
            superseded ? Vacuum.Superseded.REMOVE : Vacuum.Superseded.KEEP,
            encoders,
            Instant.now().minus(Duration.ofDays(days)));
    List<String> leftovers = CommittedRows.leftovers(hadoop, UserPath.of(cache));
    try (CommandSession opened = session.open("vacuum")) {
      new RemovalPrinter(spec.commandLine(), session)
          .print(
              removed(opened.spark(), vacuum),
              dryRun ? "would be removed" : "removed",
              "leftovers",
              leftovers.size(),
              "leftover_files",
              leftovers);
    }
    return 0;
  }

  private Removed removed(SparkSession spark, Vacuum vacuum) throws IOException {
    Path folder = UserPath.of(cache);
    if (dryRun) {
      return CommittedRows.wouldVacuum(spark, folder, vacuum);
    }
    // Opening removes what writers that died have left.
    try (TokenCacheWriter writer = TokenCacheWriter.open(spark, folder)) {
      return writer.vacuum(vacuum);
    }
  }

  private void requireEncoders(Configuration hadoop) throws IOException {
    List<String> known =
        RunRecords.of(hadoop, UserPath.of(cache)).stream()
            .map(RunRecord::encoder)
            .distinct()
            .sorted()
            .toList();
    if (!known.containsAll(encoders)) {
      throw new SettingsException(
          "--encoder names %s; the runs of --cache %s had %s".formatted(encoders, cache, known));
    }
  }
}
