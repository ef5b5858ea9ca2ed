package io.tokenreel.video;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.commons.codec.digest.DigestUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose fault it is when a video does not come to the local disk. */
class StagingTest {

  @TempDir private Path folder;

  private final AtomicReference<Path> privateFolder = new AtomicReference<>();

  private VideoDecoder decoder(Duration wall) {
    DecoderSettings settings =
        new DecoderSettings(
            SamplingSpec.parse("uniform:frames=1"),
            new FrameSize(2, 2),
            DecodeCheck.SAMPLED,
            DecodeLimits.DEFAULT.withTime(wall));
    return new VideoDecoder(
        settings,
        HostileFileSystem.configuration(),
        folder,
        path -> {
          privateFolder.set(path);
          return StandInDecoder.command(folder);
        });
  }

  private static VideoRef at(String uri) {
    return new VideoRef("x", uri, -1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hostile://unknown/v.mp4",
        "hostile://break/v.mp4",
        "nosuch://host/v.mp4",
        "no scheme: v.mp4",
        "/no/such/file.mp4"
      })
  void decode_sourceThatCannotBeRead_isUnreadable(String uri) {
    try (VideoDecoder decoder = decoder(Duration.ofMinutes(1))) {
      DecodedVideo video = decoder.decode(at(uri));
      assertEquals(Outcome.FAILED, video.outcome());
      assertEquals(Reason.UNREADABLE, video.reason(), video.detail());
      assertNull(video.contentSha256());
    }
  }

  @Test
  void stage_sourceThatBreaksTwice_isReadAgainFromTheBeginning() throws Exception {
    long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
    try (StagedVideo staged =
        StagedVideo.stage(
            at("hostile://break-twice/v.mp4"),
            HostileFileSystem.configuration(),
            folder,
            1 << 20,
            deadline)) {
      assertEquals(HostileFileSystem.WHOLE, Files.readString(staged.file()));
      assertEquals(HostileFileSystem.WHOLE.length(), staged.bytes());
      assertEquals(DigestUtils.sha256Hex(HostileFileSystem.WHOLE), staged.contentSha256());
    }
  }

  @ParameterizedTest
  @CsvSource({"hostile://hang-open/v.mp4", "hostile://hang-read/v.mp4"})
  void decode_sourceThatHangs_failsWithTimeoutAndSparesItsNeighbours(String uri)
      throws IOException {
    try (VideoDecoder decoder = decoder(Duration.ofSeconds(5))) {
      DecodedVideo video = decoder.decode(at(uri));
      assertEquals(Outcome.FAILED, video.outcome());
      assertEquals(Reason.TIMEOUT, video.reason(), video.detail());
      assertEquals(Outcome.OK, decoder.decode(StandInDecoder.video(folder, "good")).outcome());
    }
  }

  @Test
  void decode_localFolderThatTakesNoCopy_throwsAndBlamesNoVideo() throws IOException {
    try (VideoDecoder decoder = decoder(Duration.ofMinutes(1))) {
      Files.createDirectories(privateFolder.get().resolve("video").resolve("in the way"));
      VideoRef video = StandInDecoder.video(folder, "good");
      UncheckedIOException e =
          assertThrows(UncheckedIOException.class, () -> decoder.decode(video));
      assertTrue(e.getMessage().contains(privateFolder.get().toString()), e.getMessage());
      assertTrue(e.getMessage().contains("could not be copied"), e.getMessage());
    }
  }

  @Test
  void decode_copyThatCannotBeDeleted_isStillOk() throws IOException {
    try (VideoDecoder decoder = decoder(Duration.ofMinutes(1))) {
      DecodedVideo video = decoder.decode(StandInDecoder.video(folder, "nest"));
      assertEquals(Outcome.OK, video.outcome(), video.detail());
    }
  }
}
