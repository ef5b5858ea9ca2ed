package io.tokenreel.cache.store;

import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.RunRecord;
import java.util.List;
import java.util.Objects;

/**
 * A wave that is decided: once this record is in place the wave is committed, and whoever opens the
 * output for writing next carries it out.
 *
 * @param wave number of the wave
 * @param moves what goes from staging to the tables, in this order
 * @param replacements what takes the place of files of the tables, in this order; of no file, when
 *     nothing remains of what was there
 * @param runs records of runs as they are to be
 */
public record CommitJournal(
    long wave, List<Move> moves, List<Move> replacements, List<RunRecord> runs) {

  /**
   * The way of a file to its table's folder, or of a folder of files into a catalog's table.
   *
   * @param from path below the output; null for none
   * @param to path below the output, or {@link CacheTable#folder()}
   */
  public record Move(String from, String to) {}

  public CommitJournal {
    moves = List.copyOf(moves);
    // A journal of an older version has only moves.
    replacements = List.copyOf(Objects.requireNonNullElse(replacements, List.of()));
    runs = List.copyOf(Objects.requireNonNullElse(runs, List.of()));
  }

  /** A wave that only adds rows. */
  public CommitJournal(long wave, List<Move> moves) {
    this(wave, moves, List.of(), List.of());
  }
}
