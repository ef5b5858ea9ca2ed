package io.tokenreel.cache;

import java.util.List;

/**
 * Something about a cache that is not as it should be.
 *
 * @param check name of the check
 * @param expected what holds in a sound cache
 * @param found what was found instead
 * @param videoIds videos concerned, at most {@link #MAX_VIDEO_IDS}; empty when it is not about
 *     videos
 */
public record Finding(String check, String expected, String found, List<String> videoIds) {

  /** Most video ids that a finding names. */
  public static final int MAX_VIDEO_IDS = 20;

  public Finding {
    videoIds = videoIds.stream().distinct().limit(MAX_VIDEO_IDS).toList();
  }

  @Override
  public String toString() {
    return "%s: expected %s; found %s%s"
        .formatted(check, expected, found, videoIds.isEmpty() ? "" : " for videos " + videoIds);
  }
}
