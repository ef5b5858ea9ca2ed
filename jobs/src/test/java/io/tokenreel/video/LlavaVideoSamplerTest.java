package io.tokenreel.video;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LlavaVideoSamplerTest {

  /** Indices that {@code load_video}'s own lines gave, with numpy 2.4.6. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "llava_video|1|25|0",
        "llava_video|2|25|0",
        "llava_video|3|2.5|0 2",
        "llava_video|4|1.5|0 2",
        "llava_video|5|3.5|0 4",
        "llava_video|5|25|0",
        "llava_video|100|29.97002997002997|0 30 60 90",
        "llava_video|100|23.976023976023978|0 24 48 72 96",
        "llava_video|130|29.97|0 30 60 90 120",
        "llava_video:rate=2|9|5|0 2 4 6 8",
        "llava_video:rate=2|9|7|0 4 8",
        "llava_video:rate=10|30|25|0 2 4 6 8 10 12 14 16 18 20 22 24 26 28",
        "llava_video:max=10|100|10|0 10 20 30 40 50 60 70 80 90",
        "llava_video:max=10|101|10|0 11 22 33 44 55 66 77 88 100",
        "llava_video:max=4|100|10|0 33 66 99",
        "llava_video:max=5,force=true|3|25|0 0 1 1 2",
        "llava_video:max=3,force=true|1|25|0 0 0",
        "llava_video:max=4,force=true|100|29.97002997002997|0 33 66 99",
        "llava_video:max=7|250|0.6|0 41 83 124 166 207 249"
      })
  void choose_totalsAndRates_takesTheFramesOfLoadVideo(
      String spec, int total, double rate, String indices) {
    SamplersTest.assertChosen(spec, total, rate, indices);
  }

  /** {@code frames_indices} and {@code frames_indices.fps1} of the model's golden. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "llava_video:max=6,force=true|47|9.97|0 9 18 27 36 46",
        "llava_video:max=6|47|9.97|0 10 20 30 40"
      })
  void choose_goldenOfTheFamily_takesItsFrames(
      String spec, int total, double rate, String indices) {
    SamplersTest.assertChosen(spec, total, rate, indices);
  }

  /** The reference fails on a step of 0. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "llava_video|4|0.4|0 1 2 3",
        "llava_video|4|0.5|0 1 2 3",
        "llava_video:rate=1000|3|25|0 1 2"
      })
  void choose_sourceSlowerThanTheRate_takesEveryFrame(
      String spec, int total, double rate, String indices) {
    SamplersTest.assertChosen(spec, total, rate, indices);
  }

  /** More frames to a step than an int holds. */
  @ParameterizedTest
  @CsvSource(delimiter = '|', value = "llava_video:rate=0.000001|3|90000|0")
  void choose_stepBeyondTheVideo_takesTheFirstFrame(
      String spec, int total, double rate, String indices) {
    SamplersTest.assertChosen(spec, total, rate, indices);
  }
}
