package io.tokenreel.cache;

import com.fasterxml.jackson.core.JacksonException;
import io.tokenreel.files.Stores;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** The records in {@code runs/}. */
public final class RunRecords {

  private static final String TEMPORARY = ".tmp";

  private final CacheFiles files;
  private final Path folder;

  public RunRecords(CacheFiles files, Path folder) {
    this.files = files;
    this.folder = folder;
  }

  /**
   * All runs of a cache, the earliest start first.
   *
   * @param output the cache's folder
   */
  public static List<RunRecord> of(Configuration hadoop, Path output) throws IOException {
    FileSystem fs = Stores.of(output, hadoop);
    return new RunRecords(
            new CacheFiles(fs, CacheFiles.StepListener.NONE), new CacheLayout(output).runs())
        .all();
  }

  public void save(RunRecord run) throws IOException {
    files.write(path(run.runId()), out -> out.write(Json.bytes(run)));
  }

  /** All runs, the earliest start first. */
  public List<RunRecord> all() throws IOException {
    List<RunRecord> runs = new ArrayList<>();
    for (FileStatus status : files.list(folder)) {
      if (status.getPath().getName().endsWith(".json")) {
        runs.add(Json.read(files.read(status.getPath()), RunRecord.class));
      }
    }
    runs.sort(Comparator.comparing(RunRecord::startedAt));
    return runs;
  }

  /**
   * Brings the records of writers that died in order; the caller is the only writer now. What runs
   * still was cut off, and is marked so.
   */
  public void recover() throws IOException {
    endReplacements();
    for (RunRecord run : all()) {
      if (run.state().equals(RunRecord.RUNNING)) {
        save(run.interrupted());
      }
    }
  }

  /**
   * Ends replacements that were cut off: a record whose old version is deleted takes its new one,
   * any other new version may be incomplete and goes.
   */
  private void endReplacements() throws IOException {
    for (FileStatus status : files.list(folder)) {
      String name = status.getPath().getName();
      if (name.startsWith(".") && name.endsWith(".json" + TEMPORARY)) {
        String record = name.substring(1, name.length() - TEMPORARY.length());
        Path path = new Path(folder, record);
        if (files.fileSystem().exists(path) || !isComplete(status.getPath())) {
          files.delete(status.getPath());
        } else {
          files.move(status.getPath(), path);
        }
      }
    }
  }

  private boolean isComplete(Path temporary) throws IOException {
    try {
      Json.read(files.read(temporary), RunRecord.class);
      return true;
    } catch (JacksonException e) {
      return false;
    }
  }

  private Path path(String runId) {
    return new Path(folder, runId + ".json");
  }
}
