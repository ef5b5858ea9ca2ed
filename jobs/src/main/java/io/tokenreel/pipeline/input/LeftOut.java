package io.tokenreel.pipeline.input;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Names that were found in folders, or by patterns, and are no videos of the run.
 *
 * @param files how many there are
 * @param byReason how many there are of each reason; a reason has no name in it
 * @param first the first {@value #MAX_LISTED} by name, those first that may have been meant as
 *     videos
 */
public record LeftOut(long files, Map<String, Long> byReason, List<Name> first) {

  /** How many names are listed. */
  public static final int MAX_LISTED = 1000;

  /** Of inputs that are no folders. */
  public static final LeftOut NONE = new LeftOut(Map.of(), List.of());

  /** The reason of a file whose name says that it is no video. */
  public static final String ENDING = "it does not end as a video does";

  public LeftOut {
    byReason = Collections.unmodifiableMap(new TreeMap<>(byReason));
    first = List.copyOf(first);
  }

  LeftOut(Map<String, Long> byReason, List<Name> first) {
    this(byReason.values().stream().mapToLong(Long::longValue).sum(), byReason, first);
  }

  /** For the end of a message: how many there are, and the first of them. */
  String withTheFirst() {
    return first.isEmpty()
        ? ""
        : ". %d names are left out; the first is %s: %s"
            .formatted(files, first.get(0).path(), first.get(0).reason());
  }

  /**
   * A name.
   *
   * @param path relative to the folder
   * @param reason why it is left out
   */
  public record Name(String path, String reason) {

    /** Whether the name says itself that it is no video. */
    public boolean hasOtherEnding() {
      return reason.equals(ENDING);
    }
  }
}
