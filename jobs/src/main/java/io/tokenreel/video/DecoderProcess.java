package io.tokenreel.video;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One decoder process and the owner's side of its protocol. One thread decodes; any may kill. */
final class DecoderProcess implements AutoCloseable {

  private static final int BUFFER_BYTES = 1 << 16;
  private static final long PATIENCE_SECONDS = 5;

  /** What the JVM exits with for {@code -XX:+ExitOnOutOfMemoryError}. */
  private static final int OUT_OF_HEAP = 3;

  private final Process process;
  private final DataInputStream answers;
  private final DataOutputStream requests;
  private final StderrTail stderr;
  private boolean greeted;
  private boolean answering;

  private DecoderProcess(Process process) {
    this.process = process;
    this.answers =
        new DataInputStream(new BufferedInputStream(process.getInputStream(), BUFFER_BYTES));
    this.requests = new DataOutputStream(new BufferedOutputStream(process.getOutputStream()));
    this.stderr = new StderrTail(process.getErrorStream());
  }

  /**
   * Starts a process with next to no environment in a folder of its owner's.
   *
   * @throws UncheckedIOException if it cannot be started, which is no fault of a video's
   */
  static DecoderProcess start(List<String> command, Path folder) {
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().clear();
    builder.environment().put("LC_ALL", "C.UTF-8");
    builder.environment().put("MALLOC_ARENA_MAX", "2");
    try {
      return new DecoderProcess(builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException("no decoder process could be started: " + command, e);
    }
  }

  /** The process, to be watched. */
  Process process() {
    return process;
  }

  /**
   * Decodes one video.
   *
   * @throws IOException if the process ends or answers in another form; {@link #causeOfDeath} says
   *     more
   */
  DecodeAnswer decode(DecodeRequest request) throws IOException {
    if (!greeted) {
      DecoderProtocol.readHello(answers);
      greeted = true;
    }
    answering = true;
    request.write(requests);
    DecodeAnswer answer = DecodeAnswer.read(answers, request);
    answering = false;
    return answer;
  }

  /** Whether it can be asked for another video: it lives, and its last answer was read whole. */
  boolean isReady() {
    return process.isAlive() && !answering;
  }

  /** Whether it ever said that it is ready; before that, no video can have harmed it. */
  boolean hasGreeted() {
    return greeted;
  }

  /** Why a process ended that its watchdog did not end. Ends it if it still runs. */
  Reason causeOfDeath() {
    int status = end();
    boolean memory =
        status == OUT_OF_HEAP
            || stderr.text().contains("insufficient memory")
            || stderr.text().contains("OutOfMemoryError");
    return memory ? Reason.DECODER_MEMORY : Reason.DECODER_CRASH;
  }

  /** How it ended, for a person. */
  String describeDeath() {
    String tail = stderr.text();
    return "exit status " + end() + (tail.isEmpty() ? "" : ", standard error: " + tail);
  }

  private int end() {
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
      return process.waitFor();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      return -1;
    }
  }

  /** Ends it, in mid-video too, and waits until it has ended and writes no more. */
  @Override
  public void close() {
    process.destroyForcibly();
    end();
  }
}
