package io.tokenreel.cli;

import io.tokenreel.cache.commit.TokenCacheWriter;
import io.tokenreel.cache.store.CommittedRows;
import io.tokenreel.cache.store.Removed;
import io.tokenreel.files.Stores;
import io.tokenreel.files.UserPath;
import io.tokenreel.pipeline.setting.SettingsException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tokenreel forget}: takes videos out of a cache, and keeps them out. */
@Command(
    name = "forget",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Removes all that a cache has of videos, and takes them no more. Exit status 3 when the cache had nothing of one of them.",
    footerHeading = CommandHelp.EXAMPLES,
    footer = {
      "  tokenreel forget --cache /data/cache --video-id a/b.mp4 --dry-run",
      "  tokenreel forget --cache /data/cache --ids takedowns.txt"
    })
final class ForgetCommand extends RemovalCommand {

  private static final int NOT_ALL_FOUND = 3;

  @ArgGroup(multiplicity = "1")
  private Videos videos;

  /** One of them is needed. */
  private static final class Videos {

    @Option(
        names = "--video-id",
        arity = "1..*",
        paramLabel = "ID",
        description = "forget these videos; this or --ids")
    private List<String> ids = List.of();

    @Option(
        names = "--ids",
        paramLabel = "FILE",
        description =
            "forget the videos whose ids this file has, one in each line; this or --video-id")
    private String file;
  }

  @Option(
      names = "--lift",
      description =
          "take the videos again from now on, and remove nothing; the next run reads them")
  private boolean lift;

  private Set<String> ids;

  @Override
  void requireOptions() {
    if (lift && isDryRun()) {
      throw new SettingsException("--lift removes nothing: leave --dry-run out");
    }
  }

  @Override
  void look(Configuration hadoop) throws IOException {
    ids = ids(hadoop);
  }

  @Override
  int run(SparkSession spark) throws IOException {
    List<String> unknown = lift ? lift(spark) : forget(spark);
    return unknown.isEmpty() ? 0 : NOT_ALL_FOUND;
  }

  private Set<String> ids(Configuration hadoop) throws IOException {
    Set<String> ids = new LinkedHashSet<>(videos.ids);
    if (videos.file != null) {
      Path file = UserPath.of(videos.file);
      try (FSDataInputStream in = Stores.of(file, hadoop).open(file)) {
        new String(in.readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .filter(line -> !line.isEmpty())
            .forEach(ids::add);
      } catch (FileNotFoundException e) {
        throw new SettingsException("--ids %s is not there".formatted(videos.file));
      }
    }
    if (ids.isEmpty()) {
      throw new SettingsException(
          "--ids %s has no ids: write one in each line".formatted(videos.file));
    }
    return ids;
  }

  /** Returns those of which the cache has nothing. */
  private List<String> forget(SparkSession spark) throws IOException {
    List<String> known = CommittedRows.known(spark, folder(), ids);
    List<String> unknown = new ArrayList<>(ids);
    unknown.removeAll(known);
    print(removed(spark), "videos", known.size(), "unknown_videos", unknown);
    return unknown;
  }

  private Removed removed(SparkSession spark) throws IOException {
    if (isDryRun()) {
      return CommittedRows.wouldForget(spark, folder(), ids);
    }
    try (TokenCacheWriter writer = TokenCacheWriter.open(spark, folder())) {
      return writer.forget(ids);
    }
  }

  /** Returns those that were not forgotten. */
  private List<String> lift(SparkSession spark) throws IOException {
    List<String> listed;
    try (TokenCacheWriter writer = TokenCacheWriter.open(spark, folder())) {
      listed = writer.forgotten().among(ids);
      writer.lift(ids);
    }
    List<String> unlisted = new ArrayList<>(ids);
    unlisted.removeAll(listed);
    printer().lifted(listed.size(), unlisted);
    return unlisted;
  }
}
