package io.tokenreel.job;

import io.tokenreel.cache.CommittedRows;
import io.tokenreel.cache.ForgottenIds;
import io.tokenreel.cache.Removed;
import io.tokenreel.cache.TokenCacheWriter;
import io.tokenreel.files.Stores;
import io.tokenreel.files.UserPath;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

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
final class ForgetCommand implements Callable<Integer> {

  private static final int NOT_ALL_FOUND = 3;

  @Spec private CommandSpec spec;

  @Option(
      names = "--cache",
      required = true,
      paramLabel = "DIR",
      description = "the cache's folder")
  private String cache;

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

  @Option(names = "--dry-run", description = "say what would be removed, and change nothing")
  private boolean dryRun;

  @Mixin private SessionOptions session;

  @Override
  public Integer call() throws IOException {
    if (lift && dryRun) {
      throw new SettingsException("--lift removes nothing: leave --dry-run out");
    }
    Configuration hadoop = new Configuration();
    Caches.require(hadoop, cache);
    Set<String> ids = ids(hadoop);
    try (CommandSession opened = session.open("forget")) {
      return lift ? lift(opened.spark(), ids) : forget(opened.spark(), ids);
    }
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

  private int forget(SparkSession spark, Set<String> ids) throws IOException {
    Path folder = UserPath.of(cache);
    List<String> known = CommittedRows.known(spark, folder, ids);
    List<String> unknown = new ArrayList<>(ids);
    unknown.removeAll(known);
    Removed removed;
    if (dryRun) {
      removed = CommittedRows.wouldForget(spark, folder, ids);
    } else {
      try (TokenCacheWriter writer = TokenCacheWriter.open(spark, folder)) {
        removed = writer.forget(ids);
      }
    }
    new RemovalPrinter(spec.commandLine(), session)
        .print(
            removed,
            dryRun ? "would be removed" : "removed",
            "videos",
            known.size(),
            "unknown_videos",
            unknown);
    return unknown.isEmpty() ? 0 : NOT_ALL_FOUND;
  }

  private int lift(SparkSession spark, Set<String> ids) throws IOException {
    List<String> listed;
    try (TokenCacheWriter writer = TokenCacheWriter.open(spark, UserPath.of(cache))) {
      ForgottenIds forgotten = writer.forgotten();
      listed = forgotten.among(ids);
      writer.lift(ids);
    }
    List<String> unlisted = new ArrayList<>(ids);
    unlisted.removeAll(listed);
    new RemovalPrinter(spec.commandLine(), session).lifted(listed.size(), unlisted);
    return unlisted.isEmpty() ? 0 : NOT_ALL_FOUND;
  }
}
