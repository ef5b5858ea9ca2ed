package io.tokenreel.model.kv.cache;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.testing.RunSeed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TokenSplitTest {

  @Test
  void choose_manyTimes_keepsEachTokenOnOneSide() {
    long seed = RunSeed.VALUE;
    Random random = new Random(seed);
    for (int run = 0; run < 50; run++) {
      int count = 1 + random.nextInt(30);
      int keep = random.nextInt(count + 1);
      TokenSplit split = new TokenSplit(count, some(random, count, keep));
      for (int i = 0; i < 5; i++) {
        int[] next = some(random, count, keep);
        int[] working = split.chosen();
        int[] reserve = split.others();
        TokenSplit.Exchange moved = split.choose(next);
        for (int k = 0; k < moved.slots().length; k++) {
          assertEquals(reserve[moved.otherSlots()[k]], moved.entering()[k], "seed " + seed);
          reserve[moved.otherSlots()[k]] = working[moved.slots()[k]];
          working[moved.slots()[k]] = moved.entering()[k];
        }
        assertArrayEquals(split.chosen(), working, "seed " + seed);
        assertArrayEquals(split.others(), reserve, "seed " + seed);
        assertArrayEquals(next, Arrays.stream(working).sorted().toArray(), "seed " + seed);
        assertArrayEquals(
            IntStream.range(0, count).toArray(),
            IntStream.concat(IntStream.of(working), IntStream.of(reserve)).sorted().toArray());
      }
    }
  }

  @Test
  void choose_thoseThatAreChosen_movesNothing() {
    TokenSplit split = new TokenSplit(5, new int[] {1, 4});
    assertEquals(0, split.choose(new int[] {1, 4}).slots().length);
    assertArrayEquals(new int[] {0, 2, 3}, split.others());
  }

  @Test
  void choose_anotherNumberOfTokens_isRefused() {
    TokenSplit split = new TokenSplit(5, new int[] {1, 4});
    String message =
        assertThrows(IllegalArgumentException.class, () -> split.choose(new int[] {1, 2, 4}))
            .getMessage();
    assertTrue(message.contains("expected 2 tokens"), message);
  }

  private static int[] some(Random random, int count, int keep) {
    List<Integer> all = Stream.iterate(0, token -> token + 1).limit(count).toList();
    List<Integer> shuffled = new ArrayList<>(all);
    Collections.shuffle(shuffled, random);
    return shuffled.subList(0, keep).stream().mapToInt(Integer::intValue).sorted().toArray();
  }
}
