package io.tokenreel.video;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Numbers that numpy 2.4.6 and PyTorch 2.7.1 gave, on a processor with AVX2. */
class EvenSpacingTest {

  @Test
  void numpyLinspace_thirds_areNumpys() {
    assertArrayEquals(
        new double[] {
          0, 1.6666666666666667, 3.3333333333333335, 5, 6.666666666666667, 8.333333333333334, 10
        },
        EvenSpacing.numpyLinspace(11, 7));
    assertArrayEquals(new double[] {0}, EvenSpacing.numpyLinspace(11, 1));
  }

  @Test
  void torchLinspace_thirds_areTorchs() {
    assertArrayEquals(
        new double[] {0, 1.6666666f, 3.3333333f, 5, 6.6666670f, 8.3333330f, 10},
        EvenSpacing.torchLinspace(11, 7));
    assertArrayEquals(new double[] {0}, EvenSpacing.torchLinspace(9, 1));
    assertArrayEquals(new double[] {0, 16_777_220}, EvenSpacing.torchLinspace(16_777_220, 2));
  }

  @Test
  void torchArange_sixths_areTorchs() {
    assertArrayEquals(
        new double[] {0, 1.6666666f, 3.3333333f, 5, 6.6666665f, 8.3333330f},
        EvenSpacing.torchArange(10, 6));
  }

  /** {@code frames_indices} of the golden of Qwen2-VL, 11 of 36 frames. */
  @Test
  void torchArange_goldenOfQwen2_isItsFrames() {
    double[] places = EvenSpacing.torchArange(36, 11);
    int[] chosen = new int[places.length];
    for (int i = 0; i < chosen.length; i++) {
      chosen[i] = (int) places[i];
    }
    assertArrayEquals(new int[] {0, 3, 6, 9, 13, 16, 19, 22, 26, 29, 32}, chosen);
  }

  /** Places of long videos where float32 gives another frame than float64. */
  @ParameterizedTest
  @CsvSource({
    "100003,768,285,37158",
    "100003,768,482,62844",
    "100003,768,658,85790",
    "40000,768,737,38434"
  })
  void torchLinspace_longVideos_roundAsTorchDoes(int count, int wanted, int at, int frame) {
    assertEquals(frame, (int) Math.rint(EvenSpacing.torchLinspace(count, wanted)[at]));
  }

  /** Places of long videos where float32 gives another frame than whole numbers. */
  @ParameterizedTest
  @CsvSource({
    "199999,768,65,16927",
    "199999,768,130,33854",
    "199999,768,260,67708",
    "199999,768,585,152343",
    "131101,600,598,130664"
  })
  void torchArange_longVideos_truncateAsTorchDoes(int count, int wanted, int at, int frame) {
    assertEquals(frame, (int) EvenSpacing.torchArange(count, wanted)[at]);
  }
}
