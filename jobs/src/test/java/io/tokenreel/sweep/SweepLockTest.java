package io.tokenreel.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.cache.commit.CacheLockedException;
import io.tokenreel.cache.commit.WriterLock;
import io.tokenreel.pipeline.run.Progress;
import io.tokenreel.sql.LocalSpark;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SweepLockTest {

  @TempDir Path folder;

  @Test
  void run_whileAnotherSweepHasTheOutput_isRefusedBeforeAnythingIsWritten() throws IOException {
    SweepSettings settings =
        new SweepSettings(
            folder.toString(),
            List.of("default"),
            List.of("uniform:frames=16"),
            List.of("none"),
            List.of("full"),
            List.of("generated:videos=1,questions=1"),
            "chat",
            "bf16",
            "cpu",
            "auto",
            1,
            1000);
    SweepJob second = new SweepJob(LocalSpark.plain(), settings, Progress::silent);
    FileSystem local = FileSystem.getLocal(new Configuration());
    org.apache.hadoop.fs.Path lock = new org.apache.hadoop.fs.Path(folder.toUri() + "_sweep_lock");
    try (WriterLock first = WriterLock.acquire(local, lock)) {
      String message =
          assertThrows(
                  CacheLockedException.class,
                  () -> second.run(new PrintWriter(Writer.nullWriter())))
              .getMessage();
      assertTrue(message.contains("process " + ProcessHandle.current().pid()), message);
      assertEquals(
          List.of("_sweep_lock"),
          List.of(folder.toFile().list((of, name) -> !name.endsWith(".crc"))));
    }
  }
}
