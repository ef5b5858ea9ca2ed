package io.tokenreel.model.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.model.DefaultModel;
import io.tokenreel.model.Models;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Remote folders are played by a file system of another scheme over local files. */
class CheckpointFolderTest {

  @TempDir Path folder;

  /** Local files that claim to be elsewhere. */
  public static final class Elsewhere extends RawLocalFileSystem {
    @Override
    public String getScheme() {
      return "elsewhere";
    }

    @Override
    public java.net.URI getUri() {
      return java.net.URI.create("elsewhere:///");
    }
  }

  @Test
  void local_ofALocalFile_isTheFileItself() throws IOException {
    DefaultModel.write(folder);
    assertEquals(
        folder.resolve("model.safetensors"),
        CheckpointFolder.open(folder.toString(), new Configuration()).local("model.safetensors"));
  }

  @Test
  void local_ofARemoteFile_isACopyThatIsMadeOncePerVersion() throws IOException {
    DefaultModel.write(folder);
    Path staged = open().local("model.safetensors");
    assertNotEquals(folder.resolve("model.safetensors"), staged);
    assertEquals(-1, Files.mismatch(folder.resolve("model.safetensors"), staged));
    Object first = Files.readAttributes(staged, "unix:ino").get("ino");
    assertEquals(staged, open().local("model.safetensors"));
    assertEquals(first, Files.readAttributes(staged, "unix:ino").get("ino"));
    Files.write(folder.resolve("model.safetensors"), new byte[9]);
    assertEquals(9, Files.size(open().local("model.safetensors")));
  }

  @Test
  void describe_ofARemoteFolder_isThatOfTheLocalOne() throws IOException {
    DefaultModel.write(folder);
    String local = Models.describe(folder.toString(), new Configuration()).encoder();
    assertEquals(local, Models.describe("elsewhere://" + folder, elsewhere()).encoder());
    assertTrue(local.startsWith("llava_onevision@"), local);
  }

  private CheckpointFolder open() {
    return CheckpointFolder.open("elsewhere://" + folder, elsewhere());
  }

  private static Configuration elsewhere() {
    Configuration hadoop = new Configuration();
    hadoop.setClass("fs.elsewhere.impl", Elsewhere.class, FileSystem.class);
    return hadoop;
  }
}
