package io.tokenreel.cache.commit;

import static org.apache.spark.sql.functions.col;

import io.tokenreel.cache.RunRecord;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Takes the names of videos out of runs' records. A record has the run's options, and among its
 * inputs may be the path of a single video.
 */
final class RunScrub implements UnaryOperator<RunRecord> {

  /** What stands in the place of a name. */
  static final String FORGOTTEN = "(forgotten)";

  /** An option is a text, or a list of quoted texts. */
  private static final Pattern QUOTED = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"");

  private final Set<String> names;

  private RunScrub(Set<String> names) {
    this.names = names;
  }

  /**
   * Knows the videos by their ids and by where they were read from.
   *
   * @param outcomes rows of {@code outcomes/}
   */
  static RunScrub of(Dataset<Row> outcomes, Collection<String> ids) {
    Set<String> names = new TreeSet<>(ids);
    for (Row uri :
        outcomes
            .where(col("video_id").isInCollection(ids))
            .select("video_uri")
            .distinct()
            .collectAsList()) {
      names.add(uri.getString(0));
    }
    return new RunScrub(names);
  }

  @Override
  public RunRecord apply(RunRecord run) {
    Map<String, String> options = new TreeMap<>(run.options());
    options.replaceAll(
        (name, value) ->
            isName(value)
                ? FORGOTTEN
                : QUOTED
                    .matcher(value)
                    .replaceAll(
                        text ->
                            isName(text.group(1))
                                ? '"' + FORGOTTEN + '"'
                                : Matcher.quoteReplacement(text.group())));
    return options.equals(run.options()) ? run : run.withOptions(options);
  }

  /** Whether a text is one of the names, or the end of one, as a path is of a URI. */
  private boolean isName(String text) {
    String path = text.startsWith("./") ? text.substring(2) : text;
    String end = path.startsWith("/") ? path : "/" + path;
    return !path.isEmpty()
        && names.stream().anyMatch(name -> name.equals(path) || name.endsWith(end));
  }
}
