package io.tokenreel.model.qwen2;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import io.tokenreel.model.Settings;
import io.tokenreel.model.kv.KvCache;
import io.tokenreel.model.kv.KvMeter;
import io.tokenreel.model.kv.KvSpec;
import io.tokenreel.model.kv.SharedPrefix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Decoding with pruned keys and values gives the logits of a full forward pass in which the same
 * positions are masked.
 */
class DycokeKvTest {

  private static final int STEPS = 8;

  private static Qwen2Config config;
  private static Qwen2Weights weights;
  private static Qwen2Decoder decoder;

  @BeforeAll
  static void open() {
    Settings settings = Settings.read(GoldenLanguage.folder(), "config.json");
    config = Qwen2Config.of(settings.section("text_config"));
    weights = new Qwen2Weights(GoldenLanguage.folder(), config, false);
    decoder = new Qwen2Decoder(config, weights, Device.cpu(), 1);
  }

  @AfterAll
  static void close() {
    decoder.close();
  }

  /** A prompt whose middle is visual, and tokens that follow it. */
  private record Case(int before, int visual, int after, float[] rows) {

    static Case random(Random random, int visual) {
      int before = 1 + random.nextInt(5);
      int after = 1 + random.nextInt(5);
      float[] rows = new float[(before + visual + after + STEPS) * config.hidden()];
      for (int i = 0; i < rows.length; i++) {
        rows[i] = (float) random.nextGaussian();
      }
      return new Case(before, visual, after, rows);
    }

    int prompt() {
      return before + visual + after;
    }

    float[] rows(int from, int to) {
      return Arrays.copyOfRange(rows, from * config.hidden(), to * config.hidden());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "paper,host,0.9999",
    "paper,drop,0.9999",
    "paper,device,0.999999",
    "paper,host,0",
    "release,host,0.9999",
    "release,host,0.999999",
    "release,host,-1"
  })
  void decode_pruned_givesTheLogitsOfAMaskedForwardPass(
      String mode, String reserve, double refresh) {
    long seed = new Random().nextInt(1 << 30);
    Random random = new Random(seed);
    int returned = 0;
    for (int run = 0; run < 12; run++) {
      double prune = new double[] {0, 0.3, 0.7, 0.95, 1}[run % 5];
      int layer = 1 + random.nextInt(config.layers() - 1);
      Case given = Case.random(random, 1 + random.nextInt(40));
      String spec =
          "dycoke:layer=%d,prune=%s,refresh=%s,mode=%s,reserve=%s"
              .formatted(layer, prune, refresh, mode, reserve);
      List<BitSet> expected = new ArrayList<>();
      List<double[]> logits = reference(given, layer, prune, refresh, mode, reserve, expected);
      List<float[]> found = decode(given, KvSpec.parse(spec));
      for (int step = 0; step < STEPS; step++) {
        String where = "%s, seed %d, run %d, step %d".formatted(spec, seed, run, step);
        assertClose(logits.get(step), found.get(step), where);
        if (step > 0) {
          BitSet back = (BitSet) expected.get(step).clone();
          back.andNot(expected.get(step - 1));
          returned += back.cardinality();
        }
      }
    }
    boolean comesBack = mode.equals("release") || (refresh > 0.9 && !reserve.equals("drop"));
    assertEquals(comesBack, returned > 0, "tokens that came back: " + returned + ", seed " + seed);
  }

  private static List<float[]> decode(Case given, KvSpec spec) {
    List<float[]> logits = new ArrayList<>();
    KvMeter meter = new KvMeter();
    try (KvCache cache = prompt(given, spec, meter)) {
      cache.beginDecoding();
      for (int step = 0; step < STEPS; step++) {
        int at = given.prompt() + step;
        logits.add(decoder.feed(given.rows(at, at + 1), cache, 1)[0]);
      }
    }
    assertEquals(0, meter.working());
    assertEquals(0, meter.reserve());
    return logits;
  }

  /** A sequence that holds the prompt, the only one of its prefix. */
  private static KvCache prompt(Case given, KvSpec spec, KvMeter meter) {
    int prefixTokens = given.before + given.visual;
    KvCache start = KvCache.empty(decoder.manager(), decoder.kvShape(), prefixTokens, meter);
    decoder.feed(given.rows(0, prefixTokens), start, 0);
    try (SharedPrefix prefix = start.toPrefix(given.before, given.visual)) {
      KvCache cache = prefix.begin(spec);
      decoder.feed(given.rows(prefixTokens, given.prompt()), cache, 1);
      return cache;
    }
  }

