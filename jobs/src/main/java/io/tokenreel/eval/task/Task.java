package io.tokenreel.eval.task;

import io.tokenreel.eval.parse.AnswerParsers;
import io.tokenreel.eval.parse.ReasoningTags;
import io.tokenreel.model.prompt.OptionLetters;
import io.tokenreel.model.prompt.Scoring;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * A benchmark in one version of what it follows, as a file in conf/tasks describes it. Texts with
 * {@code {{ }}} are Jinja over a question's annotation: its columns by their names, {@code
 * options}, {@code letters}, and what its subset adds.
 *
 * @param name what the file is called
 * @param version whose prompts, parser and metric it follows
 * @param dataset whose videos it asks about; its own name where the file tells none. Tasks of one
 *     dataset have one root and share what is made of a video
 * @param annotations files below the task's root, as patterns of file names; where there are
 *     subsets, templates of their names
 * @param subsets name of each to what its questions' texts may use beside their columns; one
 *     without a name where there are none
 * @param videos places of a question's video below the root, the first that is there is taken
 * @param subtitles place of a video's .srt file below the root, for a prompt that names {@code
 *     subtitles}; null where none does
 * @param options where a question's options stand
 * @param gold where its right answer stands; null where the annotations do not have it
 * @param prompt what stands behind the video
 * @param scoring how the answer is got, canonical
 * @param reasoningTags pairs of tags around what is taken out of a response before it is parsed,
 *     judged or logged; see {@link ReasoningTags}
 * @param parser name of the {@link io.tokenreel.eval.parse.AnswerParser}; null with {@code judge}
 * @param metric what is made of right and wrong
 * @param groups columns whose values are scored by themselves
 * @param submission the key of a question in a submission file, for a task without right answers;
 *     null where there are
 * @param logs what lmms-eval's logs hold of a question: metric to {@link TaskLog}'s names of
 *     values; left out, prediction, right answer and score
 * @param judge how a language model is asked whether an open answer is right; null with {@code
 *     parser}
 */
