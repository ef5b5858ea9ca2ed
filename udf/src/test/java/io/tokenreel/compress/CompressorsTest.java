package io.tokenreel.compress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Specs: one canonical text per meaning, and errors that list what is allowed. */
class CompressorsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          none | none
          uniform:retention=.250 | uniform:retention=0.25
          vidcom2:retention=2.5e-1 | vidcom2:retention=0.25
          vidcom2:retention=1.0,mode=release,exact=false,grid=plain | vidcom2:retention=1
          vidcom2:exact=true,mode=paper,retention=0.1 | vidcom2:retention=0.1,mode=paper,exact=true
          vidcom2:exact=vllm,mode=release,retention=.1 | vidcom2:retention=0.1,exact=vllm
          evs:prune=7.5e-1 | evs:prune=0.75
          vidcom2:retention=0.00001 | vidcom2:retention=0.00001
          dycoke:prune=0.70 | dycoke:prune=0.7
          dycoke:mode=paper,prune=0.7 | dycoke:prune=0.7,mode=paper
          frames:keep=0.25 | frames:keep=1/4
          frames:keep=2/8 | frames:keep=1/4
          frames:keep=1.0 | frames:keep=1
          random:seed=0,retention=0.3333333333333333 | random:retention=0.3333333333333333
          random:seed=0,retention=0.5 | random:retention=0.5
          random:retention=0.5,seed=-007 | random:retention=0.5,seed=-7
          topk:grid=plain,retention=0.5,budget=fca,score=norm | topk:score=norm,budget=fca,retention=0.5
          topk:retention=0.5,budget=fca,score=norm | topk:score=norm,budget=fca,retention=0.5
          topk:retention=0.5,budget=equal,score=random,seed=3 | topk:score=random,budget=equal,retention=0.5,seed=3
          """)
  void spec_anySpelling_printsCanonically(String written, String canonical) {
    assertEquals(canonical, Compressors.of(written).spec());
    assertEquals(canonical, Compressors.of(canonical).spec());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          vidcom3:retention=0.5 | known: [dycoke, evs, frames, none, random, topk, uniform, vidcom2]
          vidcom2 | lacks retention=
          vidcom2:retention=0 | above 0 and at most 1; got '0'
          vidcom2:retention=1.5 | above 0 and at most 1; got '1.5'
          vidcom2:retention=NaN | above 0 and at most 1; got 'NaN'
          vidcom2:retention=a | above 0 and at most 1; got 'a'
          vidcom2:retention=0.5,mode=fast | one of [release, paper]; got 'fast'
          vidcom2:retention=0.5,exact=yes | one of [false, true, vllm]; got 'yes'
          vidcom2:retention=0.5,mode=paper,exact=vllm | goes with mode=release, which vLLM has; got mode=paper
          evs:prune=1.5 | a number from 0 to 1; got '1.5'
          evs:retention=0.25 | unknown key 'retention'; evs takes prune=
          vidcom2:retention=0.5,ratio=0.5 | unknown key 'ratio'; vidcom2 takes retention=
          vidcom2:retention=0.5,retention=0.5 | malformed
          vidcom2: | malformed
          none:retention=1 | none takes no settings
          dycoke:prune=1.1 | a number from 0 to 1
          dycoke:prune=-0.1 | a number from 0 to 1
          frames:keep=5/4 | such as 1/4; got '5/4'
          frames:keep=1/0 | such as 1/4; got '1/0'
          frames:keep=0 | such as 1/4; got '0'
          frames:keep=1e-99999999 | such as 1/4
          topk:score=best,budget=fca,retention=1 | one of [frame, norm, random, vidcom2, video]; got 'best'
          topk:score=norm,budget=much,retention=1 | one of [equal, fca]; got 'much'
          uniform:retention=0.5,grid=newline | has grid=newline, which is gone: the model now decides where its newline rows stand
          topk:score=norm,budget=fca,retention=1,seed=1 | goes with score=random only
          topk:budget=fca,retention=1,seed=1 | lacks score=; topk takes score=
          random:retention=1,seed=1.5 | a whole number of 64 bits; got '1.5'
          """)
  void spec_wrong_saysWhatIsAllowed(String written, String message) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> Compressors.of(written));
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }
}
