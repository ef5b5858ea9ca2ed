package io.tokenreel.cache;

import java.util.List;

/**
 * A wave that is decided: once this record is in place the wave is committed, and whoever opens the
 * output for writing next carries it out.
 *
 * @param wave number of the wave
 * @param moves what goes from staging to the tables, in this order
 */
record CommitJournal(long wave, List<Move> moves) {

  /**
   * The way of a file to its table's folder, or of a folder of files into a catalog's table.
   *
   * @param from path below the output
   * @param to path below the output, or {@link CacheTable#folder()}
   */
  record Move(String from, String to) {}

  CommitJournal {
    moves = List.copyOf(moves);
  }
}
