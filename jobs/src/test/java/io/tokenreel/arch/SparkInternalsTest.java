package io.tokenreel.arch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * One jar serves several lines of Spark because what may move between them is in a few classes of
 * ours, one for each of Spark's, and docs/compatibility.md lists them. Spark's public API is listed
 * here, so that whatever else is used counts as an internal.
 */
class SparkInternalsTest {

  private static final Path PAGE = Path.of("docs", "compatibility.md");
  private static final String SPARK = "org.apache.spark.";

  private static final Set<String> PUBLIC_PACKAGES =
      Set.of(
          "api.java",
          "api.java.function",
          "ml",
          "ml.evaluation",
          "ml.param",
          "ml.util",
          "sql",
          "sql.api.java",
          "sql.catalog",
          "sql.expressions",
          "sql.types");

  private static final Set<String> NOT_PUBLIC = Set.of("sql.types.ObjectType");

  private static final Set<String> PUBLIC_CLASSES =
      Set.of(
          "SparkConf",
          "SparkContext",
          "SparkEnv",
          "SparkException",
          "SparkStatusTracker",
          "SparkThrowable",
          "TaskContext",
          "broadcast.Broadcast",
          "rdd.RDD",
          "resource.ResourceInformation",
          "storage.StorageLevel",
          "util.AccumulatorV2",
          "util.LongAccumulator",
          "util.SerializableConfiguration",
          "util.TaskCompletionListener");

  private static JavaClasses classes;

  @BeforeAll
  static void importMainClassesOfBothModules() {
    ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
    classes =
        new ClassFileImporter()
            .withImportOption(
                location ->
                    !location.contains("/test-classes/")
                        && !location.contains("-tests.jar")
                        && !location.contains("/jmh_generated/"))
            .importPackages("io.tokenreel");
  }

  /** Classes of ours to the internals that they use, nested classes under the outer one's name. */
  private static Map<String, Set<String>> used() {
    Map<String, Set<String>> used = new TreeMap<>();
    for (JavaClass ours : classes) {
      for (Dependency dependency : ours.getDirectDependenciesFromSelf()) {
        String theirs = outer(dependency.getTargetClass().getBaseComponentType().getName());
        if (theirs.startsWith(SPARK) && !isPublic(theirs.substring(SPARK.length()))) {
          used.computeIfAbsent(outer(ours.getName()), any -> new TreeSet<>())
              .add(theirs.substring(SPARK.length()));
        }
      }
    }
    return used;
  }

  private static String outer(String name) {
    return name.replaceFirst("\\$.*", "");
  }

  private static boolean isPublic(String name) {
    String home = name.contains(".") ? name.substring(0, name.lastIndexOf('.')) : "";
    return PUBLIC_CLASSES.contains(name)
        || (PUBLIC_PACKAGES.contains(home) && !NOT_PUBLIC.contains(name));
  }

  @Test
  void internals_eachOfThem_isUsedByOneClass() {
    Map<String, List<String>> homes =
        used().entrySet().stream()
            .flatMap(
                each -> each.getValue().stream().map(theirs -> Map.entry(theirs, each.getKey())))
            .collect(
                Collectors.groupingBy(
                    Map.Entry::getKey,
                    TreeMap::new,
                    Collectors.mapping(Map.Entry::getValue, Collectors.toList())));
    homes.values().removeIf(home -> home.size() == 1);
    assertEquals(Map.of(), homes, "give each of Spark's internals one class of ours");
    assertTrue(used().containsKey("io.tokenreel.sql.TokenExpression"), used().toString());
  }

  @Test
  void page_table_listsEachClassWithItsInternals() throws IOException {
    Map<String, Set<String>> listed = new TreeMap<>();
    for (String line : Files.readAllLines(PAGE)) {
      String[] cells = line.split("\\|");
      if (line.startsWith("| `io.tokenreel.")) {
        listed.put(names(cells[1]).iterator().next(), names(cells[2]));
      }
    }
    assertEquals(used(), listed, "list what main code uses of Spark's internals in " + PAGE);
  }

  private static Set<String> names(String cell) {
    return Pattern.compile("`([^`]+)`")
        .matcher(cell)
        .results()
        .map((MatchResult found) -> found.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
