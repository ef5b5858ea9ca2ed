package io.tokenreel.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tokenreel.eval.result.Cost;
import io.tokenreel.eval.result.Result;
import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class ShareGroupTest {

  private static Result with(double share) {
    return SampleReport.result(
        SampleReport.cell("uniform:retention=" + share, "full"), new Cost(share, 0, 0, 0, 0, 0));
  }

  private static List<List<Double>> groups(double... shares) {
    return ShareGroup.all(DoubleStream.of(shares).mapToObj(ShareGroupTest::with).toList()).stream()
        .map(
            group ->
                group.cells().values().stream().map(own -> own.get(0).cost().tokenShare()).toList())
        .toList();
  }

  @Test
  void all_sharesAboutANominalOne_areTogetherInTheirOrder() {
    assertEquals(
        List.of(List.of(0.511, 0.521, 0.481), List.of(0.257, 0.252, 0.282, 0.242), List.of(0.122)),
        groups(0.511, 0.257, 0.252, 0.521, 0.282, 0.122, 0.481, 0.242));
  }

  @Test
  void all_sharesThatFallInSmallSteps_areMoreThanOneGroup() {
    assertEquals(
        List.of(List.of(1.0, 0.92, 0.85), List.of(0.78, 0.72)), groups(1, 0.92, 0.85, 0.78, 0.72));
  }
}
