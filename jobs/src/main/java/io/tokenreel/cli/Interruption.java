package io.tokenreel.cli;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hadoop.service.launcher.IrqHandler;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.config.Configurator;
import picocli.CommandLine.Model.CommandSpec;

/**
 * What SIGINT (Ctrl-C) and SIGTERM do to a command: one line that says how to go on, and an exit
 * status of 128 and the signal's number. What Spark, its tasks and this project's own threads say
 * of the end of their work is not printed after it. A second signal ends the JVM at once.
 */
final class Interruption {

  private static final int SIGNALLED = 128;

  private final PrintStream err;
  private final AtomicBoolean begun = new AtomicBoolean();
  private CommandSpec command;

  private Interruption(PrintStream err) {
    this.err = err;
  }

  /**
   * Puts standard error behind a door that a signal closes. To be called before anything has kept
   * {@code System.err}.
   */
  static Interruption ofThisProcess() {
    Interruption interruption = new Interruption(System.err);
    System.setErr(new PrintStream(interruption.new Door(), true, Charset.defaultCharset()));
    return interruption;
  }

  /** Takes the signals over from the JVM, for a command that is about to run. */
  void handle(CommandSpec running) {
    command = running;
    new IrqHandler(IrqHandler.CONTROL_C, this::stop).bind();
    new IrqHandler(IrqHandler.SIGTERM, this::stop).bind();
  }

  private void stop(IrqHandler.InterruptData signal) {
    int status = SIGNALLED + signal.getNumber();
    if (!begun.compareAndSet(false, true)) {
      Runtime.getRuntime().halt(status);
    }
    if (LogManager.getContext(false) instanceof LoggerContext) {
      Configurator.setAllLevels(LogManager.ROOT_LOGGER_NAME, Level.OFF);
    }
    err.println(
        "%s was stopped by SIG%s%s"
            .formatted(
                command.qualifiedName(),
                signal.getName(),
                commitsInWaves() ? "; the same command goes on where it was" : ""));
    err.flush();
    System.exit(status);
  }

  /** Whether what the command has done before it ends is kept, and is not done again. */
  private boolean commitsInWaves() {
    return command.mixins().values().stream()
        .anyMatch(mixin -> mixin.userObject() instanceof WaveOption);
  }

  /** Hands bytes on until the command is stopped. */
  private final class Door extends OutputStream {

    @Override
    public void write(int octet) {
      if (!begun.get()) {
        err.write(octet);
      }
    }

    @Override
    public void write(byte[] bytes, int offset, int count) {
      if (!begun.get()) {
        err.write(bytes, offset, count);
      }
    }

    @Override
    public void flush() {
      err.flush();
    }
  }
}
