package io.tokenreel.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LineFilesTest {

  @TempDir Path folder;

  @Test
  void write_namesThatRepliesHave_areLeftOut() throws IOException {
    Path replies = Files.createDirectories(folder.resolve("replies"));
    Files.writeString(replies.resolve("a-0.jsonl"), "kept");
    Files.writeString(replies.resolve("a-2.jsonl"), "kept");
    Path requests = folder.resolve("requests");
    try (LineFiles out =
        new LineFiles(
            FileSystem.getLocal(new Configuration()).getRaw(),
            hadoop(requests),
            hadoop(replies),
            2)) {
      for (String line : List.of("1", "2", "3")) {
        out.write("a", line);
      }
      out.write("b", "4");
    }
    assertEquals("1\n2\n", Files.readString(requests.resolve("a-1.jsonl")));
    assertEquals("3\n", Files.readString(requests.resolve("a-3.jsonl")));
    assertEquals("4\n", Files.readString(requests.resolve("b-0.jsonl")));
  }

  private static org.apache.hadoop.fs.Path hadoop(Path path) {
    return new org.apache.hadoop.fs.Path(path.toUri());
  }
}
