package io.tokenreel.video;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sound files that FFmpeg gives frames of, and that are no videos or none that can be seen. */
class RefusedFilesTest {

  @TempDir private Path folder;

  private static DecodedVideo decode(Path file, DecodeCheck check) {
    try (VideoDecoder decoder = VideoTests.decoder("uniform:frames=2", VideoTests.SMALL, check)) {
      return decoder.decode(VideoTests.ref(file));
    }
  }

  private static void assertFailed(Reason reason, DecodedVideo video) {
    assertEquals(Outcome.FAILED, video.outcome(), video.detail());
    assertEquals(reason, video.reason(), video.detail());
  }

  @ParameterizedTest
  @ValueSource(strings = {"still.avif", "still.mp4"})
  void decode_picture_isNotAllowed(String name) throws IOException {
    Path picture = folder.resolve(name);
    Files.copy(TestClips.clip("refused/still.avif"), picture);
    DecodedVideo video = decode(picture, DecodeCheck.SAMPLED);
    assertFailed(Reason.FORMAT_NOT_ALLOWED, video);
    assertTrue(video.detail().contains("a picture (HEIF)"), video.detail());
  }

  @Test
  void decode_encryptedPictures_saysSo() {
    for (DecodeCheck check : DecodeCheck.values()) {
      DecodedVideo video = decode(TestClips.clip("refused/encrypted.mp4"), check);
      assertFailed(Reason.DECODE_ERROR, video);
      assertTrue(video.detail().contains("encrypted (Common Encryption)"), video.detail());
    }
  }
}
