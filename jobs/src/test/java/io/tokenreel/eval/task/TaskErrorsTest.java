package io.tokenreel.eval.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said of a task's file that is wrong: the file, the key, and what is known. */
class TaskErrorsTest {

  private static final String SOUND =
      """
      annotations: ["q.jsonl"]
      videos: ["{{ video }}"]
      options: {column: choices}
      gold: {column: answer, form: index}
      prompt: "{{ question }}"
      parser: words
      metric: {name: accuracy, scale: 100}
      groups: [kind]
      versions: {one: {}}
      """;

  @TempDir Path folder;

  private String error(String yaml) throws IOException {
    Path file = Files.writeString(folder.resolve("own.yaml"), yaml);
    Configuration hadoop = new Configuration();
    IllegalArgumentException error =
        assertThrows(
            IllegalArgumentException.class,
            () -> {
              Task task = Tasks.of(file.toString(), null, hadoop);
              new TaskReader(task, new MemoryFiles(List.of(row()))).read();
            });
    return error.getMessage().replace(folder + "/", "");
  }

  private static Map<String, Object> row() {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("video", "v.mp4");
    row.put("question", "Which?");
    row.put("choices", List.of("up", "down"));
    row.put("answer", 1);
    row.put("kind", "k");
    return row;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          videos:                | vidoes:                      | unknown key 'vidoes'; did you mean videos? known: [dataset, annotations, subsets, videos, subtitles, options, gold, prompt, scoring, reasoning-tags, parser, metric, groups, submission, logs, judge, versions]
          {column: choices}      | {colum: choices}             | unknown key 'options.colum'; did you mean column? known: [column, columns, absent]
          {one: {}}              | {one: {metric: {skale: 1}}}  | unknown key 'versions.one.metric.skale'; did you mean scale? known: [name, scale, average, over, values, empty-left-out]
          versions:              | version:                     | versions: expected each version's name with what it has of its own
          {one: {}}              | {one: x}                     | versions.one: expected keys with values, or {}; got "x"
          ["q.jsonl"]            | q.jsonl                      | annotations: expected a list; got "q.jsonl"
          scale: 100             | scale: big                   | metric.scale: expected a number; got "big"
          form: index            | form: indx                   | gold.form: expected one of [letter, index, option, words]; got "indx"
          ', form: index'        | ''                           | a task needs gold.form: letter, index, option or words
          prompt: "{{ question }}" | prompt: [1]                | prompt: expected a text; got [1]
          parser: words          | parser: wrods                | unknown parser 'wrods'; did you mean words? known: [before_paren, egoschema, first_abcd, longvideobench, mcq_extract, mvbench, nextqa, perceptiontest, words]
          [kind]                 | kind                         | groups: expected a list; got "kind"
          scale: 100             | scale: 0                     | a task needs metric.scale above 0
          parser: words          | ''                           | a task needs either judge, or parser: one of [before_paren, egoschema, first_abcd, longvideobench, mcq_extract, mvbench, nextqa, perceptiontest, words]
          versions: {one: {}}    | ''                           | versions: expected each version's name with what it has of its own
          parser: words          | gold: {}                     | line 6: the key 'gold' stands here a second time
          [kind]                 | [kind                        | line 9: this is no YAML; look at brackets, quotes, colons and indentation
          """)
  void of_fileWithAMistake_saysWhereAndWhatIsKnown(String sound, String wrong, String expected)
      throws IOException {
    String yaml = SOUND.replace(sound, wrong);
    assertEquals("task own.yaml: " + expected, error(yaml));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          column: choices  | column: chioces  | options.column: unknown column 'chioces'; did you mean choices? known: [video, question, choices, answer, kind]
          column: answer   | column: anwser   | gold.column: unknown column 'anwser'; did you mean answer? known: [video, question, choices, answer, kind]
          {{ question }}   | {{ qestion }}    | prompt: unknown column 'qestion'; did you mean question? known: [video, question, choices, answer, kind, subset, options, letters]
          {{ video }}      | {{ vid }}        | videos: unknown column 'vid'; did you mean video? known: [video, question, choices, answer, kind, subset, options, letters]
          [kind]           | [kid]            | groups: unknown column 'kid'; did you mean kind? known: [video, question, choices, answer, kind, subset, options, letters]
          column: choices  | column: question | options.column: 'question' must hold a list; got Which?
          """)
  void read_columnThatIsNotThere_saysWhichThereAre(String sound, String wrong, String expected)
      throws IOException {
    assertEquals("task own, q.jsonl, row 0: " + expected, error(SOUND.replace(sound, wrong)));
  }

  @Test
  void of_emptyOrMissingFile_isToldAsSuch() throws IOException {
    assertEquals(
        "task own.yaml: expected keys with values; conf/tasks/TEMPLATE.yaml explains each",
        error(""));
    String missing =
        assertThrows(
                IllegalArgumentException.class,
                () -> Tasks.of(folder + "/no.yaml", null, new Configuration()))
            .getMessage();
    assertEquals("task no.yaml: there is no such file", missing.replace(folder + "/", ""));
  }
}
