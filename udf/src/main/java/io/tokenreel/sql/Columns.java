package io.tokenreel.sql;

import java.util.Collection;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.functions;

/**
 * Columns by their exact names. A name that others chose, such as that of a manifest's column, may
 * hold a dot, a space or a backtick, which {@link functions#col} reads as syntax.
 */
public final class Columns {

  private Columns() {}

  /** A name as SQL and {@link functions#col} read it, whatever characters it has. */
  public static String quote(String name) {
    return "`" + name.replace("`", "``") + "`";
  }

  /** The column of this name. */
  public static Column quoted(String name) {
    return functions.col(quote(name));
  }

  /** The columns of these names, in their order. */
  public static Column[] quoted(Collection<String> names) {
    return names.stream().map(Columns::quoted).toArray(Column[]::new);
  }
}
