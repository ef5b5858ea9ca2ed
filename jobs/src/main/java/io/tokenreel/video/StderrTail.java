package io.tokenreel.video;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;

/** The last lines that a process printed on standard error, read in a thread of its own. */
final class StderrTail {

  private static final int LINES = 5;
  private static final int MAX_LINE = 200;

  /** Of every process: nobody looks for a cause there. */
  private static final String STARTED = "WARNING: Using incubator modules:";

  private static final long PATIENCE_MILLIS = 1000;

  private final ArrayDeque<String> lines = new ArrayDeque<>();
  private final Thread reader;

  StderrTail(InputStream stderr) {
    this.reader = new Thread(() -> read(stderr), "tokenreel-decoder-stderr");
    reader.setDaemon(true);
    reader.start();
  }

  private void read(InputStream stderr) {
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(stderr, StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        add(line.strip());
      }
    } catch (IOException e) {
      add("(standard error could not be read: " + e.getMessage() + ")");
    }
  }

  private synchronized void add(String line) {
    if (line.isEmpty() || line.equals("#") || line.startsWith(STARTED)) {
      return;
    }
    lines.add(line.substring(0, Math.min(line.length(), MAX_LINE)));
    if (lines.size() > LINES) {
      lines.remove();
    }
  }

  /** In one line, after the process ended. */
  String text() {
    try {
      reader.join(PATIENCE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    synchronized (this) {
      return String.join(" | ", lines);
    }
  }
}
