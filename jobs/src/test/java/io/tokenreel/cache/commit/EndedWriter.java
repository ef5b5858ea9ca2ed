package io.tokenreel.cache.commit;

import io.tokenreel.cache.CacheLayout;
import io.tokenreel.cache.Json;
import java.io.IOException;
import java.nio.file.Files;
import org.apache.hadoop.fs.Path;

/** A writer whose process has ended, and that left its lock. */
public final class EndedWriter {

  private EndedWriter() {}

  static WriterLock.Owner owner() throws IOException {
    Process process = new ProcessBuilder("true").start();
    process.onExit().join();
    return new WriterLock.Owner(
        "t",
        WriterLock.Owner.thisProcess().host(),
        process.pid(),
        "2026-01-01T00:00:00Z",
        "2026-01-01T00:00:00Z",
        Machine.here());
  }

  /**
   * Leaves the lock in a local output.
   *
   * @return the id of the process
   */
  public static long leaveLock(Path output) throws IOException {
    WriterLock.Owner owner = owner();
    writeOwner(output, owner);
    return owner.pid();
  }

  static void writeOwner(Path output, WriterLock.Owner owner) throws IOException {
    Files.write(java.nio.file.Path.of(new CacheLayout(output).lock().toUri()), Json.bytes(owner));
  }
}
