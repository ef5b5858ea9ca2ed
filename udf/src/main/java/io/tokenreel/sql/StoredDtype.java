package io.tokenreel.sql;

import io.tokenreel.spec.UnknownWord;
import io.tokenreel.token.TokenFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The format that compressed tokens are stored in, by name: a {@link TokenFormat} or the block's.
 */
public final class StoredDtype {

  /** The block's own format, so that kept tokens are copied bit by bit. */
  public static final String SAME = "same";

  private StoredDtype() {}

  /** The names that {@link #parse} takes, beside numpy's for the same. */
  public static List<String> labels() {
    return Stream.concat(Stream.of(SAME), TokenFormat.labels().stream()).toList();
  }

  /**
   * The format of a name, empty for {@link #SAME}.
   *
   * @throws IllegalArgumentException for an unknown name; the message lists the known ones
   */
  public static Optional<TokenFormat> parse(String name) {
    if (SAME.equals(name)) {
      return Optional.empty();
    }
    Optional<TokenFormat> format = TokenFormat.find(name);
    if (format.isEmpty()) {
      throw new IllegalArgumentException(
          UnknownWord.message(
              "dtype",
              name,
              Stream.concat(labels().stream(), TokenFormat.numpyNames().stream())
                  .distinct()
                  .toList()));
    }
    return format;
  }
}
