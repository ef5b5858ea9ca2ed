package io.tokenreel.arch;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the rules are about: the main classes of udf and jobs. */
final class MainClasses {

  static final String ROOT = "io.tokenreel.";

  private MainClasses() {}

  /** Imports them. */
  static JavaClasses ofBothModules() {
    // Rules go by package names; loading Spark's classes for more than that would take long.
    ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
    return new ClassFileImporter()
        .withImportOption(
            location -> !location.contains("/test-classes/") && !location.contains("-tests.jar"))
        .importPackages("io.tokenreel");
  }

  /** The package right below ours that a class is in; null for a class of others. */
  static String slice(JavaClass type) {
    String name = type.getPackageName();
    return name.startsWith(ROOT) ? name.substring(ROOT.length()).replaceFirst("\\..*", "") : null;
  }

  /** The packages at and below one that is right below ours, without what all names begin with. */
  static SortedSet<String> packagesOf(String slice, JavaClasses classes) {
    return classes.stream()
        .filter(type -> slice.equals(slice(type)))
        .map(type -> type.getPackageName().substring(ROOT.length()))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /**
   * That a package uses no others at and below the one right below ours that it is in.
   *
   * @param name of one package alone, not of those below it
   * @param used those that it may use
   */
  static ArchRule within(String name, List<String> used) {
    return noClasses()
        .that()
        .resideInAPackage(ROOT + name)
        .should()
        .dependOnClassesThat(othersOf(name.replaceFirst("\\..*", ""), and(used, name)));
  }

  /** Classes at and below a package right below ours that are in none of these packages. */
  static DescribedPredicate<JavaClass> othersOf(String slice, List<String> used) {
    return describe(
        "are of %s and not of %s".formatted(slice, used),
        type -> {
          JavaClass plain = type.getBaseComponentType();
          return slice.equals(slice(plain))
              && !used.contains(plain.getPackageName().substring(ROOT.length()));
        });
  }

  static List<String> and(List<String> packages, String... more) {
    return Stream.concat(packages.stream(), Stream.of(more)).toList();
  }
}
