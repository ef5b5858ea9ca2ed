package io.tokenreel.video;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnFfmpegTest {

  @TempDir private Path folder;

  private static InputStream ofTheJar(String file) {
    String name = "/org/bytedeco/ffmpeg/%s/%s";
    return OwnFfmpegTest.class.getResourceAsStream(
        name.formatted(Loader.Detector.getPlatform(), file));
  }

  @Test
  void libraries_areThoseThatTheNativeLayerOfTheJarAsksFor() throws IOException {
    for (OwnFfmpeg.Library library : OwnFfmpeg.LIBRARIES) {
      try (InputStream content = ofTheJar(library.file())) {
        assertNotNull(content, library.file());
      }
    }
  }

  /** Names as auditwheel makes them. */
  @Test
  void of_folderOfAWheel_linksByTheNamesThatAreAskedFor() throws IOException {
    for (String name :
        List.of(
            "libavutil-5809ad29.so.60.26.102",
            "libswresample-f0bc92fc.so.6.3.102",
            "libavcodec-5e6b81c2.so.62.28.102",
            "libavformat-4639def2.so.62.12.102",
            "libavcodec-0a0a0a0a.so.61.1.100")) {
      Files.createFile(folder.resolve(name));
    }
    Path links = folder.resolve("links");
    OwnFfmpeg own = OwnFfmpeg.of(folder.toString(), links);
    assertEquals(own, OwnFfmpeg.of(folder.toString(), links)); // again, by another task
    assertEquals(
        folder.resolve("libavcodec-5e6b81c2.so.62.28.102"),
        Files.readSymbolicLink(links.resolve("libavcodec.so.62")));
    assertEquals(
        folder.resolve("libswresample-f0bc92fc.so.6.3.102"),
        Files.readSymbolicLink(links.resolve("libswresample.so.6")));
    assertEquals(links + ":" + folder, own.libraryPath());
  }

  /** A property may name another folder in a JVM that goes on. */
  @Test
  void of_anotherFolder_linksItsLibraries() throws IOException {
    Path links = folder.resolve("links");
    for (String name : List.of("first", "second")) {
      Path other = Files.createDirectory(folder.resolve(name));
      for (OwnFfmpeg.Library library : OwnFfmpeg.LIBRARIES) {
        Files.createFile(other.resolve(library.file()));
      }
      OwnFfmpeg.of(other.toString(), links);
      assertEquals(
          other.resolve("libavutil.so.60"),
          Files.readSymbolicLink(links.resolve("libavutil.so.60")));
    }
  }

  @Test
  void of_anotherVersion_isNamed() throws IOException {
    for (String name :
        List.of("libavutil.so.60", "libswresample.so.6", "libavcodec.so.61.19.101")) {
      Files.createFile(folder.resolve(name));
    }
    assertRefused(
        folder.toString(),
        "TOKENREEL_FFMPEG is %s, which has no libavcodec.so.62 but libavcodec.so.61.19.101; expected the libraries of FFmpeg 8, or leave it out"
            .formatted(folder));
  }

  @Test
  void of_folderWithoutLibraries_isNamed() {
    assertRefused(folder.toString(), "has no libavutil.so.60 but none of any version");
  }

  @Test
  void of_noFolder_isNamed() {
    assertRefused("/no/such/folder", "TOKENREEL_FFMPEG is /no/such/folder, and no such folder");
  }

  @Test
  void of_pathWithAColon_isNamed() {
    assertRefused("/opt/a:/opt/b", "TOKENREEL_FFMPEG is /opt/a:/opt/b, which has a ':'");
  }

  private void assertRefused(String text, String message) {
    FfmpegException e =
        assertThrows(FfmpegException.class, () -> OwnFfmpeg.of(text, folder.resolve("links")));
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }

  @Test
  void decode_byLibrariesOfAFolder_givesTheFramesOfTheJars() throws IOException {
    for (OwnFfmpeg.Library library : OwnFfmpeg.LIBRARIES) {
      copyOfTheJar(library.file(), library.file() + ".1.100");
    }
    for (String needed : List.of("libva.so.2", "libva-drm.so.2", "libdrm.so.2")) {
      copyOfTheJar(needed, needed);
    }
    VideoRef video = VideoTests.ref(TestClips.clip("av1_hidden_and_leaves.mp4"));
    try (VideoDecoder own = decoder();
        VideoDecoder jars =
            VideoTests.decoder("uniform:frames=8", VideoTests.SMALL, DecodeCheck.SAMPLED)) {
      DecodedVideo expected = jars.decode(video);
      DecodedVideo decoded = own.decode(video);
      assertEquals(Outcome.OK, decoded.outcome(), decoded.detail());
      assertArrayEquals(expected.frames().rgb(), decoded.frames().rgb());
      for (OwnFfmpeg.Library library : OwnFfmpeg.LIBRARIES) {
        String file = folder.resolve(library.file() + ".1.100").toRealPath().toString();
        assertEquals(Set.of(file), mapped("lib" + library.name() + ".so"));
      }
    }
  }

  /** The files of a name that the decoder process which works in the folder has loaded. */
  private Set<String> mapped(String name) throws IOException {
    long process =
        ProcessHandle.current()
            .children()
            .filter(child -> child.info().commandLine().orElse("").contains(folder.toString()))
            .findFirst()
            .orElseThrow()
            .pid();
    return Files.readAllLines(Path.of("/proc/%d/maps".formatted(process))).stream()
        .filter(line -> line.contains("/" + name))
        .map(line -> line.substring(line.indexOf('/')))
        .collect(Collectors.toSet());
  }

  private void copyOfTheJar(String file, String name) throws IOException {
    try (InputStream content = ofTheJar(file)) {
      Files.copy(content, folder.resolve(name));
    }
  }

  /** The native layer alone would take the jar's libraries then, and say nothing. */
  @Test
  void decode_byWhatIsNoLibrary_saysWhatDoesNotLoad() throws IOException {
    for (OwnFfmpeg.Library library : OwnFfmpeg.LIBRARIES) {
      Files.createFile(folder.resolve(library.file()));
    }
    try (VideoDecoder own = decoder()) {
      IllegalStateException e =
          assertThrows(
              IllegalStateException.class,
              () -> own.decode(VideoTests.ref(TestClips.clip("av1_hidden_and_leaves.mp4"))));
      assertTrue(e.getMessage().contains("libavutil.so.60: file too short"), e.getMessage());
    }
  }

  private VideoDecoder decoder() {
    Optional<OwnFfmpeg> own = Optional.of(OwnFfmpeg.of(folder.toString(), folder.resolve("links")));
    DecoderSettings settings =
        VideoTests.settings("uniform:frames=8", VideoTests.SMALL, DecodeCheck.SAMPLED);
    return new VideoDecoder(
        settings,
        new Configuration(),
        folder,
        scratch ->
            ChildCommand.of(
                settings.limits().memoryMegabytes(), scratch, folder.resolve("natives"), own));
  }
}
