package io.tokenreel.cache;

import java.util.List;

/**
 * A wave that is decided: once this record is in place the wave is committed, and whoever opens the
 * output for writing next carries it out.
 *
 * @param wave number of the wave
 * @param moves files that go from staging to their tables
 */
record CommitJournal(long wave, List<Move> moves) {

  /**
   * One file's way.
   *
   * @param from path below the output
   * @param to path below the output
   */
  record Move(String from, String to) {}

  CommitJournal {
    moves = List.copyOf(moves);
  }
}
