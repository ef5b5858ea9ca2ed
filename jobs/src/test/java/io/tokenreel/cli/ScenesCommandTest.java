package io.tokenreel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** {@code tokenreel scenes}, from the command line to the files. */
class ScenesCommandTest {

  private final StringWriter err = new StringWriter();

  private int execute(String... arguments) {
    CommandLine line = TokenReel.commandLine();
    line.setErr(new PrintWriter(err, true));
    return TokenReel.execute(line, arguments);
  }

  private int scenes(Path output, String split, String... more) {
    String[] arguments = new String[4 + more.length];
    arguments[0] = "scenes";
    arguments[1] = "--output=" + output;
    arguments[2] = "--split=" + split;
    arguments[3] = "--frames=4";
    System.arraycopy(more, 0, arguments, 4, more.length);
    return execute(arguments);
  }

  @Test
  void scenes_someVideos_writesThemAndSaysSo(@TempDir Path folder) throws IOException {
    assertEquals(0, scenes(folder, "test", "--videos=2", "--first=5"), err.toString());
    assertTrue(err.toString().contains("2 videos in "), err.toString());
    assertTrue(Files.exists(folder.resolve("videos/test-000005.mp4")));
    assertTrue(Files.exists(folder.resolve("videos/test-000006.mp4")));
    assertTrue(
        Files.readString(folder.resolve("questions.jsonl")).contains("\"test-000006-count\""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a [1]", "{v2}", "12:30", "c d", "50%", "50%41", "#x"})
  void scenes_awkwardFolder_isMadeWhetherItIsAPathOrAUri(String name, @TempDir Path folder) {
    assertEquals(0, scenes(folder.resolve(name), "train", "--videos=1", "--quiet"));
    assertTrue(Files.exists(folder.resolve(name).resolve("questions.jsonl")));
    Path uri = folder.resolve("uri").resolve(name);
    assertEquals(
        0,
        execute(
            "scenes",
            "--output",
            uri.toUri().toString(),
            "--split=train",
            "--videos=1",
            "--quiet"));
    assertTrue(Files.exists(uri.resolve("questions.jsonl")), uri.toUri().toString());
  }

  @Test
  void scenes_outputOnAStore_isRefused() {
    assertEquals(2, execute("scenes", "--output=s3a://a/b", "--split=train", "--videos=1"));
    assertTrue(
        err.toString().contains("expected a path on this machine; got s3a://a/b"), err.toString());
  }

  @Test
  void scenes_outputThatIsNoFolderOrLiesInNone_isRefused(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("notes.txt"), "mine");
    for (Path output : List.of(file, file.resolve("scenes"), file.resolve("a/b"))) {
      assertEquals(2, scenes(output, "train", "--videos=1"), output.toString());
      assertTrue(err.toString().contains("got the file " + file), err.toString());
      err.getBuffer().setLength(0);
    }
    assertEquals("mine", Files.readString(file));
  }

  @Test
  void scenes_quiet_saysNothing(@TempDir Path folder) {
    assertEquals(0, scenes(folder, "train", "--videos=1", "--quiet"));
    assertEquals("", err.toString());
  }

  @Test
  void scenes_badSettings_exitWithTwoAndNameThem(@TempDir Path folder) {
    assertEquals(2, scenes(folder, "training", "--videos=1"));
    assertTrue(
        err.toString().contains("unknown split 'training'; known: [train, validation, test]"),
        err.toString());
    assertEquals(2, scenes(folder, "train", "--videos=0"));
    assertEquals(2, scenes(folder, "train", "--videos=2", "--first=-1"));
    assertTrue(err.toString().contains("videos -1 to 0 of train"), err.toString());
  }
}
