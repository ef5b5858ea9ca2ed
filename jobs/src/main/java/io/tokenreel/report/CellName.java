package io.tokenreel.report;

import io.tokenreel.eval.result.Cell;

/**
 * A cell within its setup.
 *
 * @param kv empty where it is full
 */
record CellName(String compression, String kv) {

  static CellName of(Cell cell, Legend legend) {
    return new CellName(cell.compression(), legend.kv(cell.kv()));
  }
}
