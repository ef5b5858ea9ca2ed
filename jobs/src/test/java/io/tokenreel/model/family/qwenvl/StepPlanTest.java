package io.tokenreel.model.family.qwenvl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.model.family.qwenvl.WindowOrder.Group;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What a step's size fixes. */
class StepPlanTest {

  /** 4 x 5 tokens in windows of 3 x 3: one whole, 3 x 2, 1 x 3 and 1 x 2. */
  @Test
  void plan_withWindows_putsAWindowsTokensTogether() {
    StepPlan plan = StepPlan.of(SeededQwenVision.QWEN2_5, new PatchGrid(8, 10, 2));
    assertArrayEquals(
        new long[] {0, 1, 2, 5, 6, 7, 10, 11, 12, 3, 4, 8, 9, 13, 14, 15, 16, 17, 18, 19},
        plan.tokens());
    assertEquals(
        List.of(new Group(1, 36), new Group(1, 24), new Group(1, 12), new Group(1, 8)),
        plan.windows());
    for (int place = 0; place < plan.tokens().length; place++) {
      assertEquals(place, plan.places()[(int) plan.tokens()[place]]);
    }
    assertNull(plan.taps());
    assertFalse(plan.keepsOrder());
  }

  /** 6 x 5 tokens: windows of 9 and 6 tokens in turn. */
  @Test
  void plan_withWindowsOfTwoSizes_groupsTheEqualOnes() {
    StepPlan plan = StepPlan.of(SeededQwenVision.QWEN2_5, new PatchGrid(12, 10, 2));
    assertEquals(List.of(new Group(2, 36), new Group(2, 24)), plan.windows());
    assertEquals(15, plan.tokens()[9]);
    assertEquals(3, plan.tokens()[18]);
  }

  @Test
  void plan_withoutWindows_keepsTheGridsOrder() {
    StepPlan plan = StepPlan.of(SeededQwenVision.QWEN3, new PatchGrid(4, 6, 2));
    assertArrayEquals(LongStream.range(0, 6).toArray(), plan.tokens());
    assertEquals(List.of(new Group(1, 24)), plan.windows());
    assertTrue(plan.keepsOrder());
  }

  @Test
  void plans_ofManySizes_keepThoseThatWereMetLast() {
    StepPlans plans = new StepPlans(SeededQwenVision.QWEN3);
    PatchGrid grid = new PatchGrid(2, 2, 2);
    StepPlan first = plans.of(grid);
    for (int size = 2; size <= StepPlans.MOST; size++) {
      plans.of(new PatchGrid(2, 2 * size, 2));
    }
    assertSame(first, plans.of(grid));
    for (int size = 2; size <= StepPlans.MOST + 1; size++) {
      plans.of(new PatchGrid(2 * size, 2, 2));
    }
    assertNotSame(first, plans.of(grid));
  }

  @Test
  void grid_thatCutsATokenThrough_isAnErrorThatNamesIt() {
    assertEquals(
        "a step must have rows and columns in multiples of 2 patches; got 4 x 5",
        assertThrows(IllegalArgumentException.class, () -> new PatchGrid(4, 5, 2)).getMessage());
  }
}
