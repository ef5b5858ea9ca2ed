package io.tokenreel.model.prompt;

/** The letters of options, in upper case, from A on. */
public final class OptionLetters {

  /** The most options that there are letters for. */
  public static final int MOST = 26;

  private OptionLetters() {}

  /**
   * The letter of an option.
   *
   * @param option its place, 0 .. {@link #MOST} - 1
   */
  public static String of(int option) {
    if (option < 0 || option >= MOST) {
      throw new IllegalArgumentException(
          "expected an option's place, 0 to %d; got %d".formatted(MOST - 1, option));
    }
    return Character.toString('A' + option);
  }

  /** The place of the option that a text names by its letter; -1 where it is none. */
  public static int place(String letter) {
    if (letter == null || letter.length() != 1) {
      return -1;
    }
    int place = letter.charAt(0) - 'A';
    return place >= 0 && place < MOST ? place : -1;
  }
}
