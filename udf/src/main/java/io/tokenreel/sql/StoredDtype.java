package io.tokenreel.sql;

import io.tokenreel.token.TokenDtype;
import io.tokenreel.token.UnknownWord;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The dtype that compressed tokens are stored in, by name: a {@link TokenDtype} or the block's. */
public final class StoredDtype {

  /** The block's own dtype, so that kept tokens are copied bit by bit. */
  public static final String SAME = "same";

  private StoredDtype() {}

  /** The names that {@link #parse} takes, beside numpy's for the same. */
  public static List<String> labels() {
    return Stream.concat(Stream.of(SAME), TokenDtype.labels().stream()).toList();
  }

  /**
   * The dtype of a name, empty for {@link #SAME}.
   *
   * @throws IllegalArgumentException for an unknown name; the message lists the known ones
   */
  public static Optional<TokenDtype> parse(String name) {
    if (SAME.equals(name)) {
      return Optional.empty();
    }
    Optional<TokenDtype> dtype = TokenDtype.find(name);
    if (dtype.isEmpty()) {
      throw new IllegalArgumentException(
          UnknownWord.message(
              "dtype",
              name,
              Stream.concat(labels().stream(), TokenDtype.numpyNames().stream()).toList()));
    }
    return dtype;
  }
}
