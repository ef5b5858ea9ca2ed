package io.tokenreel.bench.fuzz;

import io.tokenreel.video.DecodeCheck;
import io.tokenreel.video.DecodeLimits;
import io.tokenreel.video.DecodedVideo;
import io.tokenreel.video.DecoderSettings;
import io.tokenreel.video.Outcome;
import io.tokenreel.video.Reason;
import io.tokenreel.video.SamplingSpec;
import io.tokenreel.video.VideoDecoder;
import io.tokenreel.video.VideoRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;

/**
 * Decodes damaged videos in the real decoder process and compares with the sound ones: OK must mean
 * that the frames are those of the sound video, wherever the file holds something that tells.
 */
public final class Fuzzer implements AutoCloseable {

  /** Far more than a sample takes. */
  private static final Duration LIMIT = Duration.ofSeconds(20);

  /** For the copy, the process's end, and a busy machine. */
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final Path folder;
  private final List<FuzzSample> samples;
  private final List<Checker> checkers;
  private final Map<FuzzSample, Layout> layouts = new HashMap<>();
  private final Map<List<Object>, Counts> counts = new LinkedHashMap<>();
  private final List<FuzzViolation> violations = new ArrayList<>();

  /** A decoder with one check, and what it gives of the sound samples. */
  private record Checker(
      DecodeCheck check, VideoDecoder decoder, Map<FuzzSample, DecodedVideo> sound) {}

  private static final class Counts {
    private int mutants;
    private int ok;
    private int degraded;
    private final Map<Reason, Integer> failed = new TreeMap<>();
    private final Map<Change, Integer> unnoticed = new EnumMap<>(Change.class);
    private int violations;
  }

  /**
   * Renders and decodes the sound samples.
   *
   * @param folder for temporary files
   */
  public Fuzzer(Path folder) throws IOException {
    this.folder = folder;
    this.samples = FuzzSample.all(folder);
    this.checkers =
        List.of(
            checker(DecodeCheck.SAMPLED, "uniform:frames=8"),
            checker(DecodeCheck.FULL, "uniform:frames=" + FuzzSample.FRAMES));
    for (FuzzSample sample : samples) {
      layouts.put(sample, Layout.of(sample.bytes()));
      for (Checker checker : checkers) {
        DecodedVideo sound = decode(checker, sample.bytes());
        if (sound.outcome() != Outcome.OK) {
          throw new IllegalStateException(sample.name() + " is not sound: " + sound.detail());
        }
        checker.sound().put(sample, sound);
      }
    }
  }

  private static Checker checker(DecodeCheck check, String sampling) {
    DecoderSettings settings =
        new DecoderSettings(
            SamplingSpec.parse(sampling),
            FuzzSample.SIZE,
            check,
            DecodeLimits.DEFAULT.withTime(LIMIT));
    return new Checker(
        check, new VideoDecoder(settings, new Configuration(false)), new HashMap<>());
  }

  private DecodedVideo decode(Checker checker, byte[] bytes) throws IOException {
    Path file = Files.write(folder.resolve("video"), bytes);
    return checker.decoder().decode(new VideoRef("video", file.toString(), bytes.length));
  }

  /** Makes, decodes with both checks and counts one mutant. */
  public void run(long seed) throws IOException {
    Mutant mutant = mutant(seed);
    for (Checker checker : checkers) {
      long start = System.nanoTime();
      DecodedVideo decoded = decode(checker, mutant.bytes());
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      Counts row =
          counts.computeIfAbsent(
              List.of(mutant.sample().name(), mutant.mutation().label(), checker.check()),
              key -> new Counts());
      row.mutants++;
      if (took.compareTo(LIMIT.plus(GRACE)) > 0) {
        row.violations++;
        violate(mutant, checker, "took %s, over the limit of %s".formatted(took, LIMIT));
      }
      switch (decoded.outcome()) {
        case FAILED -> row.failed.merge(decoded.reason(), 1, Integer::sum);
        case DEGRADED -> row.degraded++;
        case OK -> countOk(mutant, checker, decoded, row);
      }
    }
  }

  private void countOk(Mutant mutant, Checker checker, DecodedVideo decoded, Counts row) {
    row.ok++;
    DecodedVideo all = checkers.get(checkers.size() - 1).sound().get(mutant.sample());
    Change change =
        Change.of(decoded.frames(), checker.sound().get(mutant.sample()).frames(), all.frames());
    if (change == Change.NONE) {
      return;
    }
    if (layouts.get(mutant.sample()).mayGoUnnoticed(mutant.sample().bytes(), mutant.bytes())) {
      row.unnoticed.merge(change, 1, Integer::sum);
    } else {
      row.violations++;
      violate(mutant, checker, "OK, with a change of " + change.label());
    }
  }

  private void violate(Mutant mutant, Checker checker, String what) {
    violations.add(
        new FuzzViolation(
            mutant.seed(),
            "%s, %s, check %s: %s"
                .formatted(
                    mutant.sample().name(), mutant.mutation().label(), label(checker), what)));
  }

  private static String label(Checker checker) {
    return checker.check().name().toLowerCase(Locale.ROOT);
  }

  private Mutant mutant(long seed) {
    return Mutant.of(seed, samples);
  }

  /** Writes a mutant to a folder, under a name with its seed. */
  public Path keep(long seed, Path target) throws IOException {
    Mutant mutant = mutant(seed);
    Files.createDirectories(target);
    return Files.write(target.resolve(seed + "-" + mutant.sample().name()), mutant.bytes());
  }

  /** What was counted, a row per sample, mutation and check. */
  public List<FuzzRow> rows() {
    List<FuzzRow> rows = new ArrayList<>();
    for (FuzzSample sample : samples) {
      for (Mutation mutation : Mutation.values()) {
        for (Checker checker : checkers) {
          Counts row = counts.get(List.of(sample.name(), mutation.label(), checker.check()));
          if (row != null) {
            rows.add(
                new FuzzRow(
                    sample.name(),
                    mutation.label(),
                    label(checker),
                    row.mutants,
                    row.ok,
                    row.degraded,
                    row.failed,
                    row.unnoticed,
                    row.violations));
          }
        }
      }
    }
    return rows;
  }

  /** The mutants that broke the promise, in the order of their runs. */
  public List<FuzzViolation> violations() {
    return List.copyOf(violations);
  }

  @Override
  public void close() {
    checkers.forEach(checker -> checker.decoder().close());
  }
}
