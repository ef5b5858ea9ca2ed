package io.tokenreel.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.sql.LocalSpark;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;

class LocalFolderTest {

  @Test
  void ofTask_liesInSparksLocalFolder() {
    SparkSession spark = LocalSpark.plain();
    String local =
        spark.sparkContext().getConf().get("spark.local.dir", System.getProperty("java.io.tmpdir"));
    Path folder = LocalFolder.ofTask();
    assertTrue(Files.isDirectory(folder), folder.toString());
    assertEquals(Path.of(local).toAbsolutePath(), folder.getParent());
  }
}
