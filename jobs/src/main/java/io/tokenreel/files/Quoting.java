package io.tokenreel.files;

/** Text of the user's in commands and queries that a person copies. */
public final class Quoting {

  private Quoting() {}

  /** A word of a POSIX shell. */
  public static String shellWord(String text) {
    return text.matches("[\\w@%+=:,./-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
  }

  /** A word of a POSIX shell, in double quotes, for text that has single ones. */
  public static String inDoubleQuotes(String text) {
    return '"' + text.replaceAll("([\\\\\"$`])", "\\\\$1") + '"';
  }

  /**
   * A string literal of DuckDB that names files below a folder.
   *
   * @param folder a path or URI as the user wrote it; its own characters match themselves
   * @param pattern with wildcards, without a leading slash
   */
  public static String duckDbFiles(String folder, String pattern) {
    boolean local = UserPath.scheme(folder).orElse("file").equals("file");
    String path = local ? UserPath.local(folder).toString() : folder;
    return "'%s/%s'".formatted(path.replaceAll("[*?\\[]", "[$0]").replace("'", "''"), pattern);
  }
}
