package io.tokenreel.video;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
    DecoderSlot first = idle.take(folder, MEGABYTES);
    DecoderProcess process = first.processForAVideo();
    idle.give(first, folder, MEGABYTES);
    try (DecoderSlot second = idle.take(folder, MEGABYTES)) {
      assertSame(first, second);
      assertSame(process, second.processForAVideo());
    }
    assertFalse(process.process().isAlive());
  }

  @Test
  void take_whileItIsInUse_isAnother() {
    IdleDecoders idle = new IdleDecoders(LONG, 100);
    try (DecoderSlot first = idle.take(folder, MEGABYTES)) {
      DecoderProcess process = first.processForAVideo();
      try (DecoderSlot second = idle.take(folder, MEGABYTES)) {
        assertNotSame(process, second.processForAVideo());
        assertNotEquals(first.folder(), second.folder());
      }
    }
  }

  @Test
  void take_otherMemoryOrOtherFolder_isAnother() throws IOException {
    IdleDecoders idle = new IdleDecoders(LONG, 100);
    DecoderSlot given = idle.take(folder, MEGABYTES);
    given.processForAVideo();
    idle.give(given, folder, MEGABYTES);
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    try (DecoderSlot more = idle.take(folder, MEGABYTES + 1);
        DecoderSlot there = idle.take(elsewhere, MEGABYTES);
        DecoderSlot same = idle.take(folder, MEGABYTES)) {
      assertNotSame(given, more);
      assertNotSame(given, there);
      assertSame(given, same);
    }
  }

  @Test
  void give_nobodyTakesIt_isEndedAndItsFolderRemoved() throws Exception {
    IdleDecoders idle = new IdleDecoders(Duration.ofMillis(200), 100);
    DecoderSlot slot = idle.take(folder, MEGABYTES);
    DecoderProcess process = slot.processForAVideo();
    idle.give(slot, folder, MEGABYTES);
    assertTrue(process.process().waitFor(30, TimeUnit.SECONDS), "the process was not ended");
    awaitGone(slot.folder());
  }

  @Test
  void give_itDiedOrNeverRan_closesTheSlot() throws Exception {
    IdleDecoders idle = new IdleDecoders(LONG, 100);
    DecoderSlot none = idle.take(folder, MEGABYTES);
    idle.give(none, folder, MEGABYTES);
    assertFalse(Files.exists(none.folder()));
    DecoderSlot dead = idle.take(folder, MEGABYTES);
    dead.processForAVideo().process().destroyForcibly().waitFor();
    idle.give(dead, folder, MEGABYTES);
    assertFalse(Files.exists(dead.folder()));
  }

  @Test
  void take_itDiedMeanwhile_isAFreshOne() throws Exception {
    IdleDecoders idle = new IdleDecoders(LONG, 100);
    DecoderSlot slot = idle.take(folder, MEGABYTES);
    DecoderProcess process = slot.processForAVideo();
    idle.give(slot, folder, MEGABYTES);
    process.process().destroyForcibly().waitFor();
    try (DecoderSlot next = idle.take(folder, MEGABYTES)) {
      assertNotSame(slot, next);
      assertFalse(Files.exists(slot.folder()));
    }
  }

  @Test
  void take_itsFolderWasRemovedWithItsParent_isAFreshOne() throws Exception {
    IdleDecoders idle = new IdleDecoders(LONG, 100);
    Path parent = Files.createDirectory(folder.resolve("of a context"));
    DecoderSlot slot = idle.take(parent, MEGABYTES);
    DecoderProcess process = slot.processForAVideo();
    idle.give(slot, parent, MEGABYTES);
    PrivateFolder.delete(slot.folder());
    try (DecoderSlot next = idle.take(parent, MEGABYTES)) {
      assertNotSame(slot, next);
      assertFalse(process.process().isAlive());
    }
  }

  @Test
  void give_itHasHadManyVideos_isEnded() {
    IdleDecoders idle = new IdleDecoders(LONG, 2);
    DecoderSlot slot = idle.take(folder, MEGABYTES);
    DecoderProcess process = slot.processForAVideo();
    slot.processForAVideo();
    idle.give(slot, folder, MEGABYTES);
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
