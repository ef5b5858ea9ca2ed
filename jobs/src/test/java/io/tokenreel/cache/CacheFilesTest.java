package io.tokenreel.cache;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheFilesTest {

  @TempDir java.nio.file.Path folder;

  private CacheFiles files() throws IOException {
    return new CacheFiles(FileSystem.getLocal(new Configuration()), CacheFiles.StepListener.NONE);
  }

  @Test
  void deleteEmptied_folderWithAnUnfinishedFile_isDeleted() throws IOException {
    java.nio.file.Path journals = Files.createDirectory(folder.resolve("_journal"));
    Path journal = new Path(new Path(journals.toUri()), "000001.json");
    Files.createFile(journals.resolve(CacheFiles.temporaryOf(journal).getName()));
    files().deleteEmptied(journal.getParent());
    assertFalse(Files.exists(journals));
  }

  @Test
  void deleteEmptied_folderWithAJournalAfterAll_throwsAndKeepsIt() throws IOException {
    java.nio.file.Path journals = Files.createDirectory(folder.resolve("_journal"));
    java.nio.file.Path journal = Files.createFile(journals.resolve("000001.json"));
    assertThrows(IOException.class, () -> files().deleteEmptied(new Path(journals.toUri())));
    assertTrue(Files.exists(journal));
  }
}
