package io.tokenreel.model.kv.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.tokenreel.model.ComputeType;
import io.tokenreel.model.engine.PyTorch;
import io.tokenreel.model.kv.KvMeter;
import io.tokenreel.model.kv.KvSpec;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What stays of a sequence that a device has no memory for: nothing. */
class KvMemoryTest {

  private static final KvShape SHAPE = new KvShape(4, 1, 1, 2, ComputeType.F32);
  private static final int ALLOCATIONS = 2 * SHAPE.layers(); // keys and values
  private static final int TOKENS = 6;
  private static final int[] VISUAL = {1, 2, 3, 4};

  private final KvMeter meter = new KvMeter();
  private final List<NDManager> made = new ArrayList<>();
  private NDManager base;
  private int left = Integer.MAX_VALUE;

  @BeforeEach
  void open() {
    base = PyTorch.engine().newBaseManager(Device.cpu());
  }

  @AfterEach
  void close() {
    base.close();
  }

  /** A manager that records those below it, and has memory for {@link #left} more arrays. */
  private NDManager limited(NDManager real, NDManager parent) {
    return (NDManager)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {NDManager.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "getParentManager" -> parent;
                  case "newSubManager" -> {
                    NDManager below = (NDManager) call(real, method, arguments);
                    made.add(below);
                    yield limited(below, (NDManager) proxy);
                  }
                  case "zeros" -> {
                    take();
                    yield call(real, method, arguments);
                  }
                  default -> call(real, method, arguments);
                });
  }

  private static Object call(NDManager real, Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(real, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private void take() {
    if (left-- == 0) {
      throw new EngineException("can't allocate memory");
    }
  }

  private void assertNothingStays() {
    assertEquals(0, meter.total());
    assertTrue(made.stream().noneMatch(NDManager::isOpen), "a manager stays");
  }

  @Test
  void empty_withoutMemoryForAnyOfItsArrays_leavesNothing() {
    NDManager parent = limited(base, null);
    for (int room = 0; room < 2 * ALLOCATIONS; room++) { // the prefix of nothing, and the tail
      left = room;
      assertThrows(EngineException.class, () -> KvCache.empty(parent, SHAPE, 3, meter));
      assertNothingStays();
    }
    left = 2 * ALLOCATIONS;
    KvCache.empty(parent, SHAPE, 3, meter).close();
    assertNothingStays();
  }

  @Test
  void fork_withoutMemoryForAnyOfItsArrays_leavesNothingAndLetsThePrefixGo() {
    NDManager parent = limited(base, null);
    KvCache start = KvCache.empty(parent, SHAPE, 3, meter);
    start.advance(3);
    SharedPrefix prefix = start.toPrefix(new int[] {1});
    KvCache cache = prefix.begin(KvSpec.FULL);
    cache.reserve(2);
    cache.advance(2);
    long before = meter.total();
    for (int room = 0; room < ALLOCATIONS; room++) {
      left = room;
      assertThrows(EngineException.class, cache::fork);
      assertEquals(before, meter.total());
    }
    cache.close();
    prefix.close();
    assertNothingStays();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void close_afterATailThatCouldNotGrow_leavesNothing(boolean toPrefix) {
    NDManager parent = limited(base, null);
    for (int room = 0; room < ALLOCATIONS; room++) {
      KvCache cache = KvCache.empty(parent, SHAPE, 3, meter);
      cache.advance(2);
      left = room;
      assertThrows(
          EngineException.class,
          () -> {
            if (toPrefix) {
              cache.toPrefix(new int[0]);
            } else {
              cache.reserve(2);
            }
          });
      left = Integer.MAX_VALUE;
      cache.close();
      assertNothingStays();
    }
  }

  /** Arrays of a block, which is copied as often as there is memory. */
  private final class Limited extends AbstractList<NDArray> {

    private final NDArray array;

    Limited(NDArray array) {
      this.array = array;
    }

    @Override
    public NDArray get(int index) {
      return array;
    }

    @Override
    public int size() {
      return 1;
    }

    @Override
    public Stream<NDArray> stream() {
      take();
      return super.stream();
    }
  }

  private SharedPrefix prefix() {
    NDManager manager = base.newSubManager();
    made.add(manager);
    List<KvBlock> layers =
        IntStream.range(0, SHAPE.layers())
            .mapToObj(layer -> KvBlock.zeros(manager, SHAPE, TOKENS))
            .map(
                block ->
                    new KvBlock(
                        new Limited(block.keys().get(0)),
                        new Limited(block.values().get(0)),
                        block.type()))
            .toList();
    layers.forEach(block -> meter.add(block.bytes(), 0));
    return new SharedPrefix(manager, SHAPE, layers, TOKENS, VISUAL, meter);
  }

  /** The only sequence splits the prefix as it chooses; one of several leaves it to the others. */
  @ParameterizedTest
  @CsvSource({
    "host, true",
    "device, true",
    "drop, true",
    "host, false",
    "device, false",
    "drop, false"
  })
  void close_afterAFirstChoiceThatFailed_letsThePrefixGo(String reserve, boolean only) {
    KvSpec spec = KvSpec.parse("dycoke:layer=1,prune=0.5,refresh=0.9,reserve=" + reserve);
    int copies = 2 * (SHAPE.layers() - 1) * (only && !reserve.equals("drop") ? 2 : 1);
    for (int room = 0; room <= copies; room++) {
      SharedPrefix prefix = prefix();
      KvCache cache = prefix.begin(spec);
      if (only) {
        prefix.close();
      }
      cache.beginDecoding();
      left = room;
      float[] attention = {1, 2, 3, 4};
      if (room < copies) {
        assertThrows(EngineException.class, () -> cache.observe(attention));
      } else {
        cache.observe(attention);
      }
      left = Integer.MAX_VALUE;
      cache.close();
      prefix.close();
      assertNothingStays();
    }
  }
}
