package io.tokenreel.video;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.testing.Fixtures;
import io.tokenreel.testing.RunSeed;
import io.tokenreel.testing.Safetensors;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FrameFitTest {

  private static final int COLUMNS = 9;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          fixed:384x384 | fixed:384x384
          fixed:70x98 | fixed:70x98
          smart | smart:factor=28,min=3136,max=12845056,over=frame
          smart:over=clip,factor=32,max=25165824,min=4096 | smart:factor=32,min=4096,max=25165824,over=clip
          """)
  void parse_knownFit_printsTheCanonicalForm(String text, String canonical) {
    FrameFit fit = FrameFit.parse(text);
    assertEquals(canonical, fit.toString());
    assertEquals(fit, FrameFit.parse(canonical));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          fixed | expected fixed:HEIGHTxWIDTH in pixels, such as fixed:384x384
          fixed:384 | expected fixed:HEIGHTxWIDTH
          fixed:0x384 | expected fixed:HEIGHTxWIDTH
          fixed:height=3 | expected fixed:HEIGHTxWIDTH
          smrat | unknown fit 'smrat'; did you mean smart? known: [smart]
          smart:factor=28,min=10,max=9 | min from 1 to max; got factor=28,min=10,max=9
          smart:factors=28 | has the unknown key 'factors'; did you mean factor? smart takes factor=
          smart:over=video | one of [frame, clip]; got 'video'
          """)
  void parse_badFit_saysWhatIsAllowed(String text, String message) {
    var error = assertThrows(IllegalArgumentException.class, () -> FrameFit.parse(text));
    assertTrue(error.getMessage().contains(message), error.getMessage());
  }

  @ParameterizedTest
  @CsvSource({"qwen2_vl, frame", "qwen2_5_vl, frame", "qwen3_vl, clip"})
  void size_casesOfTheReference_areItsSizes(String model, String over) {
    Safetensors.Tensor cases =
        Safetensors.read(Fixtures.FITS.resolve(model + ".safetensors"))
            .tensor("smart_resize.cases");
    int[] numbers = cases.ints();
    assertTrue(numbers.length >= 8 * COLUMNS, model);
    for (int i = 0; i < numbers.length; i += COLUMNS) {
      FrameFit fit =
          FrameFit.parse(
              "smart:factor=%d,min=%d,max=%d,over=%s"
                  .formatted(numbers[i + 3], numbers[i + 5], numbers[i + 6], over));
      assertEquals(2, numbers[i + 4], "frames of a temporal patch");
      FrameSize size = fit.size(new FrameSize(numbers[i + 1], numbers[i + 2]), numbers[i]);
      assertEquals(
          new FrameSize(numbers[i + 7], numbers[i + 8]), size, fit + ", case " + i / COLUMNS);
    }
  }

  @Test
  void size_anySource_isMultiplesOfTheFactorWithinTheMost() {
    Random random = new Random(RunSeed.VALUE);
    for (int i = 0; i < 20_000; i++) {
      int factor = 1 + random.nextInt(64);
      int min = 1 + random.nextInt(1 << random.nextInt(20));
      int max = min + random.nextInt(1 << random.nextInt(24));
      SmartFit.Over over = SmartFit.Over.values()[random.nextInt(2)];
      SmartFit fit = new SmartFit(factor, min, max, over);
      int height = 1 + random.nextInt(1 << random.nextInt(13));
      int width = 1 + random.nextInt(1 << random.nextInt(13));
      int frames = 1 + random.nextInt(64);
      String where =
          "seed %d: %s of %d x %d, %d frames".formatted(RunSeed.VALUE, fit, height, width, frames);
      if (Math.max(height, width) > 99 * Math.min(height, width)) {
        continue; // a side that is scaled up loses less than half of itself to truncation
      }
      FrameSize size = fit.size(new FrameSize(height, width), frames);
      assertEquals(0, size.height() % factor, where);
      assertEquals(0, size.width() % factor, where);
      long pixels = (long) size.height() * size.width();
      assertTrue(pixels <= fit.mostPixels(frames), () -> where + " has " + pixels);
    }
  }

  @Test
  void size_narrowSource_saysThatTheModelDoesNotTakeIt() {
    var error =
        assertThrows(
            IllegalArgumentException.class,
            () -> FrameFit.parse("smart").size(new FrameSize(2, 401), 1));
    assertTrue(error.getMessage().contains("2 x 401 pixels"), error.getMessage());
  }

  @Test
  void decode_smartFit_hasTheSizeThatTheDecoderChose() {
    DecoderSettings settings =
        new DecoderSettings(
            SamplingSpec.parse("uniform:frames=4"),
            FrameFit.parse("smart:factor=28,min=3136,max=20000"),
            DecodeCheck.SAMPLED,
            DecodeLimits.DEFAULT);
    try (VideoDecoder decoder = new VideoDecoder(settings, new Configuration(false))) {
      for (String name : new String[] {"hevc.mp4", "turned_90.mov"}) {
        DecodedVideo video = decoder.decode(VideoTests.ref(VideoTests.VIDEOS.resolve(name)));
        assertEquals(Outcome.OK, video.outcome(), video.detail());
        FrameSize size = video.frames().size();
        assertEquals(0, size.height() % 28 + size.width() % 28, name + ": " + size);
        assertTrue(size.height() * size.width() <= 20000, name + ": " + size);
        assertEquals(name.startsWith("turned"), size.height() > size.width(), name + ": " + size);
      }
    }
  }

  @Test
  void decode_framesThatNoArrayHolds_isFailedWithTheReason() {
    DecoderSettings settings =
        new DecoderSettings(
            SamplingSpec.parse("uniform:frames=4000"),
            FrameFit.parse("smart:factor=28,min=1000000,max=12845056"),
            DecodeCheck.SAMPLED,
            DecodeLimits.DEFAULT);
    try (VideoDecoder decoder = new VideoDecoder(settings, new Configuration(false))) {
      DecodedVideo video = decoder.decode(VideoTests.ref(VideoTests.VIDEOS.resolve("hevc.mp4")));
      assertEquals(Reason.TOO_LARGE, video.reason(), video.detail());
      assertTrue(video.detail().contains("sample fewer frames"), video.detail());
    }
  }

  @Test
  void size_singleFrameOverAClip_isThatOfTwo() {
    FrameFit fit = FrameFit.parse("smart:factor=32,min=4096,max=25165824,over=clip");
    FrameSize source = new FrameSize(1080, 1920);
    assertEquals(new FrameSize(1088, 1920), fit.size(source, 2));
    assertEquals(fit.size(source, 2), fit.size(source, 1));
    FrameSize small = new FrameSize(40, 40);
    assertEquals(fit.size(small, 2), fit.size(small, 1));
  }
}
