package io.tokenreel.sql;

import io.tokenreel.token.TokenDtype;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The dtype that compressed tokens are stored in, by name: a {@link TokenDtype} or the block's. */
public final class StoredDtype {

  /** The block's own dtype, so that kept tokens are copied bit by bit. */
  public static final String SAME = "same";

  private StoredDtype() {}

  /** All names that {@link #parse} takes. */
  public static List<String> labels() {
    return Stream.concat(Stream.of(SAME), Arrays.stream(TokenDtype.values()).map(TokenDtype::label))
        .toList();
  }

  /**
   * The dtype of a name, empty for {@link #SAME}.
   *
   * @throws IllegalArgumentException for an unknown name; the message lists the known ones
   */
  public static Optional<TokenDtype> parse(String label) {
    if (SAME.equals(label)) {
      return Optional.empty();
    }
    if (!labels().contains(label)) {
      throw new IllegalArgumentException(
          "unknown dtype '" + label + "'; expected one of " + labels());
    }
    return Optional.of(TokenDtype.of(label));
  }
}
