package io.tokenreel.cache.commit;

import static org.apache.spark.sql.functions.col;

import io.tokenreel.cache.CacheFiles;
import io.tokenreel.cache.CacheLayout;
import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.Json;
import io.tokenreel.cache.RunRecord;
import io.tokenreel.cache.RunRecords;
import io.tokenreel.cache.store.CommitJournal;
import io.tokenreel.cache.store.TableStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * A wave that takes rows out of tables, all of them or none: what holds of a {@link WaveCommit}
 * holds of it, with files that take the place of others.
 *
 * <ol>
 *   <li>{@link #remove} has the files written that remain of those that hold the rows, below {@code
 *       _staging/}, in the same layout;
 *   <li>{@link #commit} writes the journal. From then on the rows are removed;
 *   <li>each file takes the place of the one it was made from, under the same name and at once, so
 *       that a reader finds the rows of before or of after; a file of which nothing remains is
 *       deleted. Outcomes go first, so that none is there without its rows;
 *   <li>the index is made again for the waves of these files, and the runs' records say how many of
 *       their outcomes are removed.
 * </ol>
 */
final class RemovalCommit {

  private final long number;
  private final CacheLayout layout;
  private final CacheFiles files;
  private final WriterLock lock;
  private final TableStore store;
  private final RunRecords runs;
  private final CommitRecovery recovery;
  private final Map<CacheTable, List<CommitJournal.Move>> staged = new EnumMap<>(CacheTable.class);
  private final Map<String, Long> outcomes = new TreeMap<>();

  RemovalCommit(
      long number,
      CacheLayout layout,
      CacheFiles files,
      WriterLock lock,
      TableStore store,
      RunRecords runs,
      CommitRecovery recovery) {
    this.number = number;
    this.layout = layout;
    this.files = files;
    this.lock = lock;
    this.store = store;
    this.runs = runs;
    this.recovery = recovery;
  }

  /**
   * Stages what remains of a table.
   *
   * @param keys of the rows that are to be removed
   */
  void remove(CacheTable table, Dataset<Row> keys) throws IOException {
    if (table == CacheTable.OUTCOMES) {
      for (Row run : keys.groupBy(col("run_id")).count().collectAsList()) {
        outcomes.put(run.getString(0), run.getLong(1));
      }
    }
    staged.put(table, store.stageRemoval(number, table, keys));
    files.report("staged what remains of " + table.folder());
  }

  /**
   * Commits what was staged.
   *
   * @param record changes that runs' records are to have besides
   * @return bytes that the tables' files have fewer, as far as the store knows
   * @throws CacheLockedException when another writer has taken this one's lock; nothing is removed
   */
  long commit(UnaryOperator<RunRecord> record) throws IOException {
    lock.checkHeld();
    List<CommitJournal.Move> replacements = new ArrayList<>();
    for (CacheTable table : ORDER) {
      replacements.addAll(staged.getOrDefault(table, List.of()));
    }
    List<RunRecord> changed = new ArrayList<>();
    for (RunRecord run : runs.all()) {
      RunRecord after = record.apply(run.withoutOutcomes(outcomes.getOrDefault(run.runId(), 0L)));
      if (!after.equals(run)) {
        changed.add(after);
      }
    }
    if (replacements.isEmpty() && changed.isEmpty()) {
      files.delete(layout.staging(number));
      return 0;
    }
    long freed = freed(replacements);
    CommitJournal journal = new CommitJournal(number, List.of(), replacements, changed);
    files.write(layout.journal(number), out -> out.write(Json.bytes(journal)));
    recovery.carryOut(journal);
    return freed;
  }

  /** An outcome says that rows are there, so it goes before them. */
  private static final List<CacheTable> ORDER =
      List.of(
          CacheTable.ANSWERS,
          CacheTable.OUTCOMES,
          CacheTable.CONTENTS,
          CacheTable.SELECTIONS,
          CacheTable.FEATURES,
          CacheTable.TOKENS);

  private long freed(List<CommitJournal.Move> replacements) throws IOException {
    long freed = 0;
    for (CommitJournal.Move move : replacements) {
      freed += size(move.to()) - (move.from() == null ? 0 : size(move.from()));
    }
    return freed;
  }

  /** Bytes of a file; none where a catalog has the table. */
  private long size(String below) throws IOException {
    Path path = new Path(layout.root(), below);
    return files.fileSystem().exists(path) && files.fileSystem().getFileStatus(path).isFile()
        ? files.fileSystem().getFileStatus(path).getLen()
        : 0;
  }
}
