package io.tokenreel.video;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdleDecodersTest {

  private static final int MEGABYTES = 256;
  private static final Duration LONG = Duration.ofMinutes(10);

  @TempDir private Path folder;

  @Test
  void take_processThatWasGiven_servesTheNextVideo() {
    IdleDecoders idle = new IdleDecoders(LONG, 100);
    DecoderSlot first = idle.take(new IdleDecoders.Kind(folder, MEGABYTES));
    DecoderProcess process = first.processForAVideo();
    idle.give(new IdleDecoders.Kind(folder, MEGABYTES), first);
    try (DecoderSlot second = idle.take(new IdleDecoders.Kind(folder, MEGABYTES))) {
      assertSame(first, second);
      assertSame(process, second.processForAVideo());
    }
    assertFalse(process.process().isAlive());
  }

  @Test
  void take_whileItIsInUse_isAnother() {
    IdleDecoders idle = new IdleDecoders(LONG, 100);
    try (DecoderSlot first = idle.take(new IdleDecoders.Kind(folder, MEGABYTES))) {
      DecoderProcess process = first.processForAVideo();
      try (DecoderSlot second = idle.take(new IdleDecoders.Kind(folder, MEGABYTES))) {
        assertNotSame(process, second.processForAVideo());
        assertNotEquals(first.folder(), second.folder());
      }
    }
  }

  @Test
  void take_otherMemoryOrOtherFolder_isAnotherAndEndsTheIdleOne() throws IOException {
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    for (IdleDecoders.Kind other :
        List.of(
            new IdleDecoders.Kind(folder, MEGABYTES + 1),
            new IdleDecoders.Kind(elsewhere, MEGABYTES))) {
      IdleDecoders idle = new IdleDecoders(LONG, 100);
      DecoderSlot given = idle.take(new IdleDecoders.Kind(folder, MEGABYTES));
      DecoderProcess process = given.processForAVideo();
      idle.give(new IdleDecoders.Kind(folder, MEGABYTES), given);
      try (DecoderSlot taken = idle.take(other)) {
        assertNotSame(given, taken);
        assertFalse(process.process().isAlive(), "more processes than are in use");
      }
    }
  }

  @Test
  void take_answerWasNotReadToItsEnd_isAFreshOne() throws IOException {
    IdleDecoders idle = new IdleDecoders(LONG, 100);
    DecoderSettings settings =
        VideoTests.settings("uniform:frames=2", VideoTests.SMALL, DecodeCheck.SAMPLED);
    DecodeRequest request =
        DecodeRequest.of(TestClips.clip("h264_closed_gop.mp4").toString(), settings);
    IdleDecoders.Kind kind = new IdleDecoders.Kind(folder, 512);
    DecoderSlot slot = idle.take(kind);
    DecoderProcess process = slot.processForAVideo();
    process.decode(request);
    assertTrue(process.isReady());
    process.process().getInputStream().close();
    assertThrows(IOException.class, () -> process.decode(request));
    assertFalse(process.isReady());
    assertNotSame(process, slot.processForAVideo(), "of the same decoder");
    idle.give(kind, slot);
    idle.endAll();
    assertFalse(process.process().isAlive());
    assertFalse(Files.exists(slot.folder()));
  }

  @Test
  void processForAVideo_itDiedSinceTheLastOne_isAFreshOne() throws Exception {
    IdleDecoders idle = new IdleDecoders(LONG, 100);
    try (DecoderSlot slot = idle.take(new IdleDecoders.Kind(folder, MEGABYTES))) {
      DecoderProcess process = slot.processForAVideo();
      process.process().destroyForcibly().waitFor();
      assertTrue(slot.processForAVideo().process().isAlive());
    }
  }

  @Test
  void give_nobodyTakesIt_isEndedAndItsFolderRemoved() throws Exception {
    IdleDecoders idle = new IdleDecoders(Duration.ofMillis(200), 100);
    DecoderSlot slot = idle.take(new IdleDecoders.Kind(folder, MEGABYTES));
    DecoderProcess process = slot.processForAVideo();
    idle.give(new IdleDecoders.Kind(folder, MEGABYTES), slot);
    assertTrue(process.process().waitFor(30, TimeUnit.SECONDS), "the process was not ended");
    awaitGone(slot.folder());
  }

  @Test
  void give_itDiedOrNeverRan_closesTheSlot() throws Exception {
    IdleDecoders idle = new IdleDecoders(LONG, 100);
    DecoderSlot none = idle.take(new IdleDecoders.Kind(folder, MEGABYTES));
    idle.give(new IdleDecoders.Kind(folder, MEGABYTES), none);
    assertFalse(Files.exists(none.folder()));
    DecoderSlot dead = idle.take(new IdleDecoders.Kind(folder, MEGABYTES));
    dead.processForAVideo().process().destroyForcibly().waitFor();
    idle.give(new IdleDecoders.Kind(folder, MEGABYTES), dead);
    assertFalse(Files.exists(dead.folder()));
  }

  @Test
  void take_itDiedMeanwhile_isAFreshOne() throws Exception {
    IdleDecoders idle = new IdleDecoders(LONG, 100);
    DecoderSlot slot = idle.take(new IdleDecoders.Kind(folder, MEGABYTES));
    DecoderProcess process = slot.processForAVideo();
    idle.give(new IdleDecoders.Kind(folder, MEGABYTES), slot);
    process.process().destroyForcibly().waitFor();
    try (DecoderSlot next = idle.take(new IdleDecoders.Kind(folder, MEGABYTES))) {
      assertNotSame(slot, next);
      assertFalse(Files.exists(slot.folder()));
    }
  }

  @Test
  void take_itsFolderWasRemovedWithItsParent_isAFreshOne() throws Exception {
    IdleDecoders idle = new IdleDecoders(LONG, 100);
    Path parent = Files.createDirectory(folder.resolve("of a context"));
    DecoderSlot slot = idle.take(new IdleDecoders.Kind(parent, MEGABYTES));
    DecoderProcess process = slot.processForAVideo();
    idle.give(new IdleDecoders.Kind(parent, MEGABYTES), slot);
    PrivateFolder.delete(slot.folder());
    try (DecoderSlot next = idle.take(new IdleDecoders.Kind(parent, MEGABYTES))) {
      assertNotSame(slot, next);
      assertFalse(process.process().isAlive());
    }
  }

  @Test
  void give_itHasHadManyVideos_isEnded() {
    IdleDecoders idle = new IdleDecoders(LONG, 2);
    DecoderSlot slot = idle.take(new IdleDecoders.Kind(folder, MEGABYTES));
    DecoderProcess process = slot.processForAVideo();
    slot.processForAVideo();
    idle.give(new IdleDecoders.Kind(folder, MEGABYTES), slot);
    assertFalse(process.process().isAlive());
    assertFalse(Files.exists(slot.folder()));
  }

  @Test
  void close_decoderWithNothingUnderWay_handsItsProcessOn() throws IOException {
    VideoRef clip = VideoTests.ref(TestClips.clip("h264_closed_gop.mp4"));
    DecoderSettings settings =
        VideoTests.settings("uniform:frames=2", VideoTests.SMALL, DecodeCheck.SAMPLED);
    long started = decoders();
    for (int i = 0; i < 3; i++) {
      try (VideoDecoder decoder = new VideoDecoder(settings, new Configuration(false), folder)) {
        assertEquals(Outcome.OK, decoder.decode(clip).outcome());
      }
      assertEquals(started + 1, decoders(), "private folders");
    }
  }

  private long decoders() throws IOException {
    try (var folders = Files.list(folder)) {
      return folders.count();
    }
  }

  private static void awaitGone(Path folder) throws InterruptedException {
    for (int i = 0; i < 300 && Files.exists(folder); i++) {
      Thread.sleep(100);
    }
    assertFalse(Files.exists(folder), "the folder is still there");
  }
}
