package io.tokenreel.arch;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the direction of dependencies among the packages of {@code model}. */
class ModelDependencyTest {

  private static final List<String> OF_FAMILIES =
      List.of(
          "model",
          "model.checkpoint",
          "model.decoder",
          "model.engine",
          "model.prompt",
          "model.safetensors");

  /** As above, within {@code model}, package by package. Nothing uses a family: they are found. */
  private static final Map<String, List<String>> MODEL_MAY_USE =
      Map.ofEntries(
          Map.entry("model.safetensors", List.of()),
          Map.entry("model.checkpoint", List.of("model.safetensors")),
          Map.entry("model.prompt", List.of("model.checkpoint")),
          Map.entry("model.kv", List.of()),
          Map.entry("model", List.of("model.checkpoint", "model.kv")),
          Map.entry("model.engine", List.of("model", "model.checkpoint", "model.safetensors")),
          Map.entry("model.kv.cache", List.of("model", "model.engine", "model.kv")),
          Map.entry("model.decoder", MainClasses.and(OF_FAMILIES, "model.kv", "model.kv.cache")),
          Map.entry("model.family.djl", List.of("model", "model.checkpoint", "model.engine")),
          Map.entry("model.family.llava", OF_FAMILIES),
          Map.entry("model.family.qwenvl", OF_FAMILIES));

  /** What the packages outside {@code model} may use of it. */
  private static final List<String> MODEL_FOR_OTHERS =
      List.of("model", "model.kv", "model.prompt", "model.safetensors");

  /** Where models are neither loaded nor computed. */
  private static final String[] MODEL_WITHOUT_ENGINE = {
    "io.tokenreel.model",
    "io.tokenreel.model.checkpoint",
    "io.tokenreel.model.kv",
    "io.tokenreel.model.safetensors"
  };

  private static JavaClasses classes;

  @BeforeAll
  static void importMainClassesOfBothModules() {
    classes = MainClasses.ofBothModules();
  }

  static Stream<String> packagesOfModel() {
    return MODEL_MAY_USE.keySet().stream().sorted();
  }

  @Test
  void imported_classesOfModel_areThoseOfEveryPackage() {
    assertEquals(
        new TreeSet<>(MODEL_MAY_USE.keySet()),
        MainClasses.packagesOf("model", classes),
        "enter a new package in MODEL_MAY_USE");
  }

  @ParameterizedTest
  @MethodSource("packagesOfModel")
  void ofPackageOfModel_dependencies_pointOneWay(String name) {
    MainClasses.within(name, MODEL_MAY_USE.get(name)).check(classes);
  }

  @Test
  void ofPackagesOutsideModel_dependencies_areOnItsInterfaces() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.tokenreel.model..")
        .should()
        .dependOnClassesThat(MainClasses.othersOf("model", MODEL_FOR_OTHERS))
        .check(classes);
  }

  @Test
  void djl_inInterfacesAndFiles_isNotUsed() {
    noClasses()
        .that()
        .resideInAnyPackage(MODEL_WITHOUT_ENGINE)
        .should()
        .dependOnClassesThat()
        .resideInAPackage("ai.djl..")
        .check(classes);
  }

  @Test
  void ofPackageOfModel_ruleThatForbidsWhatIsUsed_fails() {
    assertThrows(
        AssertionError.class, () -> MainClasses.within("model.kv.cache", List.of()).check(classes));
  }
}
