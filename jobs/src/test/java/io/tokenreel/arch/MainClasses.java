package io.tokenreel.arch;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.List;
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

  static List<String> and(List<String> packages, String... more) {
    return Stream.concat(packages.stream(), Stream.of(more)).toList();
  }
}
