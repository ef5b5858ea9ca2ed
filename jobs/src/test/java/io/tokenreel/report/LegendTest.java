package io.tokenreel.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.tokenreel.eval.result.Cell;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LegendTest {

  private static final String DYCOKE = "dycoke:layer=3,prune=0.7";

  private static Legend of(Cell... cells) {
    return Legend.of(
        Stream.of(cells).map(cell -> SampleReport.result(cell, SampleReport.cost(cell))).toList(),
        List.of());
  }

  @Test
  void kv_theOnlyOneOfItsName_isShort() {
    Legend legend = of(SampleReport.cell("none", "full"), SampleReport.cell("none", DYCOKE));
    assertEquals("", legend.kv("full"));
    assertEquals("KV dycoke", legend.kv(DYCOKE));
    assertEquals(List.of(new Page.Fact("KV dycoke", DYCOKE)), legend.abbreviations());
  }

  @Test
  void kv_twoOfOneName_areWrittenInFull() {
    String other = "dycoke:layer=1,prune=0.7";
    Legend legend = of(SampleReport.cell("none", DYCOKE), SampleReport.cell("none", other));
    assertEquals("KV " + DYCOKE, legend.kv(DYCOKE));
    assertEquals("KV " + other, legend.kv(other));
    assertEquals(List.of(), legend.abbreviations());
  }

  @Test
  void style_ofAMethodsSettings_hasItsColourAndMarksOfTheirOwn() {
    Cell half = SampleReport.cell("vidcom2:retention=0.5", "full");
    Cell quarter = SampleReport.cell("vidcom2:retention=0.25", DYCOKE);
    Legend legend = of(SampleReport.cell("none", "full"), half, quarter);
    int colour = legend.style(Method.of(half)).colour();
    assertEquals(colour, legend.style(half.compression()).colour());
    assertEquals(colour, legend.style(quarter.compression()).colour());
    assertNotEquals(legend.style(half.compression()), legend.style(quarter.compression()));
    assertEquals(new Style(colour, 1, 1), legend.style(Method.of(quarter)));
    assertEquals("vidcom2, KV dycoke", legend.key(Method.of(quarter)).name());
  }

  @Test
  void style_ofFortyMethods_differs() {
    assertEquals(40, IntStream.range(0, 40).mapToObj(i -> Style.ofMethod(i, 0)).distinct().count());
  }
}
