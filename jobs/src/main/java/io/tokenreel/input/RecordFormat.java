package io.tokenreel.input;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The formats of files of records, recognised by the ending of the name. */
public enum RecordFormat {
  /** Comma-separated values with a header (RFC 4180); semicolons and tabs are recognised. */
  CSV("csv"),
  /** Tab-separated values with a header. */
  TSV("tsv"),
  /** JSON objects: one a line, an array of them, or one alone. */
  JSON("json", "jsonl", "ndjson"),
  /** Parquet, one file or a folder of files. */
  PARQUET("parquet");

  private final List<String> endings;

  RecordFormat(String... endings) {
    this.endings = List.of(endings);
  }

  /** The format of a file or folder of this name; empty where the ending is none of the known. */
  public static Optional<RecordFormat> of(String name) {
    String plain = Decompression.plainName(name.toLowerCase(Locale.ROOT));
    String ending = plain.substring(plain.lastIndexOf('.') + 1);
    return Arrays.stream(values())
        .filter(format -> format.endings.contains(ending))
        .filter(format -> format != PARQUET || plain.length() == name.length())
        .findFirst();
  }

  /** All endings, for messages and the command's help. */
  public static String known() {
    String texts =
        Arrays.stream(values())
            .filter(format -> format != PARQUET)
            .flatMap(format -> format.endings.stream())
            .map(ending -> "." + ending)
            .collect(Collectors.joining(", "));
    return "%s (these also with %s) and .parquet"
        .formatted(texts, String.join(", ", Decompression.ENDINGS));
  }
}
