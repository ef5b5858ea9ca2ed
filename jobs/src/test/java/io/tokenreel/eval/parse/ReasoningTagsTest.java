package io.tokenreel.eval.parse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What lmms-eval 0.7.2's {@code strip_reasoning_tags} gives. */
class ReasoningTagsTest {

  private static final ReasoningTags TAGS =
      new ReasoningTags(
          List.of(List.of("<think>", "</think>"), List.of("<analysis>", "</analysis>")));

  @ParameterizedTest
  @CsvSource({
    "<think>A</think> B, B",
    "A or B</think>C, C",
    "a</think>b</think>c, c",
    "<think>a</think>b</think>c, c",
    "<think><think>a</think>b</think>c, c",
    "</think>a<think>b, </think>a<think>b",
    "<think>never closed B, <think>never closed B",
    "<THINK>A</THINK>B, <THINK>A</THINK>B",
    "<analysis>A</analysis>x<think>y</think>z, xz",
    "'\u3000B\u00A0', B",
  })
  void removed_response_isUpstreams(String response, String said) {
    assertEquals(said, TAGS.removed(response));
  }

  @Test
  void removed_withoutTags_leavesTheResponseAsItIs() {
    assertEquals(" <think>A</think> ", ReasoningTags.NONE.removed(" <think>A</think> "));
  }

  @Test
  void new_tagWithoutItsOther_isRefused() {
    List<List<String>> one = List.of(List.of("<think>"));
    assertThrows(IllegalArgumentException.class, () -> new ReasoningTags(one));
  }
}
