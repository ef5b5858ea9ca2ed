package io.tokenreel.eval.task;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The entries of a SubRip file that sampled frames show, as Video-MME's prompt has them
 * (lmms_eval/tasks/videomme/utils.py). Upstream compares frame numbers, this class times: at the
 * borders of an entry they can differ by one frame.
 */
public final class Subtitles {

  /** What stands in the prompt of a video that has no file. */
  public static final String NONE = "No subtitles available";

  private static final Pattern TIMES =
      Pattern.compile("(\\d+):(\\d+):(\\d+),(\\d+) --> (\\d+):(\\d+):(\\d+),(\\d+)");
  private static final Pattern TEXT =
      Pattern.compile("<font color=\"white\" size=\".72c\">(.*?)</font>");

  private Subtitles() {}

  /**
   * The first marked text of every entry that one of the frames lies in, one to a line.
   *
   * @param subRip the file's text
   * @param frameSeconds times of the frames
   */
  public static String of(String subRip, double[] frameSeconds) {
    List<String> shown = new ArrayList<>();
    for (String entry : subRip.replace("\r\n", "\n").split("\n\n")) {
      String[] lines = entry.strip().split("\n", 3);
      Matcher times = lines.length < 3 ? null : TIMES.matcher(lines[1].strip());
      if (times == null || !times.matches()) {
        continue;
      }
      Matcher text = TEXT.matcher(lines[2].replace('\n', ' '));
      if (holdsOne(seconds(times, 1), seconds(times, 5), frameSeconds) && text.find()) {
        shown.add(text.group(1));
      }
    }
    return String.join("\n", shown);
  }

  private static boolean holdsOne(double start, double end, double[] frameSeconds) {
    for (double seconds : frameSeconds) {
      if (seconds >= start && seconds < end) {
        return true;
      }
    }
    return false;
  }

  private static double seconds(Matcher times, int first) {
    return Integer.parseInt(times.group(first)) * 3600
        + Integer.parseInt(times.group(first + 1)) * 60
        + Integer.parseInt(times.group(first + 2))
        + Integer.parseInt(times.group(first + 3)) / 1e3;
  }
}
