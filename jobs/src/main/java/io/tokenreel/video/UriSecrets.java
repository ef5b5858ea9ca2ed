package io.tokenreel.video;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Hides what a URI may hold that is nobody else's business: the password of {@code
 * ftp://user:password@host} and the values of a query, which is where signed URLs have their
 * tokens. Tables, logs, run records and messages have URIs only after this.
 *
 * <p>Paths and {@code file:} URIs have neither, whatever characters are in their names. A name
 * before {@code @} without a colon is not a secret: Azure has its containers there.
 */
public final class UriSecrets {

  /** What stands for a secret. */
  static final String HIDDEN = "***";

  private static final String SCHEME = "(?!file:)[A-Za-z][A-Za-z0-9+.-]*://";

  private static final Pattern WHOLE = Pattern.compile(SCHEME + ".*", Pattern.DOTALL);

  /** Among words a quote ends a URI unless more of it follows. */
  private static final String CHARACTERS = "(?:[^\\s\"'<>]|'(?=[^\\s\"'<>()\\[\\],.;:]))+";

  /** One whose path has blanks ends with a query; else the first blank ends it. */
  private static final Pattern AMONG_WORDS =
      Pattern.compile(
          "\\b%1$s(?:[^\\s\"<>?]+(?: (?!\\S*://)[^\\s\"<>?]+){1,8}\\?%2$s|%2$s)"
              .formatted(SCHEME, CHARACTERS));

  private static final Pattern PASSWORD = Pattern.compile("^([^:]+://[^/?#:@]*):[^/?#]*@");
  private static final Pattern QUERY = Pattern.compile("([?&;](?:[^=&;#]*=)?)[^&;#]*");

  private UriSecrets() {}

  /**
   * A text with the secrets of every URI in it replaced by {@value #HIDDEN}.
   *
   * @param text words with URIs among them; may be null
   */
  public static String hide(String text) {
    if (text == null || !text.contains("://")) {
      return text;
    }
    return AMONG_WORDS
        .matcher(text)
        .replaceAll(uri -> Matcher.quoteReplacement(hiddenIn(uri.group())));
  }

  /**
   * A URI with its secrets replaced by {@value #HIDDEN}, whatever characters are in it.
   *
   * @param uri a URI, or a name that was made of one; may be null
   */
  public static String hideIn(String uri) {
    return uri != null && WHOLE.matcher(uri).matches() ? hiddenIn(uri) : hide(uri);
  }

  private static String hiddenIn(String uri) {
    String named = PASSWORD.matcher(uri).replaceFirst("$1:" + HIDDEN + "@");
    int query = named.indexOf('?');
    return query < 0
        ? named
        : named.substring(0, query)
            + QUERY.matcher(named.substring(query)).replaceAll("$1" + HIDDEN);
  }
}
