package io.tokenreel.arch;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.AccessTarget.MethodCallTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the direction of dependencies, and each foreign library to the one package that has it. */
class DependencyTest {

  private static final String ROOT = MainClasses.ROOT;
  private static final List<String> LIBRARY =
      List.of("spec", "token", "kernel", "compress", "sql", "ml");
  private static final List<String> MEANS = and(LIBRARY, "files", "video", "model");
  private static final List<String> ABOVE_MEANS = and(MEANS, "stage", "cache", "eval", "scene");

  /** Package to the packages of ours that it may use. A new package is entered here. */
  private static final Map<String, List<String>> MAY_USE =
      Map.ofEntries(
          Map.entry("spec", List.of()),
          Map.entry("token", List.of("spec")),
          Map.entry("kernel", List.of("token")),
          Map.entry("compress", List.of("spec", "kernel", "token")),
          Map.entry("sql", List.of("spec", "compress", "kernel", "token")),
          Map.entry("ml", List.of("sql", "compress", "kernel", "token")),
          Map.entry("python", List.of()),
          Map.entry("jinja", List.of("python")),
          Map.entry("files", List.of()),
          Map.entry("video", and(LIBRARY, "files")),
          Map.entry("input", and(LIBRARY, "files", "video")),
          Map.entry("model", and(LIBRARY, "files", "jinja", "video")),
          Map.entry("stage", MEANS),
          Map.entry("cache", MEANS),
          Map.entry("scene", List.of("video")),
          Map.entry("eval", and(LIBRARY, "files", "jinja", "model", "python")),
          Map.entry("report", List.of("token", "jinja", "eval")),
          Map.entry("pipeline", and(ABOVE_MEANS, "input")),
          Map.entry("sweep", and(ABOVE_MEANS, "pipeline", "report")),
          Map.entry("cli", and(ABOVE_MEANS, "pipeline", "report", "sweep")));

  private static final String LOOKS_UP =
      "org[.]apache[.](hadoop[.]fs[.]Path[.]getFileSystem|hadoop[.]fs[.]FileSystem[.](get|newInstance|globStatus)"
          + "|spark[.]sql[.]DataFrameReader[.](csv|json|load|orc|parquet|text|textFile|xml))"
          + "[(](?!org[.]apache[.]spark[.]sql[.]Dataset).*";

  private static final List<String> UNORDERED = List.of("of", "ofEntries", "copyOf");

  private static JavaClasses classes;

  private static List<String> and(List<String> packages, String... more) {
    return MainClasses.and(packages, more);
  }

  @BeforeAll
  static void importMainClassesOfBothModules() {
    classes = MainClasses.ofBothModules();
  }

  static Stream<String> packages() {
    return MAY_USE.keySet().stream().sorted();
  }

  private static String slice(JavaClass type) {
    return MainClasses.slice(type);
  }

  @Test
  void imported_mainClasses_areThoseOfEveryPackage() {
    assertEquals(
        new TreeSet<>(MAY_USE.keySet()),
        classes.stream().map(DependencyTest::slice).collect(Collectors.toCollection(TreeSet::new)),
        "enter a new package in MAY_USE");
    for (String known :
        List.of(
            "spec.Spec",
            "token.TokenBlock",
            "kernel.VectorKernels",
            "compress.VidCom2",
            "sql.TokenReelExtensions",
            "ml.CompressionTransformer",
            "files.UserPath",
            "video.VideoDecoder",
            "video.ffmpeg.DecoderMain",
            "model.Models",
            "model.family.llava.LlavaOnevision",
            "input.RecordFiles",
            "stage.FrameDecoder",
            "cache.lookup.TokenCache",
            "scene.SceneSet",
            "eval.stat.Scores",
            "report.Report",
            "jinja.JinjaTemplate",
            "python.PythonText",
            "pipeline.Precompute",
            "sweep.SweepJob",
            "cli.TokenReel")) {
      assertTrue(classes.contain(ROOT + known), known);
    }
    assertTrue(classes.stream().noneMatch(type -> type.getSimpleName().endsWith("Test")));
  }

