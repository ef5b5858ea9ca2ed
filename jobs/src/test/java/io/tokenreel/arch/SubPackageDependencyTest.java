package io.tokenreel.arch;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the direction of dependencies among the packages of {@code cache}, eval and pipeline. */
class SubPackageDependencyTest {

  /** Package to those packages of the same one right below ours that it may use. */
  private static final Map<String, List<String>> MAY_USE =
      Map.ofEntries(
          Map.entry("cache", List.of()),
          Map.entry("cache.index", List.of("cache")),
          Map.entry("cache.store", List.of("cache", "cache.index")),
          Map.entry("cache.commit", List.of("cache", "cache.store")),
          Map.entry("cache.lookup", List.of("cache", "cache.index", "cache.store")),
          Map.entry("cache.verify", List.of("cache", "cache.store", "cache.commit")),
          Map.entry("eval.parse", List.of()),
          Map.entry("eval.result", List.of()),
          Map.entry("eval.stat", List.of("eval.result")),
          Map.entry("eval.task", List.of("eval.parse")),
          Map.entry("eval.judge", List.of("eval.parse", "eval.task")),
          Map.entry("eval.log", List.of("eval.parse", "eval.result", "eval.task")),
          Map.entry("eval.ml", List.of("eval.parse", "eval.task")),
          Map.entry("pipeline.setting", List.of()),
          Map.entry("pipeline.input", List.of("pipeline.setting")),
          Map.entry("pipeline.run", List.of("pipeline.setting", "pipeline.input")),
          Map.entry("pipeline", List.of("pipeline.setting", "pipeline.run")));

  /** What the packages outside {@code cache} may use of it: no files of its index. */
  private static final List<String> CACHE_FOR_OTHERS =
      List.of("cache", "cache.store", "cache.commit", "cache.lookup", "cache.verify");

  private static JavaClasses classes;

  @BeforeAll
  static void importMainClassesOfBothModules() {
    classes = MainClasses.ofBothModules();
  }

  static Stream<String> packages() {
    return MAY_USE.keySet().stream().sorted();
  }

  @ParameterizedTest
  @CsvSource({"cache", "eval", "pipeline"})
  void imported_classesOfEach_areThoseOfEveryPackage(String slice) {
    assertEquals(
        MAY_USE.keySet().stream()
            .filter(name -> name.equals(slice) || name.startsWith(slice + "."))
            .collect(Collectors.toCollection(TreeSet::new)),
        MainClasses.packagesOf(slice, classes),
        "enter a new package in MAY_USE");
  }

  @ParameterizedTest
  @MethodSource("packages")
  void ofPackage_dependencies_pointOneWay(String name) {
    MainClasses.within(name, MAY_USE.get(name)).check(classes);
  }

  @Test
  void ofPackagesOutsideCache_dependencies_areNotOnItsIndex() {
    outsideCache(CACHE_FOR_OTHERS).check(classes);
  }

  private static ArchRule outsideCache(List<String> used) {
    return noClasses()
        .that()
        .resideOutsideOfPackage("io.tokenreel.cache..")
        .should()
        .dependOnClassesThat(MainClasses.othersOf("cache", used));
  }

  @ParameterizedTest
  @CsvSource({
    "cache.store, cache, cache.index",
    "cache.commit, cache, cache.store",
    "cache.lookup, cache, cache.index",
    "cache.verify, cache, cache.commit",
    "eval.log, eval.parse, eval.task",
    "pipeline.run, pipeline.setting, pipeline.input",
    "pipeline, pipeline.setting, pipeline.run",
  })
  void ofPackage_ruleThatForbidsWhatIsUsed_fails(String name, String allowed, String forbidden) {
    AssertionError error =
        assertThrows(
            AssertionError.class, () -> MainClasses.within(name, List.of(allowed)).check(classes));
    assertTrue(error.getMessage().contains(MainClasses.ROOT + forbidden + "."), error.getMessage());
  }

  @Test
  void ofPackagesOutsideCache_ruleThatForbidsWhatIsUsed_fails() {
    assertThrows(AssertionError.class, () -> outsideCache(List.of("cache")).check(classes));
  }
}
