package io.tokenreel.input;

import java.util.List;

/**
 * One thing that a text file of records gives: the header of a table, or a record.
 *
 * @param header names of the columns; null for a record
 * @param json the record as a JSON object on one line, numbers spelled as in the file; null for a
 *     header
 */
record TextRecord(List<String> header, String json) {

  static TextRecord header(List<String> names) {
    return new TextRecord(List.copyOf(names), null);
  }

  static TextRecord of(String json) {
    return new TextRecord(null, json);
  }
}
