package io.tokenreel.model.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Both ways of passes, that of a GPU too: on the CPU its copies are those of ordinary memory. */
class DevicePassesTest {

  private static final Shape FRAMES = new Shape(2, 3);

  private static NDManager cpu() {
    return PyTorch.engine().newBaseManager(Device.cpu());
  }

  private static DevicePasses asOnAGpu(NDManager manager) {
    return new DevicePasses(manager, new PinnedCopies(manager), new DeviceTurn(Device.gpu()));
  }

  private static float[] run(DevicePasses passes, int first, int values) {
    try (HostMemory memory = passes.frameMemory(6)) {
      for (int i = 0; i < 6; i++) {
        memory.bytes().put(i, (byte) (first + i));
      }
      FloatBuffer tokens = FloatBuffer.allocate(values);
      passes.run(memory.bytes(), FRAMES, tokens, DevicePassesTest::halves);
      assertEquals(0, tokens.remaining());
      return tokens.array();
    }
  }

  private static NDArray halves(NDArray levels) {
    assertEquals(Device.cpu(), levels.getManager().getDevice());
    return levels.toType(DataType.FLOAT32, true).divi(2); // towers write to it, too
  }

  @Test
  void run_eitherWay_givesTheFirstValues() {
    try (NDManager manager = cpu();
        DevicePasses cpu = new DevicePasses(manager);
        DevicePasses gpu = asOnAGpu(manager)) {
      for (DevicePasses passes : List.of(cpu, gpu)) {
        assertArrayEquals(new float[] {100, 100.5f, 101, 101.5f, 102, 102.5f}, run(passes, 200, 6));
        assertArrayEquals(new float[] {0, 0.5f, 1}, run(passes, 0, 3));
      }
    }
  }

  @Test
  void run_largerAndSmallerPasses_useMemoryAgain() {
    try (NDManager manager = cpu();
        DevicePasses passes = asOnAGpu(manager)) {
      for (int values : new int[] {1, 5, 2, 5}) {
        FloatBuffer tokens = FloatBuffer.allocate(values);
        passes.run(
            ByteBuffer.allocateDirect(1),
            new Shape(1),
            tokens,
            levels -> levels.getManager().arange(10f, 10f + values));
        for (int i = 0; i < values; i++) {
          assertEquals(10 + i, tokens.get(i));
        }
      }
    }
  }

  @Test
  void run_passThatFails_leavesTheTurnToTheNext() {
    try (NDManager manager = cpu();
        DevicePasses passes = asOnAGpu(manager)) {
      assertThrows(
          IllegalStateException.class,
          () ->
              passes.run(
                  ByteBuffer.allocateDirect(1),
                  new Shape(1),
                  FloatBuffer.allocate(1),
                  levels -> {
                    throw new IllegalStateException("no");
                  }));
      assertArrayEquals(new float[] {1, 1.5f}, run(passes, 2, 2));
    }
  }

  @Test
  void run_byTwoThreadsAsOnAGpu_computesOneAtATimeAndMixesNothing() throws Exception {
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try (NDManager manager = cpu();
        DevicePasses passes = asOnAGpu(manager)) {
      List<Future<?>> runs = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        int level = i;
        runs.add(
            threads.submit(
                () -> {
                  ByteBuffer rgb = ByteBuffer.allocateDirect(6);
                  for (int at = 0; at < 6; at++) {
                    rgb.put(at, (byte) level);
                  }
                  FloatBuffer tokens = FloatBuffer.allocate(6);
                  passes.run(
                      rgb,
                      FRAMES,
                      tokens,
                      levels -> {
                        most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                        NDArray result = halves(levels);
                        inside.decrementAndGet();
                        return result;
                      });
                  for (float token : tokens.array()) {
                    assertEquals(level / 2f, token);
                  }
                }));
      }
      for (Future<?> run : runs) {
        run.get();
      }
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    } finally {
      threads.shutdown();
    }
    assertEquals(1, most.get());
  }

  @Test
  void run_manyPasses_leavesNothingNativeButWhatIsUsedAgain() {
    try (NDManager manager = cpu()) {
      int before = manager.getManagedArrays().size();
      try (DevicePasses passes = asOnAGpu(manager)) {
        run(passes, 0, 6);
        int after = manager.getManagedArrays().size();
        run(passes, 0, 6);
        assertEquals(after, manager.getManagedArrays().size());
      }
      assertEquals(before, manager.getManagedArrays().size());
    }
  }
}
