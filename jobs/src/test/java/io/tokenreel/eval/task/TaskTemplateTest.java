package io.tokenreel.eval.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;

/** conf/tasks/TEMPLATE.yaml, against the keys that are read. */
class TaskTemplateTest {

  private static final Path FILE = Path.of("conf/tasks/TEMPLATE.yaml");
  private static final YAMLMapper YAML = new YAMLMapper();

  private static Task template(String version) {
    return Tasks.of(FILE.toString(), version, new Configuration());
  }

  /** Its other forms of keys, each a line that begins with # and the key. */
  private static List<JsonNode> otherForms() throws IOException {
    return Files.readAllLines(FILE).stream()
        .filter(line -> line.matches("#[a-z].*"))
        .map(TaskTemplateTest::tree)
        .toList();
  }

  private static JsonNode tree(String line) {
    try {
      return YAML.readTree(line.substring(1));
    } catch (IOException e) {
      throw new IllegalStateException(line, e);
    }
  }

  @Test
  void of_template_loadsInBothVersions() {
    assertEquals("mcq_extract", template(null).parser());
    assertEquals("mvbench", template("mine-2").parser());
    assertTrue(template("mine-2").metric().emptyLeftOut());
    assertFalse(template("mine-1").metric().emptyLeftOut());
  }

  @Test
  void keys_ofReader_areAllInTheTemplate() throws IOException {
    Set<String> named = new TreeSet<>();
    add(YAML.readTree(Files.readString(FILE)), named);
    for (JsonNode form : otherForms()) {
      TaskKeys.check(form, "");
      add(form, named);
    }
    Set<String> known = new TreeSet<>(Set.of("versions"));
    add(TaskKeys.ofTask(), known);
    known.removeAll(named);
    assertEquals(Set.of(), known, "keys that the template does not have");
  }

  private static void add(JsonNode tree, Set<String> keys) {
    tree.properties()
        .forEach(
            entry -> {
              keys.add(entry.getKey());
              add(entry.getValue(), keys);
            });
  }

  private static void add(Map<String, Type> known, Set<String> keys) {
    known.forEach(
        (key, type) -> {
          keys.add(key);
          if (type instanceof Class<?> plain && plain.isRecord()) {
            add(TaskKeys.of(plain), keys);
          }
        });
  }

  @Test
  void read_rowOfTheTemplatesColumns_givesItsPrompt() throws IOException {
    Map<String, Object> row =
        Map.of(
            "question_id",
            "1",
            "video",
            "v",
            "question",
            "Which?",
            "kind",
            "k",
            "choices",
            List.of("up", "down"),
            "answer",
            "B");
    TaskQuestion question =
        new TaskReader(template(null), new MemoryFiles(List.of(row))).read().get(1);
    assertEquals("said\nWhich?\nA. up\nB. down\nAnswer with the letter.", question.prompt());
    assertEquals("outside/v.mp4", question.video());
    assertEquals(Map.of("subset", "outdoor", "kind", "k"), question.groups());
  }

  @Test
  void names_ofBenchmarks_doNotHaveTheTemplate() {
    assertFalse(Tasks.names().contains("TEMPLATE"), Tasks.names().toString());
  }
}
