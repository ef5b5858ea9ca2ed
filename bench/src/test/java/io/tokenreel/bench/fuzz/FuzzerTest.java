package io.tokenreel.bench.fuzz;

import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.testing.RunSeed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A few of the mutants of {@code tokenreel fuzz}, other ones in every run. */
@Tag("slow")
class FuzzerTest {

  private static final int MUTANTS = 100;

  @TempDir private static Path folder;

  private static Fuzzer fuzzer;

  @BeforeAll
  static void start() throws IOException {
    fuzzer = new Fuzzer(folder);
  }

  @AfterAll
  static void end() {
    fuzzer.close();
  }

  @Test
  void run_mutantsOfEverySampleAndMutation_noneBreaksThePromise() throws IOException {
    for (int i = 0; i < MUTANTS; i++) {
      fuzzer.run(RunSeed.VALUE + i);
    }
    assertEquals(List.of(), fuzzer.violations());
    List<FuzzRow> rows = fuzzer.rows();
    assertEquals(2 * MUTANTS, rows.stream().mapToInt(FuzzRow::mutants).sum());
    assertEquals(5, rows.stream().map(FuzzRow::sample).collect(toSet()).size());
    assertEquals(4, rows.stream().map(FuzzRow::mutation).collect(toSet()).size());
    for (FuzzRow row : rows) {
      int failed = row.failed().values().stream().mapToInt(Integer::intValue).sum();
      assertEquals(row.mutants(), row.ok() + row.degraded() + failed, row.toString());
      boolean cut = row.mutation().equals("cut");
      assertTrue(!cut || row.ok() == 0, row.toString());
      boolean checked = row.sample().equals("av1.mkv");
      assertTrue(!checked || row.unnoticed().isEmpty(), row.toString());
    }
  }

  @Test
  void keep_sameSeed_writesTheSameBytesThatDifferFromTheSample() throws IOException {
    List<FuzzSample> samples = FuzzSample.all(folder);
    for (long seed = RunSeed.VALUE; seed < RunSeed.VALUE + samples.size(); seed++) {
      byte[] bytes = Mutant.of(seed, samples).bytes();
      assertArrayEquals(bytes, Files.readAllBytes(fuzzer.keep(seed, folder.resolve("kept"))));
      assertFalse(Arrays.equals(bytes, Mutant.of(seed, samples).sample().bytes()));
    }
  }

  @Test
  void mayGoUnnoticed_pictureWithoutChecksum_mayAndNamesAndChecksummedMayNot() throws IOException {
    for (FuzzSample sample : FuzzSample.all(folder)) {
      Layout layout = Layout.of(sample.bytes());
      assertEquals(sample.name().equals("av1.mkv"), layout.checked(), sample.name());
      byte[] picture = flipped(sample, layout.pictures().length() - 1);
      assertEquals(!layout.checked(), layout.mayGoUnnoticed(sample.bytes(), picture));
      assertFalse(layout.mayGoUnnoticed(sample.bytes(), flipped(sample, 1)), sample.name());
    }
  }

  private static byte[] flipped(FuzzSample sample, int at) {
    byte[] bytes = sample.bytes().clone();
    bytes[at] ^= 1;
    return bytes;
  }
}
