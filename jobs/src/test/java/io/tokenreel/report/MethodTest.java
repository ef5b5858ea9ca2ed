package io.tokenreel.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MethodTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          none                                                | full           | none
          vidcom2:retention=0.25                              | full           | vidcom2
          vidcom2:retention=0.25,mode=paper                   | full           | vidcom2:mode=paper
          frames:keep=1/4                                     | full           | frames
          topk:score=norm,budget=even,retention=0.25,seed=3   | full           | topk:score=norm,budget=even,seed=3
          dycoke:prune=0.7                                    | dycoke:layer=5 | dycoke
          none                                                | dycoke         | none
          """)
  void of_cell_isItWithoutItsShare(String compression, String kv, String method) {
    assertEquals(new Method(method, kv), Method.of(SampleReport.cell(compression, kv)));
  }
}
