package io.tokenreel.video;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Indices that the references' own functions gave: qwen-vl-utils 0.0.14 and transformers 5.23.0,
 * with PyTorch 2.7.1 and numpy 2.4.6.
 */
class QwenSamplerTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "qwen:rule=utils|2|25|0 1",
        "qwen:rule=utils|3|25|0 2",
        "qwen:rule=utils|4|25|0 1 2 3",
        "qwen:rule=utils|5|25|0 1 3 4",
        "qwen:rule=utils|7|25|0 2 4 6",
        "qwen:rule=utils|30|25|0 10 19 29",
        "qwen:rule=utils|60|29.97002997002997|0 20 39 59",
        "qwen:rule=utils|75|25|0 15 30 44 59 74",
        "qwen:rule=utils|99|23.976023976023978|0 14 28 42 56 70 84 98",
        "qwen:rule=utils|122|25|0 17 35 52 69 86 104 121",
        "qwen:rule=utils|300|29.97002997002997|0 16 31 47 63 79 94 110 126 142 157 173 189 205 220 236 252 268 283 299",
        "qwen:rule=utils|390|29.97|0 16 31 47 62 78 93 109 124 140 156 171 187 202 218 233 249 265 280 296 311 327 342 358 373 389",
        "qwen:rule=utils|11|1|0 1 2 3 4 6 7 8 9 10",
        "qwen:rule=utils,rate=1|100|25|0 33 66 99",
        "qwen:rule=utils,max=8|1000|25|0 143 285 428 571 714 856 999",
        "qwen:rule=utils,max=7|1000|23.976023976023978|0 200 400 599 799 999",
        "qwen:rule=utils,rate=1,min=5,max=768|50|25|0 10 20 29 39 49",
        "qwen:rule=utils,rate=0.5|101|10|0 33 67 100",
        "qwen:rule=utils,rate=30|9|25|0 1 2 3 5 6 7 8",
        "qwen:rule=utils,rate=1.5,min=9,max=9|77|12.5|0 11 22 33 43 54 65 76",
        "qwen:rule=utils,max=12|10000|29.97002997002997|0 909 1818 2727 3636 4545 5454 6363 7272 8181 9090 9999"
      })
  void utils_totalsAndRates_takesTheFramesOfQwenVlUtils(
      String spec, int total, double rate, String indices) {
    SamplersTest.assertChosen(spec, total, rate, indices);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "qwen:rule=hf|2|25|0 1",
        "qwen:rule=hf|3|25|0 1",
        "qwen:rule=hf|4|25|0 1 2 3",
        "qwen:rule=hf|5|25|0 1 2 3",
        "qwen:rule=hf|7|25|0 1 3 5",
        "qwen:rule=hf|30|25|0 7 15 22",
        "qwen:rule=hf|60|29.97002997002997|0 15 30 45",
        "qwen:rule=hf|75|25|0 12 25 37 50 62",
        "qwen:rule=hf|99|23.976023976023978|0 12 24 37 49 61 74 86",
        "qwen:rule=hf|122|25|0 15 30 45 61 76 91 106",
        "qwen:rule=hf|300|29.97002997002997|0 15 30 45 60 75 90 105 120 135 150 165 180 195 210 225 240 255 270 285",
        "qwen:rule=hf|390|29.97|0 15 30 45 60 75 90 105 120 135 150 165 180 195 210 225 240 255 270 285 300 315 330 345 360 375",
        "qwen:rule=hf|11|1|0 1 2 3 4 5 6 7 8 9",
        "qwen:rule=hf,rate=1|100|25|0 25 50 75",
        "qwen:rule=hf,max=8|1000|25|0 125 250 375 500 625 750 875",
        "qwen:rule=hf,max=7|1000|23.976023976023978|0 166 333 500 666 833",
        "qwen:rule=hf,rate=1,min=5,max=768|50|25|0 12 25 37",
        "qwen:rule=hf,rate=0.5|101|10|0 25 50 75",
        "qwen:rule=hf,rate=30|9|25|0 1 2 3 4 5 6 7",
        "qwen:rule=hf,rate=1.5,min=9,max=9|77|12.5|0 9 19 28 38 48 57 67",
        "qwen:rule=hf,max=12|10000|29.97002997002997|0 833 1666 2500 3333 4166 5000 5833 6666 7500 8333 9166",
        "qwen:rule=hf,rate=1000,max=22|30|25|0 1 2 4 5 6 8 9 10 12 13 15 16 17 19 20 21 23 24 25 27 28",
        "qwen:rule=hf,rate=1000,max=22|60|25|0 2 5 8 10 13 16 19 21 24 27 30 32 35 38 40 43 46 49 51 54 57"
      })
  void hf_totalsAndRates_takesTheFramesOfTransformersForQwen2(
      String spec, int total, double rate, String indices) {
    SamplersTest.assertChosen(spec, total, rate, indices);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "qwen:rule=hf3|1|25|0",
        "qwen:rule=hf3|2|25|0 1",
        "qwen:rule=hf3|3|25|0 1 2",
        "qwen:rule=hf3|4|25|0 1 2 3",
        "qwen:rule=hf3|5|25|0 1 3 4",
        "qwen:rule=hf3|7|25|0 2 4 6",
        "qwen:rule=hf3|30|25|0 10 19 29",
        "qwen:rule=hf3|60|29.97002997002997|0 20 39 59",
        "qwen:rule=hf3|75|25|0 15 30 44 59 74",
        "qwen:rule=hf3|99|23.976023976023978|0 14 28 42 56 70 84 98",
        "qwen:rule=hf3|122|25|0 15 30 45 60 76 91 106 121",
        "qwen:rule=hf3|300|29.97002997002997|0 16 31 47 63 79 94 110 126 142 157 173 189 205 220 236 252 268 283 299",
        "qwen:rule=hf3|390|29.97|0 16 31 47 62 78 93 109 124 140 156 171 187 202 218 233 249 265 280 296 311 327 342 358 373 389",
        "qwen:rule=hf3|11|1|0 1 2 3 4 5 6 7 8 9 10",
        "qwen:rule=hf3,rate=1|100|25|0 33 66 99",
        "qwen:rule=hf3,max=8|1000|25|0 143 285 428 571 714 856 999",
        "qwen:rule=hf3,max=7|1000|23.976023976023978|0 166 333 500 666 832 999",
        "qwen:rule=hf3,rate=1,min=5,max=768|50|25|0 12 24 37 49",
        "qwen:rule=hf3,rate=0.5|101|10|0 25 50 75 100",
        "qwen:rule=hf3,rate=30|9|25|0 1 2 3 4 5 6 7 8",
        "qwen:rule=hf3,rate=1.5,min=9,max=9|77|12.5|0 10 19 28 38 48 57 66 76",
        "qwen:rule=hf3,max=12|10000|29.97002997002997|0 909 1818 2727 3636 4545 5454 6363 7272 8181 9090 9999",
        "qwen:rule=hf3,rate=1000,max=5|31|25|0 8 15 22 30",
        "qwen:rule=hf3,rate=1000,max=7|46|25|0 8 15 22 30 38 45",
        "qwen:rule=hf3,rate=1000,max=5|12|25|0 3 6 8 11",
        "qwen:rule=hf3,rate=1000,max=7|28|25|0 4 9 14 18 22 27",
        "qwen:rule=hf3,rate=1000,max=9|90|25|0 11 22 33 44 56 67 78 89"
      })
  void hf3_totalsAndRates_takesTheFramesOfTransformersForQwen3(
      String spec, int total, double rate, String indices) {
    SamplersTest.assertChosen(spec, total, rate, indices);
  }

  /**
   * {@code frames_indices}, {@code source_frames} and {@code source_fps} of the models' goldens.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "qwen:rule=hf,rate=1.5|40|7.5|0 5 10 15 20 25 30 35",
        "qwen:rule=hf3,rate=1.25|31|7.5|0 8 15 22 30"
      })
  void choose_goldensOfTheFamilies_takesTheirFrames(
      String spec, int total, double rate, String indices) {
    SamplersTest.assertChosen(spec, total, rate, indices);
  }

  /** The references fail: no even number of frames is in a video of one. */
  @ParameterizedTest
  @CsvSource({"utils", "hf"})
  void choose_videoOfOneFrame_takesIt(String rule) {
    SamplersTest.assertChosen("qwen:rule=" + rule, 1, 25, "0");
  }

  /** Where PyTorch's range has 15 places, the last one behind the video, the reference fails. */
  @Test
  void hf_rangeWithOnePlaceMore_leavesItOut() {
    SamplersTest.assertChosen(
        "qwen:rule=hf,rate=1000,max=14", 17, 25, "0 1 2 3 4 6 7 8 9 10 12 13 14 15");
  }

  @ParameterizedTest
  @EnumSource
  void choose_randomVideos_keepsTheBoundsOfTheRule(QwenSampler.Rule rule) {
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      int total = 1 + random.nextInt(seed % 2 == 0 ? 12 : 12_000);
      int min = 2 + random.nextInt(8);
      int max = min + random.nextInt(800);
      double rate = Math.exp(random.nextDouble() * 8 - 4);
      double sourceRate = Math.exp(random.nextDouble() * 8 - 3);
      QwenSampler sampler = new QwenSampler(rule, rate, min, max);
      int[] chosen =
          sampler.choose(new FrameTimes(new long[total], new boolean[total], sourceRate));
      String which = "seed %d: %s of %d frames".formatted(seed, sampler, total);
      boolean isEven = rule != QwenSampler.Rule.HF3;
      assertTrue(chosen.length <= Math.min(max, total), which);
      assertTrue(total == 1 || chosen.length >= Math.min(isEven ? 2 : min, total), which);
      assertEquals(0, isEven && total > 1 ? chosen.length % 2 : 0, which);
      assertTrue(isRight(rule, total, chosen), which);
    }
  }

  /** By whole numbers: the frame at each place, or one that is nearest to it. */
  private static boolean isRight(QwenSampler.Rule rule, int total, int[] chosen) {
    int wanted = chosen.length;
    int steps = Math.max(1, wanted - 1);
    return IntStream.range(0, wanted)
        .allMatch(
            i ->
                rule == QwenSampler.Rule.HF
                    ? chosen[i] == i * total / wanted
                    : Math.abs(2 * (chosen[i] * steps - i * (total - 1))) <= steps);
  }
}
