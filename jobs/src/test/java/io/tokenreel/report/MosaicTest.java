package io.tokenreel.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tokenreel.token.TokenShape;
import org.junit.jupiter.api.Test;

class MosaicTest {

  @Test
  void of_aCornerOfTheSecondFrame_coversTheRestAndRunsAroundIt() {
    Mosaic mosaic = Mosaic.of(new int[] {0, 3, 4, 9}, 1, plain(2, 2));
    assertEquals(1, mosaic.kept());
    assertEquals("M1 0h1v1h-1zM0 1h2v1h-2z", mosaic.dropped());
    assertEquals("M0 0h1M0 1h1M0 0v1M1 0v1", mosaic.edges());
  }

  @Test
  void of_aFrameThatIsAllKept_coversNothing() {
    Mosaic mosaic = Mosaic.of(new int[] {0, 1, 2, 3, 4, 5}, 0, plain(2, 3));
    assertEquals(new Mosaic("", "M0 0h3M0 2h3M0 0v2M3 0v2", 6), mosaic);
  }

  @Test
  void of_aFrameThatIsAllDropped_hasNoEdges() {
    assertEquals(
        new Mosaic("M0 0h3v1h-3zM0 1h3v1h-3z", "", 0), Mosaic.of(new int[] {6}, 0, plain(2, 3)));
  }

  private static TokenShape plain(int height, int width) {
    return new TokenShape(2, height, width, 1);
  }
}
