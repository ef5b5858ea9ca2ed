package io.tokenreel.cache.commit;

import io.tokenreel.cache.CacheTable;
import java.io.IOException;
import java.util.List;

/** The tables of a wave came out with other videos or outcomes, and as often as it was tried. */
public final class TablesDisagreeException extends IOException {

  private static final long serialVersionUID = 1;

  /**
   * @param tables that do not have the videos of {@code outcomes/}
   * @param times that they were written
   */
  public TablesDisagreeException(List<CacheTable> tables, int times) {
    super(
        "%s and outcomes of a wave had not the same videos, %d times, and nothing of it was committed; executors that end often make this: start the run again once they stay, it goes on from the wave before"
            .formatted(tables.stream().map(CacheTable::folder).toList(), times));
  }
}
