package io.tokenreel.job;

import java.util.List;

/**
 * Files of walked folders that do not have a video's ending.
 *
 * @param files how many there are
 * @param first their paths relative to the folder, the first {@link RunSummary#MAX_LISTED} by name
 */
public record LeftOut(long files, List<String> first) {

  /** Of inputs that are no folders. */
  static final LeftOut NONE = new LeftOut(0, List.of());
}