public record Task(
    String name,
    String version,
    String dataset,
    List<String> annotations,
    Map<String, Map<String, Object>> subsets,
    List<String> videos,
    String subtitles,
    OptionColumns options,
    Gold gold,
    String prompt,
    String scoring,
    List<List<String>> reasoningTags,
    String parser,
    Metric metric,
    List<String> groups,
    String submission,
    Map<String, Object> logs,
    Judge judge) {

  /** The column of a question's subset. */
  static final String SUBSET = "subset";

  /** A task without subsets has this one. */
  static final Map<String, Map<String, Object>> NO_SUBSETS = Map.of("", Map.of());

  public Task {
    require(annotations != null && !annotations.isEmpty(), "annotations: a list of file patterns");
    require(videos != null && !videos.isEmpty(), "videos: a list of places");
    require(prompt != null, "prompt: a text");
    require(metric != null, "metric: name, scale and average");
    require(
        (parser == null) != (judge == null),
        "either judge, or parser: one of " + AnswerParsers.names());
    require(
        (judge == null) == (gold == null || gold.form() != GoldForm.WORDS),
        "gold.form: words with a judge, and not without");
    logs = logs == null ? TaskLog.plain(metric.name(), judge) : logs;
    require(
        logs.containsKey(metric.name()) && (judge == null || logs.containsKey(judge.scoreMetric())),
        "logs of every metric, " + metric.name() + " among them");
    require((gold == null) == (submission != null), "either gold or submission");
    dataset = Objects.requireNonNullElse(dataset, name);
    subsets = subsets == null ? NO_SUBSETS : subsets;
    reasoningTags = new ReasoningTags(Objects.requireNonNullElse(reasoningTags, List.of())).pairs();
    groups = groups(groups, subsets);
    scoring = Scoring.parse(Objects.requireNonNullElse(scoring, "generate:tokens=16")).toString();
    require(
        metric.over() == null || groups.contains(metric.over()), "metric.over among its groups");
    if (parser != null) {
      AnswerParsers.of(parser);
    }
  }

  /** Upstream's logs have an entry for each subset, so each is scored by itself. */
  private static List<String> groups(List<String> given, Map<String, ?> subsets) {
    List<String> groups = given == null ? List.of() : given;
    return subsets.equals(NO_SUBSETS) || groups.contains(SUBSET)
        ? List.copyOf(groups)
        : Stream.concat(groups.stream(), Stream.of(SUBSET)).toList();
  }

  /** What tells it from the other tasks of a sweep. */
  public TaskKey key() {
    return new TaskKey(name, version);
  }

  /** What a response says beside its reasoning: this is parsed, judged and logged. */
  public ReasoningTags reasoning() {
    return new ReasoningTags(reasoningTags);
  }

  static void require(boolean holds, String expected) {
    if (!holds) {
      throw new IllegalArgumentException("a task needs " + expected);
    }
  }

  /**
   * Where options stand: a column with a list, or a column for each.
   *
   * @param column null where there are columns
   * @param columns null where there is a column
   * @param absent an option with this text is none; null where all are
   */
  public record OptionColumns(String column, List<String> columns, String absent) {

    public OptionColumns {
      require((column == null) != (columns == null), "options with either 'column' or 'columns'");
    }
  }

  /** What the column of the right answer holds. */
  public enum GoldForm {
    /** A letter, from A on. */
    LETTER,
    /** A place, from 0 on, as a number or a text. */
    INDEX,
    /** The text of the first option that equals it. */
    OPTION,
    /** Words, which a judge compares. */
    WORDS;

    /**
     * The letter of the right option, or the right words.
     *
     * @param value what the annotation has
     * @param options the question's
     * @throws IllegalArgumentException when it is of another form, or names no option
     */
    public String letter(String value, List<String> options) {
      return switch (this) {
        case WORDS -> value;
        case LETTER -> letter(OptionLetters.place(value), value, options, "letter, from A");
        case INDEX -> letter(place(value), value, options, "place, from 0");
        case OPTION -> letter(options.indexOf(value), value, options, "text");
      };
    }

    private static String letter(int place, String value, List<String> options, String form) {
      int count = options.isEmpty() ? OptionLetters.MOST : options.size();
      if (place < 0 || place >= count) {
        throw new IllegalArgumentException(
            "the right answer must be an option's %s; got '%s' for the options %s"
                .formatted(form, value, options));
      }
      return OptionLetters.of(place);
    }

    private static int place(String value) {
      try {
        return Integer.parseInt(value);
      } catch (NumberFormatException e) {
        return -1;
      }
    }
  }

  /** The right answer. */
  public record Gold(String column, GoldForm form) {

    public Gold {
      require(column != null, "gold.column: the column of the right answer");
      require(form != null, "gold.form: letter, index, option or words");
    }
  }

  /** How right and wrong become a score. */
  public enum Average {
    /** All questions alike. */
    MICRO,
    /** All groups of one column alike. */
    MACRO
  }

  /**
   * A metric.
   *
   * @param name its upstream key
   * @param scale what 0 .. 1 is multiplied by: 1 or 100
   * @param over with {@link Average#MACRO} the column whose groups are averaged
   * @param values its groups; one without questions counts 0
   * @param emptyLeftOut whether questions with an empty response leave the denominator, as upstream
   *     has it for MVBench
   */
  public record Metric(
      String name,
      double scale,
      Average average,
      String over,
      List<String> values,
      boolean emptyLeftOut) {

    public Metric {
      require(name != null, "metric.name");
      require(scale > 0, "metric.scale above 0");
      average = Objects.requireNonNullElse(average, Average.MICRO);
      values = values == null ? List.of() : List.copyOf(values);
      boolean macro = average == Average.MACRO;
      require(
          (over != null) == macro && values.isEmpty() != macro,
          "metric.over and metric.values with average: macro, and not without");
    }
  }
}
