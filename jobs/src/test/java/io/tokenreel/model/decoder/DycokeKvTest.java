package io.tokenreel.model.decoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import io.tokenreel.model.ComputeType;
import io.tokenreel.model.checkpoint.Settings;
import io.tokenreel.model.kv.KvMeter;
import io.tokenreel.model.kv.KvSpec;
import io.tokenreel.model.kv.KvUse;
import io.tokenreel.model.kv.cache.KvCache;
import io.tokenreel.model.kv.cache.SharedPrefix;
import io.tokenreel.testing.RunSeed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
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

  private static final int STEPS = 6;

  private static DecoderConfig config;
  private static DecoderWeights weights;
  private static Decoder decoder;

  @BeforeAll
  static void open() {
    Settings settings = Settings.read(GoldenLanguage.folder(), "config.json");
    config = DecoderConfig.of(DecoderKind.QWEN2, settings.section("text_config"));
    weights = new DecoderWeights(GoldenLanguage.folder(), config, false);
    decoder = new Decoder(config, weights, Device.cpu(), ComputeType.F32, 1);
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

    PromptRows fed(int from, int to) {
      return PromptRows.text(rows(from, to), to - from, 1, from);
    }

    float[] rows(int from, int to) {
      return Arrays.copyOfRange(rows, from * config.hidden(), to * config.hidden());
    }
  }

  /** What a sequence was asked for. */
  private record Setting(String mode, String reserve, double prune, int layer, double refresh) {

    KvSpec spec() {
      return KvSpec.parse(toString());
    }

    /** The same with its reserve on the device, where there is one. */
    Setting onDevice() {
      return new Setting(mode, reserve.equals("host") ? "device" : reserve, prune, layer, refresh);
    }

    /** Of the visual rows, the first ones: the released code leaves out the last two. */
    int scored(int visual) {
      return mode.equals("release") ? Math.max(0, visual - 2) : visual;
    }

    int keep(int visual) {
      return (int) (scored(visual) * (1 - prune));
    }

    boolean frees() {
      return mode.equals("paper");
    }

    boolean reserves() {
      return frees() && !reserve.equals("drop");
    }

    @Override
    public String toString() {
      return "dycoke:layer=%d,prune=%s,refresh=%s,mode=%s,reserve=%s"
          .formatted(layer, prune, refresh, mode, reserve);
    }
  }

  private static List<Setting> settings(String mode, String reserve) {
    List<Setting> settings = new ArrayList<>();
    for (double prune : new double[] {0, 0.3, 0.7, 0.95, 1}) {
      for (int layer = 1; layer < config.layers(); layer++) {
        for (double refresh : new double[] {-1, 0.9, 0.9999, 0.999999}) {
          settings.add(new Setting(mode, reserve, prune, layer, refresh));
        }
      }
    }
    return settings;
  }

  @ParameterizedTest
  @CsvSource({"paper,host", "paper,drop", "release,host"})
  void decode_everySetting_givesTheLogitsOfAMaskedForwardPass(String mode, String reserve) {
    long seed = RunSeed.VALUE;
    Random random = new Random(seed);
    int returned = 0;
    for (Setting setting : settings(mode, reserve)) {
      Case given = Case.random(random, 1 + random.nextInt(20));
      List<BitSet> expected = new ArrayList<>();
      List<double[]> logits = reference(given, setting, expected);
      List<float[]> found = decode(given, setting.spec());
      List<float[]> elsewhere = decode(given, setting.onDevice().spec());
      for (int step = 0; step < STEPS; step++) {
        String where = "%s, seed %d, step %d".formatted(setting, seed, step);
        assertArrayEquals(elsewhere.get(step), found.get(step), where);
        assertClose(logits.get(step), found.get(step), where);
        if (step > 0) {
          BitSet back = (BitSet) expected.get(step).clone();
          back.andNot(expected.get(step - 1));
          returned += back.cardinality();
        }
      }
    }
    boolean comesBack = !reserve.equals("drop");
    assertEquals(comesBack, returned > 0, "tokens that came back: " + returned + ", seed " + seed);
  }

  private static List<float[]> decode(Case given, KvSpec spec) {
    List<float[]> logits = new ArrayList<>();
    KvMeter meter = new KvMeter();
    try (KvCache cache = prompt(given, spec, meter)) {
      cache.beginDecoding();
      for (int step = 0; step < STEPS; step++) {
        int at = given.prompt() + step;
        logits.add(decoder.feed(given.fed(at, at + 1), cache, 1)[0]);
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
    decoder.feed(given.fed(0, prefixTokens), start, 0);
    try (SharedPrefix prefix =
        start.toPrefix(IntStream.range(given.before, prefixTokens).toArray())) {
      KvCache cache = prefix.begin(spec);
      decoder.feed(given.fed(prefixTokens, given.prompt()), cache, 1);
      return cache;
    }
  }

  /** The description's words, over full forward passes with masks. */
  private static List<double[]> reference(Case given, Setting setting, List<BitSet> sets) {
    ReferenceDecoder reference = new ReferenceDecoder(config, weights);
    int scored = setting.scored(given.visual);
    int keep = setting.keep(given.visual);
    BitSet all = new BitSet();
    all.set(0, scored);
    List<double[]> logits = new ArrayList<>();
    double[] last = null;
    BitSet chosen = null;
    for (int step = 0; step < STEPS; step++) {
      sets.add(all);
      int count = given.prompt() + step + 1;
      ReferenceDecoder.Mask mask =
          (l, row, other) ->
              l < setting.layer
                  || row < given.prompt()
                  || other < given.before
                  || other >= given.before + scored
                  || sets.get(row - given.prompt()).get(other - given.before);
      // Layers below L do not depend on the set that their attention decides about.
      double[] attention =
          Arrays.copyOfRange(
              reference.run(given.rows(0, count), mask).attention[setting.layer - 1],
              given.before,
              given.before + scored);
      boolean alike = last != null && cosine(attention, last) >= setting.refresh;
      if (!setting.frees()) {
        chosen = alike ? all : top(attention, keep);
        last = attention;
      } else if (chosen == null || (!alike && setting.reserves())) {
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

  /** Of unit vectors the sum of products; nothing is like a vector of zeros. */
  private static double cosine(double[] a, double[] b) {
    double[] one = unit(a);
    double[] other = unit(b);
    return IntStream.range(0, a.length).mapToDouble(i -> one[i] * other[i]).sum();
  }

  private static double[] unit(double[] vector) {
    double length = Math.sqrt(Arrays.stream(vector).map(x -> x * x).sum());
    return Arrays.stream(vector).map(x -> length == 0 ? 0 : x / length).toArray();
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

  /** Working and reserve bytes of full and of a setting, in tokens of one layer, at each step. */
  @ParameterizedTest
  @CsvSource({"paper,host", "paper,device", "paper,drop", "release,host", "release,device"})
  void own_atEveryStep_holdsEachTokenOnceAndNeverMoreThanFull(String mode, String reserve) {
    long seed = RunSeed.VALUE;
    Random random = new Random(seed);
    for (Setting setting : settings(mode, reserve)) {
      Case given = Case.random(random, 1 + random.nextInt(40));
      String where = setting + ", seed " + seed;
      long token = decoder.kvShape().tokenBytes();
      long layers = config.layers();
      int scored = setting.scored(given.visual);
      int pruned = scored - setting.keep(given.visual);
      long outside = setting.frees() ? (layers - setting.layer) * pruned : 0;
      try (KvCache cache = prompt(given, setting.spec(), new KvMeter())) {
        long prompt = layers * given.prompt() * token;
        assertEquals(prompt, cache.own().working(), where);
        assertEquals(0, cache.own().reserve(), where);
        cache.beginDecoding();
        for (int step = 0; step < STEPS; step++) {
          step(given, cache, step);
          long full = layers * (given.prompt() + step + 1) * token;
          assertEquals(full - outside * token, cache.own().working(), where);
          assertEquals(setting.reserves() ? outside * token : 0, cache.own().reserve(), where);
          assertTrue(cache.own().peak() <= full, where);
        }
        KvUse use = cache.use();
        assertEquals(Math.max(prompt, cache.own().working()), use.bytesPeak(), where);
        assertEquals(cache.own().working(), use.bytesEnd(), where);
        assertEquals(cache.own().reserve(), use.reserveBytesPeak(), where);
        assertEquals("cpu", use.device());
        assertEquals(setting.reserves(), use.reserveDevice().equals(Optional.of("cpu")), where);
      }
    }
  }

  private static float[] step(Case given, KvCache cache, int step) {
    int at = given.prompt() + step;
    return decoder.feed(given.fed(at, at + 1), cache, 1)[0];
  }

  /** What is allocated: the prefix once, in two parts, and no token twice. */
  @ParameterizedTest
  @CsvSource({"drop,0", "host,1", "device,1"})
  void resident_theOnlyQuestion_splitsThePrefix(String reserve, int kept) {
    int visual = 400;
    Case given = Case.random(new Random(7), visual);
    KvMeter meter = new KvMeter();
    KvSpec spec = KvSpec.parse("dycoke:layer=1,prune=0.7,refresh=0.999999,reserve=" + reserve);
    try (KvCache cache = prompt(given, spec, meter)) {
      long token = decoder.kvShape().tokenBytes();
      cache.reserve(STEPS); // room in the tail is not what is looked at
      long before = meter.working();
      cache.beginDecoding();
      long outside = (config.layers() - 1L) * (visual - (int) (visual * (1 - 0.7))) * token;
      for (int step = 0; step < STEPS; step++) {
        step(given, cache, step);
        assertEquals(before - outside, meter.working());
        assertEquals(kept * outside, meter.reserve());
      }
      // One layer at a time is there twice, while it is split.
      assertTrue(meter.peak() <= before + (given.before + visual) * token, "" + meter.peak());
    }
  }

  /** Several questions about one video, in turn and at once: the same bits as alone. */
  @ParameterizedTest
  @CsvSource({"paper,host", "paper,device", "paper,drop", "release,host"})
  void decode_sharedPrefix_equalsAloneToTheBit(String mode, String reserve) {
    long seed = RunSeed.VALUE;
    Case given = Case.random(new Random(seed), 60);
    KvSpec spec = new Setting(mode, reserve, 0.7, 1, 0.99999).spec();
    List<float[]> alone = decode(given, spec);
    int prefixTokens = given.before + given.visual;
    KvMeter meter = new KvMeter();
    KvCache start = KvCache.empty(decoder.manager(), decoder.kvShape(), prefixTokens, meter);
    decoder.feed(given.fed(0, prefixTokens), start, 0);
    SharedPrefix prefix = start.toPrefix(IntStream.range(given.before, prefixTokens).toArray());
    List<KvCache> caches = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      KvCache cache = prefix.begin(spec);
      decoder.feed(given.fed(prefixTokens, given.prompt()), cache, 1);
      cache.beginDecoding();
      caches.add(cache);
    }
    for (int step = 0; step < STEPS; step++) {
      for (KvCache cache : caches) {
        assertArrayEquals(alone.get(step), step(given, cache, step), spec + ", seed " + seed);
      }
      if (step == 2) {
        caches.remove(0).close();
        prefix.close();
      } else if (step == 4) {
        caches.remove(0).close(); // from here on the last one is alone
      }
    }
    assertEquals(caches.get(0).own().reserve(), meter.reserve(), spec + ", seed " + seed);
    caches.get(0).close();
    assertEquals(0, meter.total());
  }

  @Test
  void parse_releaseThatDrops_saysWhatToWrite() {
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> KvSpec.parse("dycoke:mode=release,reserve=drop,layer=1"))
            .getMessage();
    assertTrue(message.contains("leave reserve out, or write mode=paper,reserve=drop"), message);
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
