package io.tokenreel.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpecTest {

  private enum Word {
    FIRST,
    OTHER
  }

  /** A spec of every kind of key. */
  private static Spec read(Spec spec) {
    spec.positiveShare("part");
    spec.number("rate", 2, 0.5, 4);
    spec.whole("count", 3, 1, 10);
    spec.integer("seed", 0);
    spec.flag("exact");
    spec.word("word", Word.FIRST);
    spec.text("note", null);
    return spec;
  }

  private static final SpecRegistry<Spec> KNOWN =
      new SpecRegistry<Spec>("thing", "thing", "all:part=1")
          .with("all", "reads all", SpecTest::read);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          all:part=.50 | all:part=0.5
          all:note=x y,exact=false,count=3.0,part=1e-1 | all:part=0.1,note=x y
          all:word=other,seed=-0,rate=2.50,exact=true,part=1,count=1e1 | all:part=1,rate=2.5,count=10,exact=true,word=other
          """)
  void canonical_anySpelling_isInReadingOrderWithoutDefaults(String written, String canonical) {
    Spec spec = KNOWN.parse(written);
    assertEquals(canonical, spec.canonical());
    assertEquals(canonical, KNOWN.parse(canonical).canonical());
    assertEquals(written, spec.toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          some:part=1 | unknown thing 'some'; known: [all]
          al | unknown thing 'al'; did you mean all? known: [all]
          all: | malformed thing 'all:'; expected name[:key=value[,key=value]*] with each key once, such as all:part=1
          all:part | malformed
          all:part=1,part=1 | malformed
          all | thing 'all' lacks part=; all takes part=a number above 0 and at most 1, rate=a number from 0.5 to 4 (default 2)
          all:part=1,sed=1 | thing 'all:part=1,sed=1' has the unknown key 'sed'; did you mean seed? all takes part=
          all:part=0 | part in thing 'all:part=0' must be a number above 0 and at most 1; got '0'
          all:part=1,rate=NaN | rate in thing 'all:part=1,rate=NaN' must be a number from 0.5 to 4; got 'NaN'
          all:part=1,rate=4.01 | got '4.01'
          all:part=1,count=1.5 | count in thing 'all:part=1,count=1.5' must be a whole number from 1 to 10; got '1.5'
          all:part=1,count=11 | from 1 to 10; got '11'
          all:part=1,count=99999999999 | from 1 to 10; got '99999999999'
          all:part=1,seed=1.0 | a whole number of 64 bits; got '1.0'
          all:part=1,word=First | one of [first, other]; got 'First'
          all:part=1,exact=1 | one of [false, true]; got '1'
          """)
  void parse_wrong_saysWhatIsAllowed(String written, String message) {
    var error = assertThrows(IllegalArgumentException.class, () -> KNOWN.parse(written));
    assertTrue(error.getMessage().contains(message), error.getMessage());
  }

  @Test
  void infos_ofARegistry_haveEveryKeyInItsOrder() {
    MethodInfo info = KNOWN.infos().get(0);
    assertEquals(
        List.of("part", "rate", "count", "seed", "exact", "word", "note"),
        info.settings().stream().map(MethodInfo.SettingInfo::key).toList());
    assertNull(info.settings().get(0).byDefault());
    assertEquals("2", info.settings().get(1).byDefault());
  }

  @ParameterizedTest
  @CsvSource({
    "0.1, 0.1",
    "1e-6, 0.000001",
    "1000, 1000",
    "2.5e-1, 0.25",
    "0.30000000000000004, 0.30000000000000004"
  })
  void print_doubles_areShortest(double value, String printed) {
    assertEquals(printed, Spec.print(value));
    assertEquals(value, Double.parseDouble(printed));
  }
}
