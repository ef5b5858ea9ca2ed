package io.tokenreel.cache.commit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.cache.CacheLayout;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WriterLockTest {

  @TempDir java.nio.file.Path temporary;
  private FileSystem fs;
  private Path output;
  private Path lock;

  @BeforeEach
  void setUp() throws IOException {
    output = new Path(temporary.toUri());
    lock = new CacheLayout(output).lock();
    fs = output.getFileSystem(new Configuration());
  }

  @Test
  void acquire_heldByALiveProcess_saysWhoAndWhatToDo() throws IOException {
    try (WriterLock held = WriterLock.acquire(fs, lock)) {
      held.checkHeld();
      CacheLockedException error =
          assertThrows(CacheLockedException.class, () -> WriterLock.acquire(fs, lock));
      assertTrue(
          error.getMessage().contains("process " + ProcessHandle.current().pid()),
          error.getMessage());
      assertTrue(error.getMessage().contains("_lock"), error.getMessage());
    }
    WriterLock.acquire(fs, lock).close();
  }

  @Test
  void acquire_leftByAnEndedProcess_takesOver() throws IOException {
    EndedWriter.leaveLock(output);
    WriterLock.acquire(fs, lock).close();
  }

  @Test
  void acquire_leftByAnEarlierProcessWithTheSameId_takesOver() throws IOException {
    WriterLock.Owner now = WriterLock.Owner.thisProcess();
    EndedWriter.writeOwner(
        output,
        new WriterLock.Owner(
            "t", now.host(), now.pid(), Instant.EPOCH.toString(), now.since(), now.machine()));
    WriterLock.acquire(fs, lock).close();
  }

  /** Two pods, or a container and its host, whose names are alike. */
  @Test
  void acquire_heldInAnotherContainerOfTheSameHostName_isRefused() throws IOException {
    WriterLock.Owner ended = EndedWriter.owner();
    Machine here = Machine.here();
    for (Machine other :
        List.of(
            new Machine(here.boot(), "pid:[1]", here.id()),
            new Machine("another boot", here.processes(), "another machine"))) {
      EndedWriter.writeOwner(
          output,
          new WriterLock.Owner(
              "t", ended.host(), ended.pid(), ended.processStart(), ended.since(), other));
      assertThrows(CacheLockedException.class, () -> WriterLock.acquire(fs, lock));
    }
  }

  @Test
  void acquire_leftByAnEarlierVersion_isTakenOver() throws IOException {
    WriterLock.Owner ended = EndedWriter.owner();
    EndedWriter.writeOwner(
        output,
        new WriterLock.Owner(
            "t", ended.host(), ended.pid(), ended.processStart(), ended.since(), null));
    WriterLock.acquire(fs, lock).close();
  }

  @Test
  void numbers_ofThisMachineStartedAgain_areItsOwnOutsideAContainer() {
    Machine before = new Machine("boot 1", "pid:[4026531836]", "id");
    assertTrue(new Machine("boot 2", "pid:[4026531836]", "id").numbers(before));
    assertFalse(new Machine("boot 2", "pid:[4026531836]", "other").numbers(before));
    Machine container = new Machine("boot 1", "pid:[4026532000]", "id");
    assertTrue(container.numbers(container));
    assertFalse(new Machine("boot 2", "pid:[4026532000]", "id").numbers(container));
  }

  @Test
  void acquire_heldByAnotherHost_isRefused() throws IOException {
    EndedWriter.writeOwner(
        output, new WriterLock.Owner("t", "another-host", 1, "", "2026-01-01T00:00:00Z", null));
    CacheLockedException error =
        assertThrows(CacheLockedException.class, () -> WriterLock.acquire(fs, lock));
    assertTrue(error.getMessage().contains("another-host"), error.getMessage());
  }

  @Test
  void acquire_lockNotReadable_isRefused() throws IOException {
    Files.writeString(temporary.resolve("_lock"), "{");
    assertThrows(CacheLockedException.class, () -> WriterLock.acquire(fs, lock));
  }

  @Test
  void acquire_emptyLockOfAWriterThatDiedTakingIt_takesOverAfterAMinute() throws IOException {
    java.nio.file.Path empty = Files.createFile(temporary.resolve("_lock"));
    assertThrows(CacheLockedException.class, () -> WriterLock.acquire(fs, lock));
    Files.setLastModifiedTime(empty, FileTime.from(Instant.now().minusSeconds(90)));
    WriterLock.acquire(fs, lock).close();
  }

  @Test
  void acquire_thenClose_leavesNoFile() throws IOException {
    try (WriterLock held = WriterLock.acquire(fs, lock)) {
      held.checkHeld();
      assertEquals(List.of("_lock"), List.of(temporary.toFile().list()));
    }
    assertEquals(List.of(), List.of(temporary.toFile().list()));
  }

  @Test
  void checkHeld_takenByAnother_throws() throws IOException {
    WriterLock held = WriterLock.acquire(fs, lock);
    EndedWriter.writeOwner(
        output, new WriterLock.Owner("t", "another-host", 1, "", "2026-01-01T00:00:00Z", null));
    CacheLockedException error = assertThrows(CacheLockedException.class, held::checkHeld);
    assertTrue(error.isLost());
    assertTrue(error.getMessage().contains("another-host"), error.getMessage());
  }

  @Test
  void checkHeld_outputThatIsGone_throwsAndSaysSo() throws IOException {
    WriterLock held = WriterLock.acquire(fs, lock);
    fs.delete(output, true);
    IOException error = assertThrows(IOException.class, held::checkHeld);
    assertTrue(
        error.getMessage().startsWith(lock + " does not exist any more"), error.getMessage());
  }

  @RepeatedTest(20)
  void acquire_byManyAtOnceWhereALockWasLeft_oneHolds() throws Exception {
    EndedWriter.leaveLock(output);
    acquire_byManyAtOnce_oneHolds();
    assertEquals(List.of("_lock"), List.of(temporary.toFile().list()));
  }

  @Test
  void acquire_leftLockThatAnotherHasTakenOverMeanwhile_isNotTouched() throws IOException {
    WriterLock held = WriterLock.acquire(fs, lock);
    java.nio.file.Path file = temporary.resolve("_lock");
    assertFalse(new LocalLockFile(file).create(new byte[] {1}, "of the one that has ended"));
    held.checkHeld();
    held.close();
    assertEquals(List.of(), List.of(temporary.toFile().list()));
  }

  @Test
  void acquire_belowAFolderThatCannotBeMade_saysWhich() throws IOException {
    FileSystem refusing =
        new RawLocalFileSystem() {
          @Override
          public boolean mkdirs(Path folder) {
            return false;
          }
        };
    refusing.initialize(temporary.toUri(), new Configuration());
    AccessDeniedException error =
        assertThrows(AccessDeniedException.class, () -> WriterLock.acquire(refusing, lock));
    assertEquals(lock.getParent().toString(), error.getFile());
  }

  @Test
  void acquire_byManyAtOnce_oneHolds() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(8);
    List<Callable<WriterLock>> writers = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      writers.add(() -> WriterLock.acquire(fs, lock));
    }
    int holders = 0;
    for (Future<WriterLock> writer : pool.invokeAll(writers)) {
      try {
        writer.get();
        holders++;
      } catch (ExecutionException e) {
        assertEquals(CacheLockedException.class, e.getCause().getClass());
      }
    }
    pool.shutdown();
    assertEquals(1, holders);
    assertTrue(fs.exists(lock));
  }
}
