package io.tokenreel.video;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real decoder process: its memory, its end, and where its classes may lie. */
class DecoderProcessTest {

  private static final int MEGABYTES = 512;

  @TempDir private Path folder;

  @Tag("slow")
  @Test
  void decode_fourKVideo_staysWithinTheMemoryLimit() throws IOException {
    Path file = folder.resolve("four-k.mp4");
    VideoWriter.write(file, 3840, 2160, 25, 8, 12, VideoTests.stripes(3840, 2160));
    assertStaysWithinTheMemoryLimit(file, 12);
  }

  /** The decoder keeps the pictures that later ones refer to, and those that are shown later. */
  @Tag("slow")
  @Test
  void decode_fourKVideoWithFiveReferences_staysWithinTheMemoryLimit() throws IOException {
    Path file = TestClips.clip("large/h264_five_refs_4k.mp4");
    String text = new String(Files.readAllBytes(file), ISO_8859_1);
    assertTrue(text.contains(" ref=5 ") && text.contains(" bframes=3 b_pyramid=2 "), "x264's note");
    assertStaysWithinTheMemoryLimit(file, 20);
  }

  private static void assertStaysWithinTheMemoryLimit(Path file, int frames) {
    try (VideoDecoder decoder =
        VideoTests.decoder("uniform:frames=6", new FrameSize(384, 384), DecodeCheck.FULL)) {
      DecodedVideo video = decoder.decode(VideoTests.ref(file));
      assertEquals(Outcome.OK, video.outcome(), video.detail());
      assertEquals(frames, video.framesDecoded());
      long peak = decoder.peakResidentBytes();
      assertTrue(peak > 0 && peak <= (long) MEGABYTES << 20, "peak " + (peak >> 20) + " MB");
    }
  }

  @Test
  void decode_pictureThatTheMemoryDoesNotHold_isTooLarge() throws IOException {
    Path file = folder.resolve("large.mp4");
    FrameSize size = new FrameSize(4096, 6144);
    try (VideoWriter writer = new VideoWriter(file, "mpeg4", size, 25, 1, Map.of())) {
      writer.add(new byte[size.rgbBytes()], 0);
      writer.add(new byte[size.rgbBytes()], 1);
      writer.finish();
    }
    DecodeLimits tight = DecodeLimits.DEFAULT.withMemoryMegabytes(DecodeLimits.LEAST_MEGABYTES);
    DecoderSettings settings =
        new DecoderSettings(
            SamplingSpec.parse("uniform:frames=4"), VideoTests.SMALL, DecodeCheck.FULL, tight);
    try (VideoDecoder decoder = new VideoDecoder(settings, new Configuration(false))) {
      DecodedVideo video = decoder.decode(VideoTests.ref(file));
      assertEquals(Reason.TOO_LARGE, video.reason(), video.detail());
      assertTrue(video.detail().contains("raise it with --decode-memory"), video.detail());
      Path small = TestClips.clip("h264_closed_gop.mp4");
      assertEquals(Outcome.OK, decoder.decode(VideoTests.ref(small)).outcome());
    }
  }

  @Test
  void process_inputCloses_deletesItsFolderAndEnds() throws Exception {
    Path own = Files.createDirectory(folder.resolve("own"));
    Files.writeString(own.resolve("video"), "staged");
    List<String> command = ChildCommand.of(MEGABYTES, own, NativesCache.path(), Optional.empty());
    Process process = new ProcessBuilder(command).directory(own.toFile()).start();
    process.getOutputStream().close();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS), "the decoder outlived its owner");
    assertEquals(0, process.exitValue());
    assertFalse(Files.exists(own), "the folder outlived its owner");
  }

  @Test
  void process_oneShadedJar_decodes() throws Exception {
    Path jar = folder.resolve("shaded.jar");
    List<String> command =
        ChildCommand.of(MEGABYTES, folder, NativesCache.path(), Optional.empty());
    int classPath = command.indexOf("-cp") + 1;
    shade(command.get(classPath), jar);
    List<String> shaded = new ArrayList<>(command);
    shaded.set(classPath, jar.toString());
    Path clip = TestClips.clip("h264_closed_gop.mp4");
    DecoderSettings settings =
        VideoTests.settings("uniform:frames=3", VideoTests.SMALL, DecodeCheck.SAMPLED);
    try (VideoDecoder plain = new VideoDecoder(settings, new Configuration(false));
        VideoDecoder fromJar =
            new VideoDecoder(settings, new Configuration(false), folder, path -> shaded)) {
      DecodedVideo video = fromJar.decode(VideoTests.ref(clip));
      assertEquals(Outcome.OK, video.outcome(), video.detail());
      assertArrayEquals(plain.decode(VideoTests.ref(clip)).frames().rgb(), video.frames().rgb());
    }
  }

  /** Everything of a class path in one jar, stored. */
  private static void shade(String classPath, Path jar) throws IOException {
    Set<String> seen = new HashSet<>();
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.setLevel(0);
      for (String part : classPath.split(File.pathSeparator)) {
        Path path = Path.of(part);
        if (Files.isDirectory(path)) {
          addFolder(path, out, seen);
        } else {
          addJar(path, out, seen);
        }
      }
    }
  }

  private static void addFolder(Path folder, JarOutputStream out, Set<String> seen)
      throws IOException {
    List<Path> files;
    try (var walk = Files.walk(folder)) {
      files = walk.filter(Files::isRegularFile).toList();
    }
    for (Path file : files) {
      String name = folder.relativize(file).toString();
      if (seen.add(name)) {
        out.putNextEntry(new JarEntry(name));
        Files.copy(file, out);
      }
    }
  }

  private static void addJar(Path path, JarOutputStream out, Set<String> seen) throws IOException {
    try (JarFile in = new JarFile(path.toFile())) {
      for (JarEntry entry : (Iterable<JarEntry>) in.stream()::iterator) {
        if (!entry.isDirectory() && seen.add(entry.getName())) {
          out.putNextEntry(new JarEntry(entry.getName()));
          try (InputStream bytes = in.getInputStream(entry)) {
            bytes.transferTo(out);
          }
        }
      }
    }
  }
}
