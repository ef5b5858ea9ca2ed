package io.tokenreel.eval.task;

import io.tokenreel.python.PythonSet;
import io.tokenreel.python.PythonText;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The entries of a SubRip file that sampled frames show, as Video-MME's prompt has them in every
 * version of lmms-eval (lmms_eval/tasks/videomme/utils.py):
 *
 * <ul>
 *   <li>Of entries with the same start and end the last one's text is shown, in the first one's
 *       place.
 *   <li>Entries stand in the order of {@link PythonSet}. That is the file's order in a short file
 *       and looks shuffled in one of more than some 32 entries; the models whose scores are
 *       published read them so.
 * </ul>
 *
 * <p>Two things differ. Upstream samples frames for this of its own, 32 by default; this class
 * takes those that the model sees. Upstream compares numbers of frames, this class times: at the
 * borders of an entry they can differ by one frame. An entry whose times upstream cannot read, for
 * which it ends the run, is left out.
 */
public final class Subtitles {

  /** What stands in the prompt of a video that has no file. */
  public static final String NONE = "No subtitles available";

  private static final String ARROW = " --> ";
  private static final Pattern TEXT =
      Pattern.compile("<font color=\"white\" size=\".72c\">(.*?)</font>", Pattern.UNIX_LINES);

  private Subtitles() {}

  /** When an entry is shown, in seconds: from the start on, before the end. */
  private record Range(double start, double end) {

    boolean holds(double seconds) {
      return seconds >= start && seconds < end;
    }
  }

  /**
   * The first marked text of every entry that one of the frames lies in, one to a line.
   *
   * @param subRip the file's text
   * @param frameSeconds times of the frames, in their order
   */
  public static String of(String subRip, double[] frameSeconds) {
    Map<Range, String> entries = entries(subRip);
    List<Range> ranges = List.copyOf(entries.keySet());
    List<Integer> shown = new ArrayList<>();
    for (double seconds : frameSeconds) {
      for (int i = 0; i < ranges.size(); i++) {
        if (ranges.get(i).holds(seconds)) {
          shown.add(i);
        }
      }
    }
    List<String> texts = new ArrayList<>();
    for (int entry : PythonSet.order(shown)) {
      Matcher text = TEXT.matcher(entries.get(ranges.get(entry)));
      if (text.find()) {
        texts.add(text.group(1));
      }
    }
    return String.join("\n", texts);
  }

  private static Map<Range, String> entries(String subRip) {
    Map<Range, String> entries = new LinkedHashMap<>();
    String text = subRip.replace("\r\n", "\n").replace('\r', '\n');
    for (String section : text.split("\n\n", -1)) {
      if (!add(section, entries)) {
        add(PythonText.strip(section), entries); // behind a third line end
      }
    }
    return entries;
  }

  private static boolean add(String section, Map<Range, String> entries) {
    String[] lines = section.split("\n", 3);
    Optional<Range> range = lines.length < 3 ? Optional.empty() : range(lines[1]);
    range.ifPresent(shown -> entries.put(shown, lines[2].replace('\n', ' ')));
    return range.isPresent();
  }

  private static Optional<Range> range(String line) {
    String[] times = line.split(ARROW, -1);
    if (times.length < 2) {
      return Optional.empty();
    }
    OptionalDouble start = seconds(times[0]);
    OptionalDouble end = seconds(times[1]);
    return start.isPresent() && end.isPresent()
        ? Optional.of(new Range(start.getAsDouble(), end.getAsDouble()))
        : Optional.empty();
  }

  /** Of {@code h:m:s,ms}. */
  private static OptionalDouble seconds(String time) {
    String[] parts = time.split(":", -1);
    String[] last = parts[parts.length - 1].split(",", -1);
    if (parts.length != 3 || last.length != 2) {
      return OptionalDouble.empty();
    }
    List<Long> numbers = new ArrayList<>();
    for (String part : List.of(parts[0], parts[1], last[0], last[1])) {
      Optional<BigInteger> number = PythonText.integer(part);
      if (number.isEmpty() || number.get().bitLength() >= Integer.SIZE) {
        return OptionalDouble.empty();
      }
      numbers.add(number.get().longValue());
    }
    long whole = numbers.get(0) * 3600 + numbers.get(1) * 60 + numbers.get(2);
    return OptionalDouble.of(whole + numbers.get(3) / 1e3);
  }
}
