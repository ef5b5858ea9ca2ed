package io.tokenreel.video;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WatchdogTest {

  /** A process that can be asked for its processor time once, and then not any more. */
  private static final class Unwatchable extends Process {

    private final CompletableFuture<Integer> ended = new CompletableFuture<>();
    private int asked;

    @Override
    public long pid() {
      return ProcessHandle.current().pid();
    }

    @Override
    public ProcessHandle.Info info() {
      if (asked++ > 0) {
        throw new IllegalStateException("cannot be told");
      }
      return ProcessHandle.current().info();
    }

    @Override
    public boolean isAlive() {
      return !ended.isDone();
    }

    @Override
    public Process destroyForcibly() {
      ended.complete(137);
      return this;
    }

    @Override
    public void destroy() {
      destroyForcibly();
    }

    @Override
    public int waitFor() {
      return ended.join();
    }

    @Override
    public int exitValue() {
      return ended.join();
    }

    @Override
    public InputStream getInputStream() {
      return InputStream.nullInputStream();
    }

    @Override
    public InputStream getErrorStream() {
      return InputStream.nullInputStream();
    }

    @Override
    public OutputStream getOutputStream() {
      return OutputStream.nullOutputStream();
    }
  }

  @Test
  void look_thatThrows_endsTheProcessAndSaysSo() throws Exception {
    Unwatchable process = new Unwatchable();
    long deadline = System.nanoTime() + TimeUnit.HOURS.toNanos(1);
    try (Watchdog watchdog = new Watchdog(process, DecodeLimits.DEFAULT, deadline)) {
      assertEquals(137, process.ended.get(30, TimeUnit.SECONDS));
      assertEquals(Reason.DECODER_CRASH, watchdog.death().reason());
      assertTrue(watchdog.death().detail().contains("cannot be told"), watchdog.death().detail());
    }
  }
}
