package io.tokenreel.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StagedFilesTest {

  private static final byte[] BYTES = {1, 2, 3};

  @TempDir Path folder;

  private final AtomicInteger opened = new AtomicInteger();

  private Path take(String name, long length) throws IOException {
    return StagedFiles.take(
        folder,
        name,
        length,
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
      assertEquals(List.of(folder.resolve("lock")), left.toList());
    }
  }
}
