package io.tokenreel.cli;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.testing.JobTests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.internal.config.ConfigEntry;
import org.apache.spark.sql.internal.SQLConf;
import org.apache.spark.sql.internal.StaticSQLConf;
import org.apache.spark.util.Utils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The property files of conf/: every key is one of Spark's, and its value is of that key's kind.
 */
class SparkPropertiesTest {

  /** Keys of families that end in a name of the user's; they have no entry of their own. */
  private static final List<String> FAMILIES =
      List.of(
          "spark.executorEnv.",
          "spark.executor.resource.gpu.",
          "spark.task.resource.gpu.",
          "spark.kubernetes.driverEnv.",
          "spark.kubernetes.executor.volumes.",
          "spark.kubernetes.node.selector.",
          "spark.yarn.appMasterEnv.");

  /**
   * Keys that Spark's documentation has and no entry: those that are older than entries, and those
   * of cluster managers whose classes are in no jar of this build.
   */
  private static final Set<String> WITHOUT_ENTRY =
      Set.of(
          "spark.master",
          "spark.local.dir",
          "spark.kubernetes.authenticate.driver.serviceAccountName",
          "spark.kubernetes.container.image",
          "spark.yarn.dist.files",
          "spark.yarn.maxAppAttempts");

  static List<Path> files() throws IOException {
    try (Stream<Path> conf = Files.list(JobTests.ROOT.resolve("conf"))) {
      return conf.filter(path -> path.toString().endsWith(".conf")).sorted().toList();
    }
  }

  private static Map<String, String> properties(Path file) {
    return CollectionConverters.asJava(Utils.getPropertiesFromFile(file.toString()));
  }

  @ParameterizedTest
  @MethodSource("files")
  void key_ofEveryFile_isKnownToSpark(Path file) throws ClassNotFoundException {
    // Entries are known once the objects that hold them are there; other tests of the same JVM may
    // have loaded them, or not.
    for (String holder : List.of("package", "Network", "UI")) {
      Class.forName("org.apache.spark.internal.config." + holder + "$");
    }
    SQLConf.SHUFFLE_PARTITIONS();
    StaticSQLConf.SPARK_SESSION_EXTENSIONS();
    SparkConf conf = new SparkConf(false);
    properties(file)
        .forEach(
            (key, value) -> {
              conf.set(key, value);
              ConfigEntry<?> entry = ConfigEntry.findEntry(key);
              boolean documented =
                  WITHOUT_ENTRY.contains(key) || FAMILIES.stream().anyMatch(key::startsWith);
              assertTrue(entry != null || documented, file.getFileName() + ": " + key);
              if (entry != null) {
                assertDoesNotThrow(() -> conf.get(entry), key + " " + value);
              }
            });
  }

  @Test
  void files_areThoseThatTheReadmeNames() throws IOException {
    assertEquals(
        List.of(
            "k8s-cpu.conf",
            "k8s-gpu.conf",
            "local.conf",
            "standalone.conf",
            "yarn-cpu.conf",
            "yarn-gpu.conf"),
        files().stream().map(file -> file.getFileName().toString()).toList());
  }
}
