package io.tokenreel.files;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;

/**
 * What a text that a person or a manifest gives means as a path. Hadoop's own constructors read a
 * colon as a scheme and never decode; no other class may call them with a text.
 *
 * <ul>
 *   <li>A text without a scheme is a path, and every character of it stands for itself: {@code
 *       /data/12:30 [1] 100%.mp4}.
 *   <li>{@code file:} URIs are percent-decoded, as RFC 8089 has it, and name no other machine.
 *       Characters that a URI must not have, such as spaces, stand for themselves.
 *   <li>{@code http:} and {@code https:} URIs keep what is encoded, and their query; what a URI
 *       must not have is encoded.
 *   <li>URIs of other file systems are names as they are written, as Hadoop and the stores' own
 *       tools have it.
 * </ul>
 *
 * <p>Manifests mix these spellings: {@link #readings} lists what a video's URI may mean, the likely
 * meaning first.
 */
public final class UserPath {

  private static final Pattern SCHEME = Pattern.compile("^([A-Za-z][A-Za-z0-9+.-]*):/");
  private static final Pattern LOCAL =
      Pattern.compile("^file:(?://(?:localhost)?(?=/)|(?=/(?!/)))(/.*)$", Pattern.DOTALL);
  private static final Pattern OTHER_HOST = Pattern.compile("^file://(?!localhost/)[^/]");
  private static final Pattern ENCODED = Pattern.compile("(?:%[0-9A-Fa-f]{2})+");

  /** A percent sign that {@link #of} would read as the beginning of an encoded byte. */
  public static final Pattern READ_AS_ENCODED = Pattern.compile("%(?=[0-9A-Fa-f]{2})");

  private static final Pattern HOST = Pattern.compile("^[^/]+:/+[^/?#]*");

  /** What a URI's path and query must not have, and percent signs that encode nothing. */
  private static final Pattern ILLEGAL =
      Pattern.compile("[^A-Za-z0-9._~:/?#@!$&'()*+,;=%-]+|%(?![0-9A-Fa-f]{2})");

  private UserPath() {}

  /**
   * The path that a text names.
   *
   * @throws UnusablePathException when it names none
   */
  public static Path of(String text) {
    if (scheme(text).filter(Stores::isHttp).isPresent()) {
      return new Path(http(text));
    }
    if (OTHER_HOST.matcher(text).find()) {
      throw new UnusablePathException(
          "%s names a host; a path on this machine is file:///path".formatted(text), null);
    }
    Matcher local = LOCAL.matcher(text);
    return local.matches() ? inScheme("file", decoded(local.group(1))) : asWritten(text);
  }

  /**
   * The URI of a request.
   *
   * @param text an http: or https: URI, which may have characters that must be encoded
   * @throws UnusablePathException when it names no host
   */
  public static URI http(String text) {
    Matcher host = HOST.matcher(text);
    int path = host.find() ? host.end() : text.length();
    Matcher illegal = ILLEGAL.matcher(text.substring(path));
    String sent =
        illegal.replaceAll(
            found ->
                "%"
                    + HexFormat.ofDelimiter("%")
                        .withUpperCase()
                        .formatHex(found.group().getBytes(StandardCharsets.UTF_8)));
    try {
      URI uri = new URI(text.substring(0, path) + sent);
      if (uri.getHost() == null) {
        throw new URISyntaxException(text, "it names no host");
      }
      return uri;
    } catch (URISyntaxException e) {
      throw new UnusablePathException("%s is no URI: %s".formatted(text, e.getReason()), e);
    }
  }

  /**
   * The path that a text names for what is written without a store's help.
   *
   * @throws UnusablePathException when it names none on this machine
   */
  public static java.nio.file.Path local(String text) {
    URI path = of(text).toUri();
    if (path.getScheme() != null && !path.getScheme().equals("file")) {
      throw new UnusablePathException(
          "expected a path on this machine; got %s. Name one here, and copy it".formatted(text),
          null);
    }
    return java.nio.file.Path.of(path.getPath());
  }

  /** The scheme of a URI, in lower case; none of a path, whatever colons are in it. */
  public static Optional<String> scheme(String text) {
    Matcher scheme = SCHEME.matcher(text);
    return scheme.find() ? Optional.of(scheme.group(1).toLowerCase(Locale.ROOT)) : Optional.empty();
  }

  /**
   * The paths that a URI may mean; the first that exists is the one. After what {@link #of} says
   * come the percent-decoded name and the name as it is written.
   */
  public static Collection<Path> readings(String uri) {
    Path first = of(uri);
    Set<Path> readings = new LinkedHashSet<>(Set.of(first));
    String name = first.toUri().getPath();
    if (ENCODED.matcher(name).find()) {
      readings.add(
          new Path(first.toUri().getScheme(), first.toUri().getAuthority(), decoded(name)));
    }
    if (ENCODED.matcher(uri).find()) {
      readings.add(asWritten(uri));
    }
    return readings;
  }

  /** The text of a qualified path by which {@link #of} finds it again. */
  public static String text(Path path) {
    String text = path.toString();
    return text.startsWith("file:") ? READ_AS_ENCODED.matcher(text).replaceAll("%25") : text;
  }

  /**
   * A path below a folder.
   *
   * @param name a name, or names with slashes between them; every character stands for itself
   */
  public static Path below(Path folder, String name) {
    return new Path(folder, inScheme(null, name.replaceFirst("^/+", "")));
  }

  private static Path asWritten(String text) {
    if (text.isBlank()) {
      throw new UnusablePathException("expected a path; got an empty text", null);
    }
    if (scheme(text).isEmpty()) {
      return text.contains(":") || text.startsWith("//") ? inScheme(null, text) : new Path(text);
    }
    try {
      return new Path(text);
    } catch (IllegalArgumentException e) {
      throw new UnusablePathException(
          "%s is not the URI of a file or folder: %s".formatted(text, e.getMessage()), e);
    }
  }

  private static Path inScheme(String scheme, String path) {
    return new Path(scheme, null, path);
  }

  private static String decoded(String name) {
    return ENCODED.matcher(name).replaceAll(UserPath::decoded);
  }

  /** Bytes that are no UTF-8 were not encoded from a name, and stay as they are. */
  private static String decoded(MatchResult encoded) {
    byte[] bytes = HexFormat.of().parseHex(encoded.group().replace("%", ""));
    try {
      return Matcher.quoteReplacement(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      return Matcher.quoteReplacement(encoded.group());
    }
  }
}
