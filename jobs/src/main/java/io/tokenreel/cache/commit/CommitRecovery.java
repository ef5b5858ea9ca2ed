package io.tokenreel.cache.commit;

import io.tokenreel.cache.CacheFiles;
import io.tokenreel.cache.CacheLayout;
import io.tokenreel.cache.Json;
import io.tokenreel.cache.RunRecord;
import io.tokenreel.cache.RunRecords;
import io.tokenreel.cache.store.CommitJournal;
import io.tokenreel.cache.store.TableStore;
import java.io.IOException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries journals out: at once for a wave that commits, later for one whose writer died. */
final class CommitRecovery {

  private static final Logger LOG = LoggerFactory.getLogger(CommitRecovery.class);

  private final CacheLayout layout;
  private final CacheFiles files;
  private final WriterLock lock;
  private final TableStore store;
  private final RunRecords runs;

  CommitRecovery(
      CacheLayout layout, CacheFiles files, WriterLock lock, TableStore store, RunRecords runs) {
    this.layout = layout;
    this.files = files;
    this.lock = lock;
    this.store = store;
    this.runs = runs;
  }

  /** Does what a journal says that has just been written. */
  void carryOut(CommitJournal journal) throws IOException {
    for (CommitJournal.Move move : journal.moves()) {
      lock.checkHeld();
      store.move(move);
    }
    end(journal);
  }

  /** Does what a journal says of which some may be done; may be done any number of times. */
  private void carryOutAgain(CommitJournal journal) throws IOException {
    for (CommitJournal.Move move : journal.moves()) {
      lock.checkHeld();
      store.moveAgain(move);
    }
    end(journal);
  }

  private void end(CommitJournal journal) throws IOException {
    for (CommitJournal.Move replacement : journal.replacements()) {
      lock.checkHeld();
      store.replace(replacement);
    }
    lock.checkHeld();
    store.moved(journal);
    for (RunRecord run : journal.runs()) {
      runs.save(run);
    }
    lock.checkHeld(); // the index may have taken long
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
        carryOutAgain(journal);
      }
    }
    files.delete(layout.journals());
    files.delete(layout.staging());
    return store.recover() + 1;
  }
}
