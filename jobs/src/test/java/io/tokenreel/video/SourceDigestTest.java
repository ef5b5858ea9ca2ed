package io.tokenreel.video;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourceDigestTest {

  private static final Configuration HADOOP = HostileFileSystem.configuration();

  @Test
  void sha256_video_isWhatDecodingItSays() throws IOException {
    Path clip = VideoTests.VIDEOS.resolve("two_streams.mp4");
    try (VideoDecoder decoder =
        VideoTests.decoder("uniform:frames=1", VideoTests.SMALL, DecodeCheck.SAMPLED)) {
      assertEquals(
          decoder.decode(VideoTests.ref(clip)).contentSha256(),
          SourceDigest.sha256(at(clip.toAbsolutePath().toString()), HADOOP, Duration.ofMinutes(1)));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "hostile://hang-open/v.mp4, timeout: ",
    "hostile://hang-read/v.mp4, timeout: ",
    "hostile://break/v.mp4, unreadable: java.io.IOException: the connection broke",
    "hostile://unknown/v.mp4, unreadable: ",
    "no scheme: v.mp4, unreadable: "
  })
  @Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void sha256_sourceThatCannotBeRead_throwsWithStagingsReason(String uri, String message) {
    IOException e =
        assertThrows(
            IOException.class, () -> SourceDigest.sha256(at(uri), HADOOP, Duration.ofSeconds(2)));
    assertTrue(e.getMessage().startsWith(message), e.getMessage());
  }

  @Test
  void sha256_interrupted_isCancelled() {
    Thread.currentThread().interrupt();
    assertThrows(
        CancellationException.class,
        () -> SourceDigest.sha256(at("hostile://hang-read/v.mp4"), HADOOP, Duration.ofHours(1)));
    assertTrue(Thread.interrupted());
  }

  private static VideoRef at(String uri) {
    return new VideoRef("x", uri, -1);
  }
}
