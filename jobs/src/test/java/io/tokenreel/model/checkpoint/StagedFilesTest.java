package io.tokenreel.model.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StagedFilesTest {

  private static final byte[] BYTES = {1, 2, 3};

  @TempDir Path folder;

  private final AtomicInteger opened = new AtomicInteger();

  private StagedFiles staged;

  @BeforeEach
  void open() {
    staged = new StagedFiles(folder);
  }

  @AfterEach
  void close() throws IOException {
    staged.close();
  }

  private Path take(String name, long length) throws IOException {
    return take(staged, name, length, 100);
  }

  private Path take(StagedFiles jvm, String name, long length, long limit) throws IOException {
    return jvm.take(
        name,
        length,
        limit,
        () -> {
          opened.incrementAndGet();
          return new ByteArrayInputStream(BYTES);
        });
  }

  @Test
  void take_fromManyThreads_copiesOnce() throws Exception {
    ExecutorService callers = Executors.newFixedThreadPool(4);
    try {
      List<Future<Path>> copies = new ArrayList<>();
      for (int call = 0; call < 8; call++) {
        copies.add(callers.submit(() -> take("shard", 3)));
      }
      for (Future<Path> copy : copies) {
        assertArrayEquals(BYTES, Files.readAllBytes(copy.get()));
      }
    } finally {
      callers.shutdownNow();
    }
    assertEquals(1, opened.get());
  }

  @Test
  void take_afterAJvmThatDiedWhileCopying_removesWhatItLeft() throws IOException {
    Path dead = Files.write(folder.resolve("other.partial"), new byte[9]);
    Files.write(folder.resolve("shard.partial"), new byte[2]);
    assertArrayEquals(BYTES, Files.readAllBytes(take("shard", 3)));
    assertFalse(Files.exists(dead));
    assertFalse(Files.exists(folder.resolve("shard.partial")));
  }

  @Test
  void take_fewerBytesThanTheFileHas_saysSoAndLeavesNothing() throws IOException {
    String message = assertThrows(IOException.class, () -> take("shard", 5)).getMessage();
    assertTrue(message.startsWith("expected 5 bytes of shard; got 3"), message);
    try (var left = Files.list(folder)) {
      assertEquals(List.of(folder.resolve("shard.lock")), left.toList());
    }
  }

  @Test
  void take_overTheLimit_removesTheLongestUnusedAndNothingThatIsUsed() throws IOException {
    Path used = take("used", 3);
    List<Path> unused = new ArrayList<>();
    try (StagedFiles another = new StagedFiles(folder)) {
      for (String name : List.of("oldest", "older", "newest")) {
        unused.add(take(another, name, 3, 100));
      }
    }
    for (int i = 0; i < unused.size(); i++) {
      Path lock = folder.resolve(unused.get(i).getFileName() + ".lock");
      Files.setLastModifiedTime(lock, FileTime.fromMillis(1000 + i));
    }
    Files.setLastModifiedTime(folder.resolve("used.lock"), FileTime.fromMillis(0));
    Path fits = take(staged, "fits", 3, 10);
    assertEquals(
        List.of(false, false, true), unused.stream().map(copy -> Files.exists(copy)).toList());
    assertTrue(Files.exists(used) && Files.exists(fits));
    take(staged, "larger than the limit", 3, 1);
    assertFalse(Files.exists(unused.get(2)));
    assertTrue(Files.exists(used) && Files.exists(fits));
  }

  @Test
  void take_ofACopyThatWasRemoved_copiesAgain() throws IOException {
    Files.delete(take("shard", 3));
    assertArrayEquals(BYTES, Files.readAllBytes(take("shard", 3)));
    assertEquals(2, opened.get());
  }

  @Test
  void take_whileAnotherNameIsCopied_doesNotWait() throws Exception {
    CountDownLatch copying = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(1);
    ExecutorService caller = Executors.newSingleThreadExecutor();
    try {
      Future<Path> slow =
          caller.submit(
              () ->
                  staged.take(
                      "slow",
                      3,
                      100,
                      () -> {
                        copying.countDown();
                        try {
                          done.await();
                        } catch (InterruptedException e) {
                          throw new IOException(e);
                        }
                        return new ByteArrayInputStream(BYTES);
                      }));
      copying.await();
      assertTrue(Files.exists(take("fast", 3)));
      assertFalse(slow.isDone());
      done.countDown();
      assertTrue(Files.exists(slow.get()));
    } finally {
      done.countDown();
      caller.shutdownNow();
    }
  }
}
