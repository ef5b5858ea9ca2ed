package io.tokenreel.pipeline.setting;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerOrderTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5})
  void of_kvs_haveEachOnceInEachBlockAndOnceAtEachPlace(int kvs) {
    List<AnswerOrder> orders = AnswerOrder.of(kvs);
    assertEquals(kvs * kvs, orders.size());
    assertEquals(orders, AnswerOrder.of(kvs), "the same order when a sweep goes on");
    Set<List<Integer>> inBlocks = new HashSet<>();
    Set<List<Integer>> atPlaces = new HashSet<>();
    for (AnswerOrder order : orders) {
      inBlocks.add(List.of(order.block(), order.choice()));
      atPlaces.add(List.of(order.place(), order.choice()));
      assertEquals(kvs, order.blocks());
    }
    assertEquals(kvs * kvs, inBlocks.size());
    assertEquals(kvs * kvs, atPlaces.size());
    if (kvs > 1) {
      assertNotEquals(orders.get(0).choice(), orders.get(kvs).choice());
    }
  }
}