  /** METHODS.md's words, over full forward passes with masks. */
  private static List<double[]> reference(
      Case given,
      int layer,
      double prune,
      double refresh,
      String mode,
      String reserve,
      List<BitSet> sets) {
    ReferenceDecoder reference = new ReferenceDecoder(config, weights);
    int keep = (int) (given.visual * (1 - prune));
    BitSet all = new BitSet();
    all.set(0, given.visual);
    List<double[]> logits = new ArrayList<>();
    double[] last = null;
    BitSet chosen = null;
    for (int step = 0; step < STEPS; step++) {
      sets.add(all);
      int count = given.prompt() + step + 1;
      ReferenceDecoder.Mask mask =
          (l, row, other) ->
              l < layer
                  || row < given.prompt()
                  || other < given.before
                  || other >= given.before + given.visual
                  || sets.get(row - given.prompt()).get(other - given.before);
      // Layers below L do not depend on the set that their attention decides about.
      double[] attention =
          Arrays.copyOfRange(
              reference.run(given.rows(0, count), mask).attention[layer - 1],
              given.before,
              given.before + given.visual);
      boolean alike = last != null && cosine(attention, last) >= refresh;
      if (mode.equals("release")) {
        chosen = alike ? all : top(attention, keep);
        last = attention;
      } else if (chosen == null || (!alike && !reserve.equals("drop"))) {
        chosen = top(attention, keep);
        last = attention;
      }
      sets.set(step, chosen);
      logits.add(reference.run(given.rows(0, count), mask).logits);
    }
    return logits;
  }

  private static BitSet top(double[] attention, int keep) {
    BitSet top = new BitSet();
    IntStream.range(0, attention.length)
        .boxed()
        .sorted((a, b) -> Double.compare(attention[b], attention[a]))
        .limit(keep)
        .forEach(top::set);
    return top;
  }

  private static double cosine(double[] a, double[] b) {
    double dot = 0;
    double squares = 0;
    double otherSquares = 0;
    for (int i = 0; i < a.length; i++) {
      dot += a[i] * b[i];
      squares += a[i] * a[i];
      otherSquares += b[i] * b[i];
    }
    return dot / Math.sqrt(squares * otherSquares);
  }

  private static void assertClose(double[] expected, float[] found, String where) {
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], found[i], 1e-4, where);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"paper", "release"})
  void decode_pruneOfNothing_equalsFullToTheBit(String mode) {
    Random random = new Random(5);
    for (int visual : new int[] {1, 2, 33}) {
      Case given = Case.random(random, visual);
      List<float[]> full = decode(given, KvSpec.FULL);
      List<float[]> none = decode(given, KvSpec.parse("dycoke:prune=0,mode=" + mode));
      for (int step = 0; step < STEPS; step++) {
        assertArrayEquals(full.get(step), none.get(step));
      }
    }
  }

  @Test
  void decode_noVideo_equalsFullToTheBit() {
    Case given = Case.random(new Random(6), 0);
    List<float[]> full = decode(given, KvSpec.FULL);
    List<float[]> none = decode(given, KvSpec.parse("dycoke"));
    for (int step = 0; step < STEPS; step++) {
      assertArrayEquals(full.get(step), none.get(step));
    }
  }

  @ParameterizedTest
  @CsvSource({"drop,0", "host,1"})
  void decode_pruned_freesOrReservesTheOthersBytes(String reserve, int kept) {
    int visual = 400;
    Case given = Case.random(new Random(7), visual);
    KvMeter meter = new KvMeter();
    KvSpec spec = KvSpec.parse("dycoke:layer=1,prune=0.7,reserve=" + reserve);
    try (KvCache cache = prompt(given, spec, meter)) {
      long token = 2L * config.keyHeads() * config.headSize() * Float.BYTES;
      cache.reserve(1); // room in the tail is not what is looked at
      long before = meter.working();
      cache.beginDecoding();
      decoder.feed(given.rows(given.prompt(), given.prompt() + 1), cache, 1);
      int chosen = (int) (visual * (1 - 0.7));
      int pruned = visual - chosen;
      long layers = config.layers() - 1L;
      assertEquals(before - layers * pruned * token, meter.working());
      assertEquals(kept * layers * (given.before + visual) * token, meter.reserve());
      // A dropped layer is there twice in part, and only while its own part is copied.
      long copies = reserve.equals("drop") ? 1 : layers;
      assertTrue(
          meter.peak() <= before + copies * (given.before + chosen) * token,
          "peak " + meter.peak());
      assertEquals(meter.working(), cache.own().working());
      assertEquals(meter.reserve(), cache.own().reserve());
    }
  }

  @Test
  void begin_layerThatTheModelLacks_saysWhichItHas() {
    Case given = Case.random(new Random(8), 3);
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> prompt(given, KvSpec.parse("dycoke:layer=4"), new KvMeter()))
            .getMessage();
    assertTrue(message.contains("layer must lie in 1 .. 3") && message.contains("4 layers"));
  }
}
