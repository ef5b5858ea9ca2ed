package io.tokenreel.cli;

import io.tokenreel.cache.store.Removed;
import io.tokenreel.files.UserPath;
import io.tokenreel.pipeline.input.Caches;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A command that removes rows of a cache, or says which it would. */
abstract class RemovalCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--cache",
      required = true,
      paramLabel = "DIR",
      description = "the cache's folder")
  private String cache;

  @Option(names = "--dry-run", description = "say what would be removed, and change nothing")
  private boolean dryRun;

  @Mixin private SessionOptions session;

  @Override
  public final Integer call() throws IOException {
    Configuration hadoop = session.hadoop();
    requireOptions();
    Caches.require(hadoop, cache);
    look(hadoop);
    try (CommandSession opened = session.open(spec.name())) {
      return run(opened.spark());
    }
  }

  /** Checks options against each other, before anything is read. */
  abstract void requireOptions();

  /** Reads what is needed before the session starts, which takes long. */
  abstract void look(Configuration hadoop) throws IOException;

  /** Does the command's work, and returns its exit status. */
  abstract int run(SparkSession spark) throws IOException;

  final Path folder() {
    return UserPath.of(cache);
  }

  final boolean isDryRun() {
    return dryRun;
  }

  final RemovalPrinter printer() {
    return new RemovalPrinter(spec.commandLine(), session);
  }

  /** As {@link RemovalPrinter#print}, of rows that were removed or would be. */
  final void print(Removed removed, String counted, int count, String named, List<String> names) {
    printer().print(removed, dryRun ? "would be removed" : "removed", counted, count, named, names);
  }
}
