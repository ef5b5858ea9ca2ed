package io.tokenreel.input;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.sql.LocalSpark;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.security.AccessControlException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderWalkTest {

  @TempDir Path folder;

  @BeforeEach
  void fill() throws IOException {
    Files.writeString(folder.resolve("a.mp4"), "aaa");
    Files.writeString(Files.createDirectories(folder.resolve("sub/deep")).resolve("b.mp4"), "b");
  }

  /** As the driver lists it, and as a task does: the same. */
  private static List<String> walked(String uri) {
    org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(uri);
    Dataset<Row> local = FolderWalk.of(LocalSpark.plain(), path, 100);
    assertTrue(local.isLocal());
    Dataset<Row> ofTask = FolderWalk.of(LocalSpark.plain(), path, 1);
    assertFalse(ofTask.isLocal());
    List<String> rows = rows(local);
    assertEquals(rows, rows(ofTask));
    return rows;
  }

  private static List<String> rows(Dataset<Row> walk) {
    return walk.orderBy("video_id").collectAsList().stream().map(Row::toString).toList();
  }

  private String file(String name) {
    return "[%s,file:%s/%1$s,".formatted(name, folder);
  }

  private static String leftOut(String name, String reason) {
    return "[%s,null,null,%s,null]".formatted(name, reason);
  }

  @Test
  void of_links_areFollowedUnlessTheyLeadBackOrNowhere() throws IOException {
    Path sub = folder.resolve("sub");
    Files.createSymbolicLink(sub.resolve("up"), Path.of(".."));
    Files.createSymbolicLink(sub.resolve("deep/here"), Path.of("."));
    Files.createSymbolicLink(sub.resolve("self.mp4"), Path.of("self.mp4"));
    Files.createSymbolicLink(sub.resolve("gone.mp4"), Path.of("absent.mp4"));
    Files.createSymbolicLink(folder.resolve("other"), Path.of("sub/deep"));
    Files.createSymbolicLink(folder.resolve("link.mp4"), Path.of("a.mp4"));
    String back = "it is a link that leads back to a folder above it";
    List<String> walked = walked(folder.toString());
    assertEquals(
        List.of(
            file("a.mp4") + "3,null,null]",
            file("link.mp4") + "3,null,null]",
            file("other/b.mp4") + "1,null,null]",
            leftOut("other/here", back),
            file("sub/deep/b.mp4") + "1,null,null]",
            leftOut("sub/deep/here", back),
            leftOut("sub/gone.mp4", "it is a link to nothing"),
            "[sub/self.mp4,",
            leftOut("sub/up", back)),
        walked.stream().map(row -> row.startsWith("[sub/self") ? "[sub/self.mp4," : row).toList());
  }

  @Test
  void of_namesOfOddBytesAndPipes_areNamedWithTheReason() throws Exception {
    for (String command :
        List.of("touch $'caf\\xe9.mp4' $'caf\\xe8.mp4'", "mkdir $'d\\xff'", "mkfifo p.mp4")) {
      Process made =
          new ProcessBuilder("bash", "-c", command).directory(folder.toFile()).inheritIO().start();
      assertEquals(0, made.waitFor());
    }
    String bytes =
        "UTF-8".equals(System.getProperty("sun.jnu.encoding"))
            ? "its name has bytes that are no UTF-8; rename it"
            : "its name is not of this locale's charset, %s; set LC_ALL to C.UTF-8 where Java starts"
                .formatted(System.getProperty("sun.jnu.encoding"));
    assertEquals(
        List.of(
            file("a.mp4") + "3,null,null]",
            leftOut("caf%E8.mp4", bytes),
            leftOut("caf%E9.mp4", bytes),
            leftOut("d%FF", bytes),
            leftOut("p.mp4", "it is neither a file nor a folder"),
            file("sub/deep/b.mp4") + "1,null,null]"),
        walked(folder.toString()));
  }

  @Test
  void of_folderThatCannotBeListed_isLeftOutOrEndsTheWalkByItsFailure() {
    Configuration hadoop = LocalSpark.plain().sparkContext().hadoopConfiguration();
    hadoop.setClass("fs.shut.impl", ShutFileSystem.class, FileSystem.class);
    for (String[] expected :
        new String[][] {
          {"denied", leftOut("sub/deep", "it may not be read")},
          {"gone", leftOut("sub/deep", "it was deleted before it was listed")},
          {"broken", "[,null,null,null,java.io.IOException: broken]"}
        }) {
      List<String> walked = walked("shut://" + expected[0] + folder);
      assertEquals(expected[1], walked.get(expected[0].equals("broken") ? 0 : 1));
      assertEquals(2, walked.size(), walked.toString());
    }
  }

  /** Local files, whose folders {@code deep} cannot be listed; the host says how it fails. */
  public static final class ShutFileSystem extends RawLocalFileSystem {

    private URI uri;

    @Override
    public void initialize(URI name, Configuration conf) throws IOException {
      super.initialize(name, conf);
      uri = URI.create(name.getScheme() + "://" + name.getAuthority() + "/");
    }

    @Override
    public URI getUri() {
      return uri == null ? URI.create("shut:///") : uri;
    }

    @Override
    public RemoteIterator<FileStatus> listStatusIterator(org.apache.hadoop.fs.Path path)
        throws IOException {
      if (path.getName().equals("deep")) {
        throw switch (uri.getAuthority()) {
          case "denied" -> new AccessControlException("denied");
          case "gone" -> new FileNotFoundException("gone");
          default -> new IOException("broken");
        };
      }
      return super.listStatusIterator(path);
    }
  }
}
