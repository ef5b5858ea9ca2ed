package io.tokenreel.input;

import java.io.IOException;

/** The records of one text file, in order. */
interface TextRecords {

  /**
   * The next one; null after the last.
   *
   * @throws MalformedRecordException when the text is not of the format
   */
  TextRecord next() throws IOException;
}
