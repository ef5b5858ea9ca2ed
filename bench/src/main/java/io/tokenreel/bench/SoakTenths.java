package io.tokenreel.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/**
 * A long run by tenths of its waves: the last one is set against the second, because the first is
 * for warming up.
 */
final class SoakTenths {

  /** How much slower the last tenth may be. */
  private static final double LEAST_THROUGHPUT = 0.95;

  /**
   * How much memory may seem to grow: a collector, an allocator and a compiler at work move by some
   * per cent and some megabytes from look to look. A leak of a kilobyte a video would be more over
   * ten thousand videos than the megabytes that are allowed.
   */
  private static final double MOST_GROWTH = 1.05;

  private static final long SLACK_BYTES = 8L << 20;

  /** Of files and threads, which pools open and close. */
  private static final int SLACK_COUNT = 8;

  private static final String SECOND = "the second tenth";

  /** One thing that is to stay as it is. */
  private record Flat(String name, ToLongFunction<Footprint> of, double scale, String unit) {}

  private static final List<Flat> FLAT =
      List.of(
          new Flat("heap after a collection", Footprint::heapBytes, 1e6, "MB"),
          new Flat("native memory", Footprint::nativeBytes, 1e6, "MB"),
          new Flat("loaded classes", Footprint::classes, 1, "classes"),
          new Flat("open files", Footprint::files, 1, "files"),
          new Flat("threads", Footprint::threads, 1, "threads"));

  private final long startMillis;
  private final List<Long> commits;
  private final List<Footprint> looks;

  /**
   * @param startMillis when the run began
   * @param commits when each wave was committed; at least three
   * @param looks in the order in which they were taken; at least one
   */
  SoakTenths(long startMillis, List<Long> commits, List<Footprint> looks) {
    this.startMillis = startMillis;
    this.commits = List.copyOf(commits);
    this.looks = List.copyOf(looks);
  }

  private int tenth() {
    return Math.max(1, commits.size() / 10);
  }

  /** Waves per second from one wave's commit to another's, without the time that the host took. */
  private double throughput(int from, int to) {
    double stolen = stolenMillis(from, to);
    return 1000.0 * (to - from) / Math.max(1, commits.get(to) - commits.get(from) - stolen);
  }

  private double stolenMillis(int from, int to) {
    return at(commits.get(to), Footprint::stolenMillis)
        - at(commits.get(from), Footprint::stolenMillis);
  }

  private double secondThroughput() {
    return throughput(tenth() - 1, 2 * tenth() - 1);
  }

  private double lastThroughput() {
    return throughput(commits.size() - 1 - tenth(), commits.size() - 1);
  }

  /** Processor time from one wave's commit to another's, by wave. */
  private double cpuNanosPerWave(int from, int to) {
    double spent =
        at(commits.get(to), Footprint::cpuNanos) - at(commits.get(from), Footprint::cpuNanos);
    return Math.max(1, spent) / (to - from);
  }

  /** What grows, at a moment; between two looks it is taken to grow evenly. */
  private double at(long millis, ToLongFunction<Footprint> growing) {
    Footprint before = looks.get(0);
    for (Footprint look : looks) {
      if (look.epochMillis() >= millis) {
        double start = growing.applyAsLong(before);
        long between = Math.max(1, look.epochMillis() - before.epochMillis());
        double passed = Math.max(0, millis - before.epochMillis());
        return start + (growing.applyAsLong(look) - start) * passed / between;
      }
      before = look;
    }
    return growing.applyAsLong(before);
  }

  /** The looks in a stretch of time; of a short one without any, the look next to its end. */
  private List<Footprint> between(long fromMillis, long toMillis) {
    List<Footprint> inside =
        looks.stream()
            .filter(look -> look.epochMillis() >= fromMillis && look.epochMillis() <= toMillis)
            .toList();
    return inside.isEmpty()
        ? looks.stream()
            .min(Comparator.comparingLong(look -> Math.abs(look.epochMillis() - toMillis)))
            .stream()
            .toList()
        : inside;
  }

  /** The median of a tenth's looks. */
  private static long median(List<Footprint> looks, ToLongFunction<Footprint> of) {
    long[] sorted = looks.stream().mapToLong(of).sorted().toArray();
    return sorted[sorted.length / 2];
  }

  private long second(ToLongFunction<Footprint> of) {
    return median(between(commits.get(tenth() - 1), commits.get(2 * tenth() - 1)), of);
  }

  private long last(ToLongFunction<Footprint> of) {
    int end = commits.size() - 1;
    return median(between(commits.get(end - tenth()), commits.get(end)), of);
  }

  private long most(ToLongFunction<Footprint> of) {
    return of.applyAsLong(looks.stream().max(Comparator.comparingLong(of)).orElseThrow());
  }

  List<BenchRow> rows() {
    List<BenchRow> rows = new ArrayList<>();
    double whole = commits.get(commits.size() - 1) - startMillis;
    rows.add(BenchRow.millis(commits.size() + " waves", whole, 1, "the run"));
    rows.add(
        new BenchRow(
            "throughput of the last tenth",
            lastThroughput(),
            "waves/s",
            lastThroughput() / secondThroughput(),
            SECOND));
    int end = commits.size() - 1;
    double cpu = cpuNanosPerWave(end - tenth(), end);
    double cpuOfSecond = cpuNanosPerWave(tenth() - 1, 2 * tenth() - 1);
    rows.add(
        BenchRow.millis(
            "processor time of a wave, last tenth", cpu / 1e6, cpu / cpuOfSecond, SECOND));
    double stolen = stolenMillis(0, end);
    rows.add(
        BenchRow.millis("time that the machine's host took", stolen, stolen / whole, "the run"));
    for (Flat flat : FLAT) {
      rows.add(
          new BenchRow(
              flat.name() + ", last tenth",
              last(flat.of()) / flat.scale(),
              flat.unit(),
              (double) last(flat.of()) / second(flat.of()),
              SECOND));
    }
    rows.add(most("class data and compiled code, most", Footprint::classBytes, 1e6, "MB"));
    rows.add(most("child processes, most", Footprint::children, 1, ""));
    rows.add(most("their memory, most", Footprint::childBytes, 1e6, "MB"));
    return rows;
  }

  private BenchRow most(String name, ToLongFunction<Footprint> of, double scale, String unit) {
    return new BenchRow(name, most(of) / scale, unit, 1, "itself");
  }

  /** The promises that do not hold, each in a sentence. */
  List<String> broken() {
    List<String> broken = new ArrayList<>();
    if (lastThroughput() < LEAST_THROUGHPUT * secondThroughput()) {
      broken.add(
          String.format(
              Locale.ROOT,
              "the last tenth did %.2f waves/s, less than %.2f of the second tenth's %.2f",
              lastThroughput(),
              LEAST_THROUGHPUT,
              secondThroughput()));
    }
    for (Flat flat : FLAT) {
      long slack = flat.scale() > 1 ? SLACK_BYTES : SLACK_COUNT;
      if (last(flat.of()) > MOST_GROWTH * second(flat.of()) + slack) {
        broken.add(
            "%s grew from %d in the second tenth to %d in the last"
                .formatted(flat.name(), second(flat.of()), last(flat.of())));
      }
    }
    return broken;
  }
}