  @ParameterizedTest
  @MethodSource("packages")
  void ofPackage_dependencies_pointOneWay(String name) {
    below(name, MAY_USE.get(name)).check(classes);
  }

  @Test
  void ofPackage_ruleThatForbidsWhatIsUsed_fails() {
    AssertionError error =
        assertThrows(
            AssertionError.class, () -> below("compress", List.of("token")).check(classes));
    assertTrue(error.getMessage().contains(ROOT + "kernel."), error.getMessage());
    error =
        assertThrows(
            AssertionError.class,
            () -> below("sweep", and(ABOVE_MEANS, "pipeline")).check(classes));
    assertTrue(error.getMessage().contains(ROOT + "report."), error.getMessage());
    assertThrows(
        AssertionError.class, () -> onlyIn("org.bytedeco..", "io.tokenreel.cli..").check(classes));
    assertThrows(
        AssertionError.class, () -> onlyIn("ai.djl..", "io.tokenreel.cli..").check(classes));
    assertThrows(
        AssertionError.class,
        () -> onlyIn("org.apache.spark.sql.catalyst..", "io.tokenreel.ml..").check(classes));
    assertThrows(
        AssertionError.class, () -> onlyIn("com.hubspot..", "io.tokenreel.cli..").check(classes));
    assertThrows(
        AssertionError.class, () -> onlyIn("org.knowm..", "io.tokenreel.cli..").check(classes));
  }

  private static ArchRule below(String name, List<String> used) {
    return noClasses()
        .that()
        .resideInAPackage(ROOT + name + "..")
        .should()
        .dependOnClassesThat(
            describe(
                "are ours and not of " + used,
                type -> {
                  String other = slice(type);
                  return other != null && !other.equals(name) && !used.contains(other);
                }));
  }

