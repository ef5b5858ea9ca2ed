package io.tokenreel.model.kv.cache;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.tokenreel.model.ComputeType;
import io.tokenreel.model.engine.ComputeArrays;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Keys and values of one layer for a run of tokens, already rotated to their positions: a pair for
 * each share of the key heads.
 *
 * @param keys per share {@code (key heads of the share, tokens, head size)}
 * @param values as keys
 * @param type of their numbers
 */
record KvBlock(List<NDArray> keys, List<NDArray> values, ComputeType type)
    implements AutoCloseable {

  /** Zeros for a number of tokens. */
  static KvBlock zeros(NDManager manager, KvShape shape, int tokens) {
    List<NDArray> keys = new ArrayList<>();
    List<NDArray> values = new ArrayList<>();
    for (int share = 0; share < shape.shares(); share++) {
      Shape size = new Shape(shape.keyHeadsOfShare(), tokens, shape.headSize());
      keys.add(ComputeArrays.zeros(manager, size, shape.type()));
      values.add(ComputeArrays.zeros(manager, size, shape.type()));
    }
    return new KvBlock(keys, values, shape.type());
  }

  int tokens() {
    return (int) keys.get(0).getShape().get(1);
  }

  /** Bytes of all shares. */
  long bytes() {
    long bytes = 0;
    for (int share = 0; share < keys.size(); share++) {
      bytes += type.format().bytes(keys.get(share).getShape().size());
      bytes += type.format().bytes(values.get(share).getShape().size());
    }
    return bytes;
  }

  /** A copy of the tokens at some places, in that order, on the manager's device. */
  KvBlock select(NDManager manager, int[] places) {
    NDManager here = keys.get(0).getManager();
    try (NDManager scope = here.newSubManager(keys.get(0).getDevice())) {
      NDIndex index = new NDIndex(":, {}, :", scope.create(places).toType(DataType.INT64, false));
      return map(array -> onDevice(manager, array.get(scope, index)));
    }
  }

  /** Writes other tokens' keys and values, on any device, over those at some places. */
  void put(int[] places, KvBlock others) {
    NDManager here = keys.get(0).getManager();
    try (NDManager scope = here.newSubManager(keys.get(0).getDevice())) {
      NDIndex index = new NDIndex(":, {}, :", scope.create(places).toType(DataType.INT64, false));
      for (int share = 0; share < keys.size(); share++) {
        put(scope, keys.get(share), index, others.keys.get(share));
        put(scope, values.get(share), index, others.values.get(share));
      }
    }
  }

  private static void put(NDManager scope, NDArray array, NDIndex index, NDArray others) {
    NDArray there = ComputeArrays.toDevice(others, scope);
    if (there != others) {
      there.attach(scope);
    }
    array.set(index, there);
  }

  private KvBlock map(UnaryOperator<NDArray> each) {
    return new KvBlock(keys.stream().map(each).toList(), values.stream().map(each).toList(), type);
  }

  /** The array itself where it is there already; else a copy, and the array is closed. */
  private static NDArray onDevice(NDManager manager, NDArray array) {
    NDArray there = ComputeArrays.toDevice(array, manager);
    there.attach(manager);
    if (there != array) {
      array.close();
    }
    return there;
  }

  /** A copy with room for more tokens after those that are there. */
  KvBlock grown(NDManager manager, KvShape shape, int tokens, int capacity) {
    KvBlock larger = zeros(manager, shape, capacity);
    NDIndex filled = new NDIndex(":, :" + tokens + ", :");
    for (int share = 0; share < keys.size(); share++) {
      try (NDArray oldKeys = keys.get(share).get(filled);
          NDArray oldValues = values.get(share).get(filled)) {
        larger.keys.get(share).set(filled, oldKeys);
        larger.values.get(share).set(filled, oldValues);
      }
    }
    return larger;
  }

  @Override
  public void close() {
    keys.forEach(NDArray::close);
    values.forEach(NDArray::close);
  }
}
