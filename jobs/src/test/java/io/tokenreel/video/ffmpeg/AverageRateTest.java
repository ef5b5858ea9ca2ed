package io.tokenreel.video.ffmpeg;

import static org.bytedeco.ffmpeg.global.avutil.av_make_q;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.bytedeco.ffmpeg.avutil.AVRational;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AverageRateTest {

  @ParameterizedTest
  @CsvSource({
    "30000,1001,60000,1001,75,3000000,29.97002997002997",
    "24000,1001,24,1,1,0,23.976023976023978",
    "0,0,50,1,75,2960000,25.0",
    "0,1,50,1,4,4757000,0.6306495690561279",
    "25,0,50,1,2,40000,25.0",
    "-25,1,50,1,1,0,50.0",
    "0,0,30,1,5,0,30.0",
    "0,0,0,0,1,0,24.0",
    "0,1,0,1,3,0,24.0"
  })
  void of_whatIsKnown_isTheFirstOfTheRule(
      int number, int per, int lowest, int lowestPer, int frames, long spanMicros, double rate) {
    try (AVRational average = av_make_q(number, per);
        AVRational least = av_make_q(lowest, lowestPer)) {
      assertEquals(rate, AverageRate.of(average, least, frames, spanMicros));
    }
  }
}