  private static ArchRule onlyIn(String library, String home) {
    return noClasses()
        .that()
        .resideOutsideOfPackage(home)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library);
  }

  @Test
  void bytedeco_outsideVideo_isNotUsed() {
    onlyIn("org.bytedeco..", "io.tokenreel.video..").check(classes);
  }

  @Test
  void djl_outsideModel_isNotUsed() {
    onlyIn("ai.djl..", "io.tokenreel.model..").check(classes);
  }

  @Test
  void jna_outsideTheEngine_isNotUsed() {
    onlyIn("com.sun.jna..", "io.tokenreel.model.engine..").check(classes);
  }

  @Test
  void jinjava_outsideJinja_isNotUsed() {
    onlyIn("com.hubspot..", "io.tokenreel.jinja..").check(classes);
  }

  @Test
  void xchart_outsideTheReport_isNotUsed() {
    onlyIn("org.knowm..", "io.tokenreel.report..").check(classes);
  }

  @Test
  void catalyst_outsideSql_isNotUsed() {
    onlyIn("org.apache.spark.sql.catalyst..", "io.tokenreel.sql..").check(classes);
  }

  @Test
  void textsOfPaths_outsideFiles_areNotReadByHadoopOrSpark() {
    aroundFiles("io.tokenreel.files..").check(classes);
    AssertionError error =
        assertThrows(AssertionError.class, () -> aroundFiles("io.tokenreel.cli..").check(classes));
    for (String call : List.of("Path.<init>(java.lang.String)", "csv", "getFileSystem")) {
      assertTrue(error.getMessage().contains(call), error.getMessage());
    }
  }

  /**
   * Where a text becomes a path, a file system is looked up, or Spark is given a path to read, it
   * is done in one package, which knows of colons, percent signs and patterns. Names below a folder
   * may be given to Hadoop as they are in {@code cache}, which makes them itself.
   */
  private static ArchRule aroundFiles(String home) {
    return noClasses()
        .that()
        .resideOutsideOfPackage(home)
        .should()
        .callConstructorWhere(
            describe(
                "a path of Hadoop's is made of a text",
                call ->
                    call.getTargetOwner().isEquivalentTo(Path.class)
                        && takesText(call.getTarget().getRawParameterTypes())
                        && !(call.getTarget().getRawParameterTypes().size() == 2
                            && "cache".equals(slice(call.getOriginOwner())))))
        .orShould()
        .accessTargetWhere(
            describe(
                "a file system is looked up, searched by a pattern, or read by Spark",
                access -> access.getTarget().getFullName().matches(LOOKS_UP)));
  }

  /**
   * {@code --conf spark.hadoop.*} reaches what is read before or without a session only where
   * Hadoop's settings come from the command's options.
   */
  @Test
  void settingsOfHadoop_outsideTheSessionsOptions_areNotMade() {
    settingsOfHadoopOnlyIn("io.tokenreel.cli.SessionOptions").check(classes);
    AssertionError error =
        assertThrows(
            AssertionError.class,
            () -> settingsOfHadoopOnlyIn("io.tokenreel.cli.TokenReel").check(classes));
    assertTrue(error.getMessage().contains("SessionOptions.hadoop()"), error.getMessage());
  }

  private static ArchRule settingsOfHadoopOnlyIn(String home) {
    return noClasses()
        .that()
        .doNotHaveFullyQualifiedName(home)
        .should()
        .callConstructorWhere(
            describe(
                "settings of Hadoop's are made, and not copied",
                call ->
                    call.getTargetOwner().isEquivalentTo(Configuration.class)
                        && call.getTarget().getRawParameterTypes().stream()
                            .noneMatch(type -> type.isEquivalentTo(Configuration.class))));
  }

  private static boolean takesText(List<JavaClass> parameters) {
    return parameters.get(parameters.size() - 1).isEquivalentTo(String.class);
  }

  @Test
  void specTokenKernelCompress_foreignCode_isNotUsed() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "io.tokenreel.spec..",
            "io.tokenreel.token..",
            "io.tokenreel.kernel..",
            "io.tokenreel.compress..")
        .should()
        .dependOnClassesThat(
            describe(
                "are neither the JDK's nor ours",
                type ->
                    !type.isPrimitive()
                        && !type.isArray()
                        && !type.getPackageName().matches("(java|jdk\\.incubator\\.vector)(\\..*)?")
                        && slice(type) == null))
        .check(classes);
  }

  /**
   * The JDK's immutable maps and sets have another order in each JVM. What is written or printed
   * from one would differ between two runs of the same inputs. A constant may be one: it is for
   * looking up.
   */
  @Test
  void mapsAndSets_outsideConstants_haveAnOrderThatIsTheSameInEveryRun() {
    ordered().check(classes);
    AssertionError error =
        assertThrows(
            AssertionError.class,
            () -> ordered().check(new ClassFileImporter().importClasses(Unordered.class)));
    assertEquals(3, Unordered.made().size());
    for (String call : List.of("Map.copyOf", "Map.of", "Set.copyOf")) {
      assertTrue(error.getMessage().contains(call), error.getMessage());
    }
  }

  private static ArchRule ordered() {
    return noClasses()
        .should()
        .callMethodWhere(
            describe(
                "a map or set of the JDK's that has no order is made (use LinkedHashMap or TreeMap)",
                call ->
                    !call.getOrigin().getName().equals("<clinit>")
                        && UNORDERED.contains(call.getTarget().getName())
                        && hasNoOrder(call.getTarget())));
  }

  private static boolean hasNoOrder(MethodCallTarget made) {
    int parameters = made.getRawParameterTypes().size();
    return made.getOwner().isEquivalentTo(Map.class)
        ? parameters != 0 && !(parameters == 2 && made.getName().equals("of"))
        : made.getOwner().isEquivalentTo(Set.class) && made.getName().equals("copyOf");
  }

  /** Calls what is forbidden. */
  private static final class Unordered {

    static List<Object> made() {
      return List.of(Map.copyOf(new TreeMap<>()), Map.of("a", 1, "b", 2), Set.copyOf(List.of(1)));
    }
  }

  @Test
  void packages_dependencies_haveNoCycles() {
    slices().matching(ROOT + "(*)..").should().beFreeOfCycles().check(classes);
  }

  /** Each package for itself, so that none uses one below it that uses it. */
  @Test
  void packagesAndThoseBelow_dependencies_haveNoCycles() {
    slices().matching(ROOT + "(**)").should().beFreeOfCycles().check(classes);
  }
}
