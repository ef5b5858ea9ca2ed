package io.tokenreel.model.decoder;

import io.tokenreel.model.OutOfDeviceMemoryException;
import io.tokenreel.model.engine.BatchSize;
import io.tokenreel.model.engine.DeviceMeter;
import io.tokenreel.model.engine.OutOfMemory;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a decoder does with a video where its device has no room for it. Long prompts go through the
 * layers in pieces: their length is halved once. A video that does not fit then, either, is refused
 * with a reason; others may be shorter. Thread-safe.
 */
final class DecoderMemory {

  private static final Logger LOG = LoggerFactory.getLogger(DecoderMemory.class);

  private final String decoder;
  private final BatchSize piece;
  private final DeviceMeter meter;

  /**
   * @param decoder its name, for messages
   * @param piece tokens that go through the layers together
   */
  DecoderMemory(String decoder, BatchSize piece, DeviceMeter meter) {
    this.decoder = decoder;
    this.piece = piece;
    this.meter = meter;
  }

  /**
   * Reads a video, a second time in shorter pieces if need be.
   *
   * @param tokens of the sequence that is read
   * @param reading leaves nothing behind on the device when it fails
   * @throws OutOfDeviceMemoryException when there is no room for it
   */
  <T> T read(int tokens, Supplier<T> reading) {
    int tried = piece.value();
    try {
      return reading.get();
    } catch (RuntimeException e) {
      Optional<String> line = OutOfMemory.line(e);
      if (line.isEmpty()) {
        throw e;
      }
      OptionalInt shorter = tokens > tried / 2 ? piece.smallerThan(tried) : OptionalInt.empty();
      if (shorter.isEmpty()) {
        throw doesNotFit(tokens, line.get());
      }
      LOG.warn(
          "{}: {} tokens in pieces of {} do not fit into the memory of {} ({}); from now on pieces have {} tokens, and logits may differ in their last bits from those of {}",
          decoder,
          tokens,
          tried,
          meter.place(),
          line.get(),
          shorter.getAsInt(),
          tried);
      meter.tellHalved();
      meter.release();
      return answer(tokens, reading);
    }
  }

  /**
   * Answers about a video that was read.
   *
   * @param tokens of the video's prompt
   * @param answering leaves nothing behind on the device when it fails
   * @throws OutOfDeviceMemoryException when there is no room for it
   */
  <T> T answer(int tokens, Supplier<T> answering) {
    try {
      return answering.get();
    } catch (RuntimeException e) {
      throw OutOfMemory.line(e).<RuntimeException>map(line -> doesNotFit(tokens, line)).orElse(e);
    }
  }

  private OutOfDeviceMemoryException doesNotFit(int tokens, String line) {
    meter.release();
    return new OutOfDeviceMemoryException(
        "%s: a video of %d tokens does not fit into the memory of %s: %s; keep fewer of its tokens, compute in bf16 with --compute-dtype bf16, run fewer tasks at a time, or choose another --device"
            .formatted(decoder, tokens, meter.place(), line));
  }
}
