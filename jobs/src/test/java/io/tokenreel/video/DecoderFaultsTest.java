package io.tokenreel.video;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a decoder process that misbehaves costs: its video's row, and nothing else. */
class DecoderFaultsTest {

  private static final DecodeLimits LIMITS =
      DecodeLimits.DEFAULT.withMemoryMegabytes(256).withTime(Duration.ofSeconds(60));

  @TempDir private Path folder;

  private final AtomicReference<Path> privateFolder = new AtomicReference<>();

  private VideoDecoder decoder(DecodeLimits limits) {
    return decoder(limits, StandInDecoder.command(folder));
  }

  private VideoDecoder decoder(DecodeLimits limits, List<String> command) {
    DecoderSettings settings =
        new DecoderSettings(
            SamplingSpec.parse("uniform:frames=1"),
            new FrameSize(2, 2),
            DecodeCheck.SAMPLED,
            limits);
    return new VideoDecoder(
        settings,
        new Configuration(false),
        folder,
        path -> {
          privateFolder.set(path);
          return command;
        });
  }

  @ParameterizedTest
  @CsvSource({
    "abort,DECODER_CRASH,assertion failed in the stand-in",
    "garbage,DECODER_CRASH,unknown message",
    "close,DECODER_CRASH,EOFException",
    "memory,DECODER_MEMORY,memory limit of 256 MB"
  })
  void decode_decoderDiesTwice_failsTheVideoAndSparesItsNeighbours(
      String behaviour, Reason reason, String detail) throws IOException {
    try (VideoDecoder decoder = decoder(LIMITS)) {
      assertEquals(Outcome.OK, decoder.decode(StandInDecoder.video(folder, "good")).outcome());
      DecodedVideo failed = decoder.decode(StandInDecoder.video(folder, behaviour));
      assertEquals(Outcome.FAILED, failed.outcome());
      assertEquals(reason, failed.reason(), failed.detail());
      assertTrue(failed.detail().contains(detail), failed.detail());
      assertEquals(2, failed.attempts());
      assertEquals(64, failed.contentSha256().length());
      assertEquals(Outcome.OK, decoder.decode(StandInDecoder.video(folder, "good")).outcome());
    }
  }

  @ParameterizedTest
  @CsvSource({"once-abort", "once-garbage", "once-close", "once-memory"})
  void decode_decoderDiesOnce_triesAgainInAFreshOne(String behaviour) throws IOException {
    try (VideoDecoder decoder = decoder(LIMITS)) {
      DecodedVideo video = decoder.decode(StandInDecoder.video(folder, behaviour));
      assertEquals(Outcome.OK, video.outcome(), video.detail());
      assertEquals(2, video.attempts());
    }
  }

  /** As it does where its libraries find no room. */
  @Test
  void decode_decoderDiesBeforeItIsReady_throwsAndBlamesNoVideo() throws IOException {
    List<String> command = List.of("/bin/sh", "-c", "echo 'no room for libraries' >&2; exit 1");
    try (VideoDecoder decoder = decoder(LIMITS, command)) {
      VideoRef video = StandInDecoder.video(folder, "good");
      IllegalStateException e =
          assertThrows(IllegalStateException.class, () -> decoder.decode(video));
      assertTrue(e.getMessage().contains("no room for libraries"), e.getMessage());
      assertTrue(e.getMessage().contains("MB are free"), e.getMessage());
    }
  }

  @Test
  void decode_decoderDiesOnceBeforeItIsReady_triesAgainInAFreshOne() throws IOException {
    List<String> command = new ArrayList<>();
    Collections.addAll(command, "/bin/sh", "-c", "mkdir \"$0\" && exit 1; exec \"$@\"");
    command.add(folder.resolve("started-once").toString());
    command.addAll(StandInDecoder.command(folder));
    try (VideoDecoder decoder = decoder(LIMITS, command)) {
      DecodedVideo video = decoder.decode(StandInDecoder.video(folder, "good"));
      assertEquals(Outcome.OK, video.outcome(), video.detail());
      assertEquals(2, video.attempts());
    }
  }

  @Test
  void decode_decoderHangs_failsWithTimeoutWhenTheWallTimeIsOver() throws IOException {
    try (VideoDecoder decoder = decoder(LIMITS.withTime(Duration.ofSeconds(2)))) {
      DecodedVideo video = decoder.decode(StandInDecoder.video(folder, "hang"));
      assertEquals(Reason.TIMEOUT, video.reason(), video.detail());
      assertTrue(video.detail().contains("wall time of 2 s"), video.detail());
      assertEquals(1, video.attempts(), "no time is left for another attempt");
    }
  }

  @Test
  void decode_decoderSpins_failsWithTimeoutWhenTheProcessorTimeIsOver() throws IOException {
    DecodeLimits limits =
        new DecodeLimits(
            LIMITS.wall(),
            Duration.ofSeconds(2),
            LIMITS.maxBytes(),
            LIMITS.maxPixels(),
            LIMITS.maxVideo(),
            LIMITS.memoryMegabytes());
    try (VideoDecoder decoder = decoder(limits)) {
      DecodedVideo video = decoder.decode(StandInDecoder.video(folder, "spin"));
      assertEquals(Reason.TIMEOUT, video.reason(), video.detail());
      assertTrue(video.detail().contains("processor time of 2 s"), video.detail());
    }
  }

  @Test
  void close_whileDecoding_endsTheProcessAndRemovesTheFolder() throws Exception {
    VideoDecoder decoder = decoder(LIMITS);
    assertEquals(Outcome.OK, decoder.decode(StandInDecoder.video(folder, "good")).outcome());
    VideoRef hang = StandInDecoder.video(folder, "hang");
    CompletableFuture<DecodedVideo> decoding =
        CompletableFuture.supplyAsync(() -> decoder.decode(hang));
    Path staged = privateFolder.get().resolve("video");
    while (Files.notExists(staged)) {
      Thread.onSpinWait();
    }
    decoder.close();
    ExecutionException e = assertThrows(ExecutionException.class, decoding::get);
    assertTrue(e.getCause() instanceof CancellationException, e.toString());
    assertFalse(Files.exists(privateFolder.get()));
    assertThrows(CancellationException.class, () -> decoder.decode(hang));
  }

  @Test
  void close_withoutADecode_removesTheFolder() {
    decoder(LIMITS).close();
    assertFalse(Files.exists(privateFolder.get()));
  }
}
