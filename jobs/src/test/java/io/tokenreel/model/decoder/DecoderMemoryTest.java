package io.tokenreel.model.decoder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import io.tokenreel.model.OutOfDeviceMemoryException;
import io.tokenreel.model.engine.BatchSize;
import io.tokenreel.model.engine.DeviceMeter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** A device whose memory has room for pieces of 256 tokens, and for so many tokens in all. */
class DecoderMemoryTest {

  private static final int ROOM = 1000;

  private final BatchSize piece = new BatchSize(512);
  private final DecoderMemory memory =
      new DecoderMemory("tiny@1+lm", piece, new DeviceMeter(Device.cpu()));
  private final List<String> tries = new ArrayList<>();

  private Supplier<String> work(int tokens) {
    return () -> {
      tries.add(tokens + " by " + piece.value());
      if (Math.min(tokens, piece.value()) > 256 || tokens > ROOM) {
        throw new IllegalStateException(
            new EngineException("Traceback\nRuntimeError: CUDA out of memory. Tried 1 GiB\n"));
      }
      return "read " + tokens;
    };
  }

  @Test
  void read_pieceThatDoesNotFit_isHalvedOnceForAllVideos() {
    assertEquals("read 900", memory.read(900, work(900)));
    assertEquals("read 600", memory.read(600, work(600)));
    assertEquals(List.of("900 by 512", "900 by 256", "600 by 256"), tries);
  }

  @Test
  void read_videoThatDoesNotFitInHalfEither_isRefusedAndTheNextIsRead() {
    OutOfDeviceMemoryException refused =
        assertThrows(OutOfDeviceMemoryException.class, () -> memory.read(2000, work(2000)));
    assertEquals(
        "tiny@1+lm: a video of 2000 tokens does not fit into the memory of cpu: RuntimeError: CUDA out of memory. Tried 1 GiB; keep fewer of its tokens, compute in bf16 with --compute-dtype bf16, run fewer tasks at a time, or choose another --device",
        refused.getMessage());
    assertThrows(OutOfDeviceMemoryException.class, () -> memory.read(1001, work(1001)));
    assertEquals("read 1000", memory.read(1000, work(1000)));
    assertEquals(
        List.of("2000 by 512", "2000 by 256", "1001 by 256", "1000 by 256"),
        tries,
        "pieces are not halved again");
  }

  @Test
  void read_videoThatIsOnePieceOfHalfTheLengthToo_isNotTriedAgain() {
    assertThrows(
        OutOfDeviceMemoryException.class, () -> memory.read(200, () -> work(ROOM + 1).get()));
    assertEquals(1, tries.size());
    assertEquals(512, piece.value());
  }

  @Test
  void answer_thatDoesNotFit_isRefusedAtOnce() {
    assertThrows(OutOfDeviceMemoryException.class, () -> memory.answer(600, work(600)));
    assertEquals(List.of("600 by 512"), tries);
    assertEquals("read 100", memory.answer(100, work(100)));
  }

  @Test
  void readAndAnswer_otherFailures_areLeftAsTheyAre() {
    IllegalStateException other = new IllegalStateException("a layer");
    Supplier<String> failing =
        () -> {
          throw other;
        };
    assertSame(other, assertThrows(IllegalStateException.class, () -> memory.read(900, failing)));
    assertSame(other, assertThrows(IllegalStateException.class, () -> memory.answer(900, failing)));
    assertEquals(512, piece.value());
  }
}
