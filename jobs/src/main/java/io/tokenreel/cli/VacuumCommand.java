package io.tokenreel.cli;

import io.tokenreel.cache.RunRecord;
import io.tokenreel.cache.RunRecords;
import io.tokenreel.cache.commit.TokenCacheWriter;
import io.tokenreel.cache.store.CommittedRows;
import io.tokenreel.cache.store.Removed;
import io.tokenreel.cache.store.Vacuum;
import io.tokenreel.files.UserPath;
import io.tokenreel.pipeline.setting.SettingsException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

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
final class VacuumCommand extends RemovalCommand {

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

  private List<String> leftovers;

  @Override
  void requireOptions() {
    if (days < 0) {
      throw new SettingsException("--older-than must be at least 0; got " + days);
    }
  }

  @Override
  void look(Configuration hadoop) throws IOException {
    List<String> known =
        RunRecords.of(hadoop, folder()).stream()
            .map(RunRecord::encoder)
            .distinct()
            .sorted()
            .toList();
    if (!known.containsAll(encoders)) {
      throw new SettingsException(
          "--encoder names %s; the runs of --cache %s had %s"
              .formatted(encoders, UserPath.text(folder()), known));
    }
    leftovers = CommittedRows.leftovers(hadoop, folder());
  }

  @Override
  int run(SparkSession spark) throws IOException {
    Vacuum vacuum =
        new Vacuum(
            superseded ? Vacuum.Superseded.REMOVE : Vacuum.Superseded.KEEP,
            encoders,
            Instant.now().minus(Duration.ofDays(days)));
    print(removed(spark, vacuum), "leftovers", leftovers.size(), "leftover_files", leftovers);
    return 0;
  }

  private Removed removed(SparkSession spark, Vacuum vacuum) throws IOException {
    if (isDryRun()) {
      return CommittedRows.wouldVacuum(spark, folder(), vacuum);
    }
    // Opening removes what writers that died have left.
    try (TokenCacheWriter writer = TokenCacheWriter.open(spark, folder())) {
      return writer.vacuum(vacuum);
    }
  }
}
