package io.tokenreel.spec;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** What is said of a word that is none of those known: the nearest of them, and all of them. */
public final class UnknownWord {

  /** One edit in this many characters, and one in any word, is taken for a slip. */
  private static final int CHARACTERS_PER_EDIT = 3;

  private UnknownWord() {}

  /**
   * The message, such as {@code unknown dtype 'f23'; did you mean f32? known: [f32, f16, bf16]}.
   *
   * @param kind what the word names, such as {@code dtype}
   * @param word as it came
   * @param known in the order in which they are listed
   */
  public static String message(String kind, String word, Collection<String> known) {
    return "unknown %s '%s'; %sknown: %s"
        .formatted(
            kind,
            word,
            nearest(word, known).map("did you mean %s? "::formatted).orElse(""),
            List.copyOf(known));
  }

  /**
   * The one of some values that a word names.
   *
   * @param kind what the word names, such as {@code dtype}
   * @param name of a value
   * @throws IllegalArgumentException for an unknown word; the message lists the known ones
   */
  public static <T> T find(String kind, String word, List<T> values, Function<T, String> name) {
    return values.stream()
        .filter(value -> name.apply(value).equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    message(kind, word, values.stream().map(name).toList())));
  }

  /**
   * The known word that was most likely meant: the one with the fewest edits (a character added,
   * lost or changed, or two swapped; case counts for nothing), if these are few for its length, or
   * the only one that begins with the word.
   */
  public static Optional<String> nearest(String word, Collection<String> known) {
    Optional<String> slip =
        known.stream()
            .filter(
                candidate ->
                    edits(word, candidate)
                        <= Math.max(
                            1, Math.max(word.length(), candidate.length()) / CHARACTERS_PER_EDIT))
            .min(Comparator.comparingInt(candidate -> edits(word, candidate)));
    if (slip.isPresent()) {
      return slip;
    }
    List<String> longer = new ArrayList<>(known);
    longer.removeIf(candidate -> word.isEmpty() || !candidate.startsWith(word));
    return longer.size() == 1 ? Optional.of(longer.get(0)) : Optional.empty();
  }

  /** The optimal string alignment distance of two words in lower case. */
  private static int edits(String left, String right) {
    String a = left.toLowerCase(Locale.ROOT);
    String b = right.toLowerCase(Locale.ROOT);
    int[][] edits = new int[a.length() + 1][b.length() + 1]; // [characters of a][of b]
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          edits[i][j] = i + j;
          continue;
        }
        int changed = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        int least = Math.min(edits[i - 1][j], edits[i][j - 1]) + 1;
        least = Math.min(least, edits[i - 1][j - 1] + changed);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          least = Math.min(least, edits[i - 2][j - 2] + 1);
        }
        edits[i][j] = least;
      }
    }
    return edits[a.length()][b.length()];
  }
}
