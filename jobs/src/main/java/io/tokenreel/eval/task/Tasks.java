package io.tokenreel.eval.task;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.tokenreel.files.Stores;
import io.tokenreel.files.UserPath;
import io.tokenreel.spec.UnknownWord;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;

/**
 * The benchmarks: those of conf/tasks, which the jar holds, and any other file of that form.
 *
 * <p>A file has what all versions share, and under {@code versions} what each has of its own, the
 * first one being the default.
 */
public final class Tasks {

  private static final String ENDING = ".yaml";
  private static final String FOLDER = "tasks/";

  private static final ObjectMapper YAML =
      YAMLMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
          .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private Tasks() {}

  /** Names of the benchmarks that the jar holds, sorted. */
  public static List<String> names() {
    try {
      URI folder = Tasks.class.getResource(FOLDER).toURI();
      if (!folder.getScheme().equals("jar")) {
        return names(Path.of(folder));
      }
      try (FileSystem jar = FileSystems.newFileSystem(folder, Map.of())) {
        return names(jar.provider().getPath(folder));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list the benchmarks of the jar", e);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(ENDING))
          .map(name -> name.substring(0, name.length() - ENDING.length()))
          .sorted()
          .toList();
    }
  }

  /**
   * Checks a benchmark's name before any file of it is read.
   *
   * @throws IllegalArgumentException when it is neither a name nor a path; the message says what is
   *     there
   */
  static void checkName(String task) {
    if (!task.endsWith(ENDING) && !names().contains(task)) {
      throw unknown(task);
    }
  }

  private static IllegalArgumentException unknown(String task) {
    return new IllegalArgumentException(
        UnknownWord.message("task", task, names()) + ", or the path of a .yaml file");
  }

  /**
   * A benchmark.
   *
   * @param task name of one of {@link #names}, or a path that ends in .yaml
   * @param version one of those that it has, or null for its first
   * @param hadoop for a path; null will do for a name
   * @throws IllegalArgumentException for an unknown name or version, or a file that is not a task;
   *     the message says what is there
   */
  public static Task of(String task, String version, Configuration hadoop) {
    boolean path = task.endsWith(ENDING);
    String file = path ? task.substring(task.lastIndexOf('/') + 1) : task + ENDING;
    try (InputStream in =
        path ? open(task, hadoop) : Tasks.class.getResourceAsStream(FOLDER + file)) {
      if (in == null) {
        throw unknown(task);
      }
      if (!(tree(in) instanceof ObjectNode tree)) {
        throw new IllegalArgumentException(
            "expected keys with values; conf/tasks/TEMPLATE.yaml explains each");
      }
      return resolved(tree, file.substring(0, file.length() - ENDING.length()), version);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("task %s: %s".formatted(task, e.getMessage()), e);
    } catch (FileNotFoundException e) {
      throw new IllegalArgumentException("task %s: there is no such file".formatted(task), e);
    } catch (IOException e) {
      throw new IllegalArgumentException("task %s: cannot be read: %s".formatted(task, e), e);
    }
  }

  private static JsonNode tree(InputStream in) throws IOException {
    try {
      return YAML.readTree(in);
    } catch (JsonProcessingException e) {
      int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
      boolean twice = e.getMessage().startsWith("Duplicate field");
      String reason =
          twice && e.getProcessor() instanceof JsonParser parser
              ? "the key '%s' stands here a second time".formatted(parser.currentName())
              : "this is no YAML; look at brackets, quotes, colons and indentation";
      throw new IllegalArgumentException("line %d: %s".formatted(line, reason), e);
    }
  }

  private static InputStream open(String path, Configuration hadoop) throws IOException {
    org.apache.hadoop.fs.Path file = UserPath.of(path);
    return Stores.of(file, hadoop).open(file);
  }

  private static Task resolved(ObjectNode tree, String name, String version) throws IOException {
    JsonNode versions = tree.remove(TaskKeys.VERSIONS);
    if (versions == null || !versions.isObject() || versions.isEmpty()) {
      throw new IllegalArgumentException(
          "versions: expected each version's name with what it has of its own");
    }
    TaskKeys.check(tree, "");
    for (Map.Entry<String, JsonNode> own : versions.properties()) {
      String place = "versions." + own.getKey();
      if (!own.getValue().isObject() && !own.getValue().isNull()) {
        throw new IllegalArgumentException(
            "%s: expected keys with values, or {}; got %s".formatted(place, own.getValue()));
      }
      TaskKeys.check(own.getValue(), place + ".");
    }
    String chosen = version == null ? versions.fieldNames().next() : version;
    if (!versions.has(chosen)) {
      List<String> known = versions.properties().stream().map(Map.Entry::getKey).toList();
      throw new IllegalArgumentException(UnknownWord.message("version", chosen, known));
    }
    if (versions.get(chosen).isObject()) {
      YAML.readerForUpdating(tree).readValue(versions.get(chosen));
    }
    try {
      return YAML.treeToValue(tree.put("name", name).put("version", chosen), Task.class);
    } catch (JsonProcessingException e) {
      if (e.getCause() instanceof IllegalArgumentException wrong) {
        throw wrong;
      }
      throw e;
    }
  }
}
