package io.tokenreel.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tokenreel.testing.Fixtures;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/**
 * A family in a jar that is not on the tests' class path, and a thread whose context class loader
 * has that jar, as Spark's have those of {@code --jars}.
 */
public final class OutsideFamily implements AutoCloseable {

  /** The architecture that it opens. */
  public static final String ARCHITECTURE = "MeanColourModel";

  private static final Path SOURCE =
      Fixtures.GOLDENS.resolveSibling("outside_family").resolve("MeanColour.java");

  private final ClassLoader before = Thread.currentThread().getContextClassLoader();
  private final URLClassLoader loader;

  private OutsideFamily(Path jar) throws IOException {
    loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, before);
    Thread.currentThread().setContextClassLoader(loader);
  }

  /** Compiles the family and gives its jar to this thread until it is closed. */
  public static OutsideFamily in(Path folder) throws IOException {
    return named(folder, "com.example.family.MeanColour");
  }

  /**
   * As above, of a jar that names other families as well.
   *
   * @param families names of classes
   */
  static OutsideFamily named(Path folder, String... families) throws IOException {
    Path classes = Files.createTempDirectory(folder, "classes");
    int failed =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-classpath",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                "-proc:none",
                "-d",
                classes.toString(),
                SOURCE.toString());
    assertEquals(0, failed, "the compiler's exit status");
    Path services = Files.createDirectories(classes.resolve("META-INF/services"));
    Files.writeString(services.resolve(ModelFamily.class.getName()), String.join("\n", families));
    return new OutsideFamily(jar(classes, folder.resolve("family.jar")));
  }

  private static Path jar(Path classes, Path jar) throws IOException {
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file);
        Stream<Path> below = Files.walk(classes)) {
      for (Path each : below.filter(Files::isRegularFile).toList()) {
        out.putNextEntry(new JarEntry(classes.relativize(each).toString()));
        Files.copy(each, out);
      }
    }
    return jar;
  }

  /** Writes a checkpoint of the family. */
  public static String checkpoint(Path folder) throws IOException {
    Files.writeString(
        folder.resolve("config.json"),
        "{\"architectures\": [\"%s\"]}".formatted(ARCHITECTURE),
        StandardCharsets.UTF_8);
    return folder.toString();
  }

  @Override
  public void close() throws IOException {
    Thread.currentThread().setContextClassLoader(before);
    loader.close();
  }
}
