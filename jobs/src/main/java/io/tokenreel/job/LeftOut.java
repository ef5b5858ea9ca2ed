package io.tokenreel.job;

import java.util.List;

/**
 * Names that were found in folders, or by patterns, and are no videos of the run.
 *
 * @param files how many there are
 * @param first the first {@link RunSummary#MAX_LISTED} by name, those first that may have been
 *     meant as videos
 */
public record LeftOut(long files, List<Name> first) {

  /** Of inputs that are no folders. */
  static final LeftOut NONE = new LeftOut(0, List.of());

  /** The reason of a file whose name says that it is no video. */
  static final String ENDING = "it does not end as a video does";

  public LeftOut {
    first = List.copyOf(first);
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
    boolean isOfOtherEnding() {
      return reason.equals(ENDING);
    }
  }
}
