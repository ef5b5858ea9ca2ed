package io.tokenreel.cache;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries journals out: at once for a wave that commits, later for one whose writer died. */
final class CommitRecovery {

  private static final Logger LOG = LoggerFactory.getLogger(CommitRecovery.class);

  private final CacheLayout layout;
  private final CacheFiles files;
  private final IndexBuilder index;

  CommitRecovery(CacheLayout layout, CacheFiles files, IndexBuilder index) {
    this.layout = layout;
    this.files = files;
    this.index = index;
  }

  /** Does what a journal says; may be done any number of times. */
  void carryOut(CommitJournal journal) throws IOException {
    List<Path> tokenFiles = new ArrayList<>();
    for (CommitJournal.Move move : journal.moves()) {
      Path to = new Path(layout.root(), move.to());
      files.move(new Path(layout.root(), move.from()), to);
      if (to.getParent().getName().equals(CacheTable.TOKENS.folder())) {
        tokenFiles.add(to);
      }
    }
    index.addWave(journal.wave(), tokenFiles);
    index.mergeLatest();
    files.delete(layout.journal(journal.wave()));
    files.delete(layout.staging(journal.wave()));
  }

  /** Brings an output whose writer died back to order, and says which wave comes next. */
  long recover() throws IOException {
    for (FileStatus status : files.list(layout.journals())) {
      Path path = status.getPath();
      if (path.getName().endsWith(".json")) {
        CommitJournal journal = Json.read(files.read(path), CommitJournal.class);
        LOG.info("wave {} was being committed when its writer ended; going on", journal.wave());
        carryOut(journal);
      }
    }
    files.delete(layout.journals());
    files.delete(layout.staging());
    deleteTemporaries(layout.index());
    long last = lastWave(CacheTable.values());
    indexWhatIsMissing();
    return last + 1;
  }

  /** An index that does not reach the last wave was lost, or its making was cut off. */
  private void indexWhatIsMissing() throws IOException {
    long indexed =
        LookupIndex.tables(files.fileSystem(), layout).stream()
            .mapToLong(SlotTable::lastWave)
            .max()
            .orElse(0);
    if (lastWave(CacheTable.TOKENS) > indexed) {
      LOG.warn("the lookup index ends at wave {}; making it anew", indexed);
      index.rebuild();
    }
    index.deleteCovered();
  }

  private void deleteTemporaries(Path folder) throws IOException {
    for (FileStatus status : files.list(folder)) {
      if (status.getPath().getName().endsWith(".tmp")) {
        files.delete(status.getPath());
      }
    }
  }

  private long lastWave(CacheTable... tables) throws IOException {
    long last = 0;
    for (CacheTable table : tables) {
      for (FileStatus status : files.list(layout.table(table))) {
        last = Math.max(last, CacheLayout.waveOf(status.getPath()));
      }
    }
    return last;
  }
}
