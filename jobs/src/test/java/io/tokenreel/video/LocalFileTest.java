package io.tokenreel.video;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which files are decoded where they lie, and what is noticed of those that change meanwhile. */
class LocalFileTest {

  private static final long LONGER_THAN_THE_CLOCKS_STEP = 150; // ms, of the file systems of tests

  @TempDir private Path folder;

  private Path file(String name, String content) throws IOException, InterruptedException {
    Path file = Files.writeString(folder.resolve(name), content);
    Thread.sleep(LONGER_THAN_THE_CLOCKS_STEP);
    return file;
  }

  /** However long ago it changed. */
  private static Optional<LocalFile> of(Object uri) {
    return of(uri, new Configuration(false));
  }

  private static Optional<LocalFile> of(Object uri, Configuration hadoop) {
    return LocalFile.of(uri.toString(), hadoop, Instant.now().plusSeconds(1));
  }

  /** A file that has not changed for so long that it is decoded where it lies. */
  private Path oldFile(String name, String content) throws IOException, InterruptedException {
    Path file = file(name, content);
    Thread.sleep(LocalFile.TIME_STEP.toMillis());
    return file;
  }

  private static long deadlineAfter(Duration wall) {
    return System.nanoTime() + wall.toNanos();
  }

  @Test
  void of_fileOnADisk_isThatFile() throws Exception {
    Path file = file("a %41.mp4", "a");
    assertEquals(file.toRealPath(), of(file).orElseThrow().path());
    assertEquals(file.toRealPath(), of(file.toUri()).orElseThrow().path());
  }

  @Test
  void of_whatMustBeCopied_isEmpty() throws Exception {
    Path summed = file("summed.mp4", "a");
    Files.writeString(folder.resolve(".summed.mp4.crc"), "");
    for (Object uri :
        List.of(
            folder,
            summed,
            folder.resolve("absent.mp4"),
            Path.of("/dev/zero"),
            Path.of("/proc/self/status"),
            "http://127.0.0.1:1/v.mp4",
            "hdfs://127.0.0.1:1/v.mp4",
            "nosuch://host/v.mp4",
            "no scheme: v.mp4")) {
      assertTrue(of(uri).isEmpty(), uri.toString());
    }
    Configuration elsewhere = new Configuration(false);
    elsewhere.set("fs.defaultFS", "hdfs://127.0.0.1:1/");
    assertTrue(of(folder + "/x.mp4", elsewhere).isEmpty());
  }

  @Test
  void of_fileThatHasJustChanged_isEmpty() throws Exception {
    String uri = file("new.mp4", "a").toString();
    Configuration hadoop = new Configuration(false);
    assertTrue(LocalFile.of(uri, hadoop, deadlineAfter(Duration.ofMinutes(1))).isEmpty());
    Thread.sleep(LocalFile.TIME_STEP.toMillis());
    assertTrue(LocalFile.of(uri, hadoop, deadlineAfter(Duration.ofMinutes(1))).isPresent());
  }

  @Test
  void of_fileSystemThatDoesNotAnswer_isATimeoutOfTheVideo() throws Exception {
    Configuration hadoop = new Configuration(false);
    hadoop.setClass("fs.file.impl", HangingFiles.class, FileSystem.class);
    hadoop.setBoolean("fs.file.impl.disable.cache", true);
    String uri = file("there.mp4", "a").toString();
    NotStaged failure =
        assertThrows(
            NotStaged.class,
            () -> LocalFile.of(uri, hadoop, deadlineAfter(Duration.ofMillis(200))));
    assertEquals(Reason.TIMEOUT, failure.reason());
  }

  /** As a mount whose server is away. */
  public static final class HangingFiles extends LocalFileSystem {

    @Override
    public File pathToFile(org.apache.hadoop.fs.Path path) {
      LockSupport.parkNanos(Duration.ofMinutes(10).toNanos());
      return super.pathToFile(path);
    }
  }

  @Test
  void isUnchanged_whateverIsDoneToTheFile_tells() throws Exception {
    Path file = file("a.mp4", "aaaa");
    LocalFile before = of(file).orElseThrow();
    assertTrue(before.isUnchanged());

    FileTime time = Files.getLastModifiedTime(file);
    Files.writeString(file, "bbbb");
    Files.setLastModifiedTime(file, time);
    assertFalse(before.isUnchanged(), "other bytes, the old time");

    Thread.sleep(LONGER_THAN_THE_CLOCKS_STEP);
    LocalFile between = of(file).orElseThrow();
    Files.move(file, folder.resolve("b.mp4"));
    assertFalse(between.isUnchanged(), "moved away");
    Files.copy(folder.resolve("b.mp4"), file);
    assertFalse(between.isUnchanged(), "another file of its name");
  }

  @Test
  void decode_fileThatStays_isLinkedAndNotCopied() throws Exception {
    Path video = oldFile("told.mp4", "good");
    try (VideoDecoder decoder = decoder("test -L \"$file\" && echo linked > \"$seen\"")) {
      DecodedVideo decoded = decoder.decode(VideoTests.ref(video));
      assertEquals(Outcome.OK, decoded.outcome(), decoded.detail());
      assertEquals(DigestUtils.sha256Hex("good"), decoded.contentSha256());
    }
    assertEquals("linked\n", Files.readString(folder.resolve("seen")));
    assertEquals("good", Files.readString(video));
  }

  @Test
  void decode_fileThatChangesMeanwhile_isDecodedAgainFromACopy() throws Exception {
    Path video = oldFile("changing.mp4", "good");
    try (VideoDecoder decoder =
        decoder("test -L \"$file\" && printf abort > '%s'".formatted(video))) {
      DecodedVideo decoded = decoder.decode(VideoTests.ref(video));
      assertEquals(Reason.DECODER_CRASH, decoded.reason(), "what the file says now");
      assertEquals(DigestUtils.sha256Hex("abort"), decoded.contentSha256());
    }
  }

  @Test
  void decode_whereALinkWasLeft_doesNotWriteThroughIt() throws Exception {
    Path other = file("other.mp4", "precious");
    Path fresh = file("fresh.mp4", "good"); // so it is copied
    AtomicReference<Path> own = new AtomicReference<>();
    Function<Path, List<String>> stands =
        path -> {
          own.set(path);
          return StandInDecoder.command(folder);
        };
    try (VideoDecoder decoder =
        new VideoDecoder(
            VideoTests.settings("uniform:frames=1", new FrameSize(2, 2), DecodeCheck.SAMPLED),
            new Configuration(false),
            folder,
            stands)) {
      Files.createSymbolicLink(own.get().resolve("video"), other);
      assertEquals(Outcome.OK, decoder.decode(VideoTests.ref(fresh)).outcome());
    }
    assertEquals("precious", Files.readString(other));
  }

  /** A decoder that runs a shell command before its first video, once the file is there. */
  private VideoDecoder decoder(String first) {
    return new VideoDecoder(
        VideoTests.settings("uniform:frames=1", new FrameSize(2, 2), DecodeCheck.SAMPLED),
        new Configuration(false),
        folder,
        path -> {
          String script =
              "file='%s'; seen='%s'; (while [ ! -e \"$file\" ]; do sleep 0.01; done; %s) & wait; exec \"$@\""
                  .formatted(path.resolve("video"), folder.resolve("seen"), first);
          return command(script);
        });
  }

  private List<String> command(String script) {
    List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", script, "decoder"));
    command.addAll(StandInDecoder.command(folder));
    return command;
  }
}
