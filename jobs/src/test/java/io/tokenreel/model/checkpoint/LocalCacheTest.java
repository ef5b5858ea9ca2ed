package io.tokenreel.model.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalCacheTest {

  @TempDir Path temporary;

  /** A user without a name is {@code ?} to Java; the name may be another than the owner's. */
  @ParameterizedTest
  @ValueSource(strings = {"ada", "?", "", "a/b", "somebody-else"})
  void privateFolder_askedAgain_isTheSameOne(String user) throws IOException {
    Path first = LocalCache.privateFolder(temporary, user);
    assertEquals(first, LocalCache.privateFolder(temporary, user));
    assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(first)));
    assertEquals(1, count());
  }

  @Test
  void privateFolder_whereOthersMayWrite_isNotTaken() throws IOException {
    Path open = Files.createDirectory(temporary.resolve("tokenreel-ada"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
    Path own = LocalCache.privateFolder(temporary, "ada");
    assertNotEquals(open, own);
    assertEquals(own, LocalCache.privateFolder(temporary, "ada"));
    assertEquals(2, count());
  }

  @Test
  void privateFolder_whereALinkLies_isNotTaken() throws IOException {
    Path elsewhere = Files.createDirectory(temporary.resolve("elsewhere"));
    Files.setPosixFilePermissions(elsewhere, PosixFilePermissions.fromString("rwx------"));
    Files.createSymbolicLink(temporary.resolve("tokenreel-ada"), elsewhere);
    Path own = LocalCache.privateFolder(temporary, "ada");
    assertTrue(own.getFileName().toString().matches("tokenreel-uid-[0-9]+"), own.toString());
  }

  private long count() throws IOException {
    try (Stream<Path> all = Files.list(temporary)) {
      return all.count();
    }
  }
}
