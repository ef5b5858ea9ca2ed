package io.tokenreel.video;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.model.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeftFoldersTest {

  @TempDir private Path temporary;
  @TempDir private Path elsewhere;

  private final List<Process> started = new ArrayList<>();

  @AfterEach
  void endAll() throws InterruptedException {
    for (Process process : started) {
      process.destroyForcibly().waitFor();
    }
  }

  @Tag("slow")
  @Test
  void start_afterAJvmWasKilled_removesItsFoldersAndNoneOfALiveOne() throws Exception {
    Process killed = start();
    Set<String> left = names();
    assertEquals(2, left.size(), left.toString());
    Process live = start();
    Set<String> held = names();
    held.removeAll(left);
    assertEquals(2, held.size(), held.toString());
    killed.destroyForcibly().waitFor();
    assertTrue(names().containsAll(left), "removed before their process had ended");

    Process next = start();
    Set<String> now = names();
    assertTrue(now.containsAll(held), now + " are there, of a live process were " + held);
    now.removeAll(held);
    assertEquals(2, now.size(), now.toString());
    now.removeAll(left);
    assertEquals(2, now.size(), "left behind were " + left);

    for (Process process : List.of(live, next)) {
      process.getOutputStream().close();
      assertEquals(0, process.waitFor());
    }
    assertEquals(Set.of(), names());
  }

  /** Returns when its folders are made and it has removed what it may. */
  private Process start() throws IOException {
    List<String> options = List.of("-Djava.io.tmpdir=" + temporary, "-Xmx256m");
    Process process = ChildJvm.start(options, IdleDecoder.class);
    started.add(process);
    assertEquals("waiting", process.inputReader(UTF_8).readLine());
    return process;
  }

  @Test
  void sweep_foldersThatOnlyLookLeft_stay() throws IOException {
    Path outside = Files.writeString(elsewhere.resolve("file"), "of somebody");
    Path gone = left(temporary, "tokenreel-natives-1-0-left");
    Files.createSymbolicLink(gone.resolve("link"), outside);
    Path open = left(temporary, "tokenreel-natives-1-0-open");
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-x---"));
    Path notYetLocked = left(temporary, "tokenreel-decoder-1-0-young");
    Files.write(notYetLocked.resolve(PrivateFolder.LOCK), new byte[0]);
    Files.delete(left(temporary, "tokenreel-decoder-1-0-younger").resolve(PrivateFolder.LOCK));
    left(temporary, "tokenreel-other-1-0-name");
    Path linked = left(elsewhere, "tokenreel-natives-1-0-linked");
    Files.createSymbolicLink(temporary.resolve("tokenreel-natives-1-0-link"), linked);
    try (PrivateFolder own = new PrivateFolder(temporary, PrivateFolder.DECODER)) {
      Set<String> expected = names();
      expected.remove(gone.getFileName().toString());
      LeftFolders.sweep(temporary, own.owner());
      assertEquals(expected, names());
    }
    assertTrue(Files.exists(outside));
    assertTrue(Files.exists(linked.resolve("folder/file")));
  }

  @Test
  void sweepWithSiblings_foldersOfKilledProcesses_areRemovedFromThoseOfTheNameAlone()
      throws IOException {
    Path own = Files.createDirectory(temporary.resolve("spark-own"));
    Path killed = Files.createDirectory(temporary.resolve("spark-killed"));
    Path other = Files.createDirectory(temporary.resolve("other"));
    Path linked = Files.createDirectory(elsewhere.resolve("linked"));
    Files.createSymbolicLink(temporary.resolve("spark-link"), linked);
    Files.createFile(temporary.resolve("spark-file"));
    Path gone = left(killed, "tokenreel-decoder-1-0-left");
    List<Path> stay =
        List.of(
            Files.createFile(killed.resolve("block")),
            left(other, "tokenreel-decoder-1-0-left"),
            left(linked, "tokenreel-decoder-1-0-left"));
    try (PrivateFolder used = new PrivateFolder(own, PrivateFolder.DECODER)) {
      LeftFolders.sweepWithSiblings(own, "spark-*");
      assertTrue(Files.exists(used.path()));
    }
    assertTrue(Files.notExists(gone));
    stay.forEach(path -> assertTrue(Files.exists(path), path.toString()));
  }

  @Test
  void sweep_foldersOfAnotherUser_stay() throws IOException {
    left(temporary, "tokenreel-natives-1-0-left");
    UserPrincipal other =
        temporary.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("65534");
    LeftFolders.sweep(temporary, other);
    assertEquals(Set.of("tokenreel-natives-1-0-left"), names());
  }

  /** A folder as a killed process leaves it. */
  private static Path left(Path parent, String name) throws IOException {
    Path folder =
        Files.createDirectory(
            parent.resolve(name), PosixFilePermissions.asFileAttribute(PrivateFolder.PERMISSIONS));
    Files.write(folder.resolve(PrivateFolder.LOCK), new byte[1]);
    Files.writeString(Files.createDirectory(folder.resolve("folder")).resolve("file"), "content");
    return folder;
  }

  private Set<String> names() throws IOException {
    try (var folders = Files.list(temporary)) {
      return new TreeSet<>(
          folders
              .map(folder -> folder.getFileName().toString())
              .filter(name -> name.startsWith("tokenreel-"))
              .toList());
    }
  }
}
