package io.tokenreel.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class AxisTest {

  private static Axis covering(Axis axis, double... data) {
    return axis.covering(DoubleStream.of(data).summaryStatistics());
  }

  @Test
  void covering_freeEnds_areRound() {
    assertEquals(new Axis("y", 20, 100), covering(Axis.free("y"), 26.4, 99.8));
    assertEquals(new Axis("y", 0, 30), covering(Axis.fromZero("y"), 7.1, 25.5));
    assertEquals(new Axis("y", -5, 1000), covering(new Axis("y", -5, 1000), 3, 4));
  }

  @Test
  void covering_nothingOrOneValue_leavesTheEndsFree() {
    assertEquals(Axis.free("y"), covering(Axis.free("y"), 3));
    assertEquals(Axis.fromZero("y"), covering(Axis.fromZero("y"), 0));
    assertEquals(Axis.free("y"), covering(Axis.free("y")));
  }
}
