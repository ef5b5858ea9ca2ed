package io.tokenreel.pipeline.run;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The line on standard error that says how far a long job is: its stage, what is done, degraded and
 * failed, how much a second, time left. On a terminal it is drawn over; in a file there is a line
 * every ten seconds.
 */
public final class Progress implements AutoCloseable {

  /** What a command does first, and for some seconds. */
  public static final String STARTING = "starting Spark";

  private static final Progress SILENT = new Progress(null, false);

  private final PrintWriter out;
  private final boolean terminal;
  private final ScheduledExecutorService timer;
  private Future<?> drawing;

  private Progress(PrintWriter out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
    this.timer =
        out == null
            ? null
            : Executors.newSingleThreadScheduledExecutor(
                task -> {
                  Thread thread = new Thread(task, "tokenreel-progress");
                  thread.setDaemon(true);
                  return thread;
                });
  }

  public static Progress silent() {
    return SILENT;
  }

  @SuppressWarnings("SystemConsoleNull") // for JDK 17
  public static Progress on(PrintWriter out) {
    return new Progress(out, System.console() != null);
  }

  /**
   * What the work is.
   *
   * @param name that a person knows it by
   * @param unit what is counted, in the plural
   * @param degradable whether something may be DEGRADED
   */
  public record Stage(String name, String unit, boolean degradable) {

    /** Of videos, whose outcomes are counted. */
    static Stage videos(String name) {
      return new Stage(name, "videos", true);
    }

    /** Of answers with a KV cache. */
    static Stage answers(String kv) {
      return of("answer, KV " + kv, "answers");
    }

    /**
     * Of something else, none of which is DEGRADED.
     *
     * @param unit what is counted, in the plural
     */
    public static Stage of(String name, String unit) {
      return new Stage(name, unit, false);
    }
  }

  /**
   * How far the work is, in the stage's unit.
   *
   * @param done all that are through, the others included
   * @param degraded of these, DEGRADED ones
   * @param failed of these, FAILED ones
   */
  public record Counts(long done, long degraded, long failed) {

    static final Counts NONE = new Counts(0, 0, 0);

    Counts plus(Counts other) {
      return new Counts(done + other.done, degraded + other.degraded, failed + other.failed);
    }
  }

  /** Says what a job does while there is nothing to count yet, in a line that stays. */
  public void doing(String name, String what) {
    if (out != null) {
      out.println(name + ": " + what);
      out.flush();
    }
  }

  /** Starts to report on a stage, and no more on the one before. */
  public void start(Stage stage, long total, Supplier<Counts> counts) {
    if (out == null) {
      return;
    }
    long begin = System.nanoTime();
    long millis = terminal ? 500 : 10_000;
    if (drawing != null) {
      drawing.cancel(false);
    }
    drawing =
        timer.scheduleAtFixedRate(
            () -> draw(stage, total, counts.get(), (System.nanoTime() - begin) / 1e9),
            millis,
            millis,
            TimeUnit.MILLISECONDS);
  }

  private void draw(Stage stage, long total, Counts counts, double seconds) {
    String line = line(stage, total, counts, seconds);
    out.print(terminal ? "\r" + line + "\u001b[K" : line + System.lineSeparator());
    out.flush();
  }

  static String line(Stage stage, long total, Counts counts, double seconds) {
    double rate = seconds > 0 ? counts.done() / seconds : 0;
    String left = rate == 0 ? "?" : readable((total - counts.done()) / rate);
    return String.format(
        Locale.ROOT,
        "%s: %d/%d %s, %s%d failed, %.1f %s/s, %s left",
        stage.name,
        counts.done(),
        total,
        stage.unit,
        stage.degradable ? counts.degraded() + " degraded, " : "",
        counts.failed(),
        rate,
        stage.unit,
        left);
  }

  private static String readable(double seconds) {
    Duration time = Duration.ofSeconds(Math.max(0, Math.round(seconds)));
    return time.toHours() > 0
        ? "%dh%02dm".formatted(time.toHours(), time.toMinutesPart())
        : "%dm%02ds".formatted(time.toMinutes(), time.toSecondsPart());
  }

  @Override
  public void close() {
    if (out == null) {
      return;
    }
    timer.shutdownNow();
    if (terminal) {
      out.print("\r\u001b[K");
      out.flush();
    }
  }
}
