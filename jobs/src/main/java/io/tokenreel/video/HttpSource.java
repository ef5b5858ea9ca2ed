package io.tokenreel.video;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.Authenticator;
import java.net.PasswordAuthentication;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.apache.hadoop.security.AccessControlException;

/**
 * A video on an HTTP server. Java's client throws where a body ends before its Content-Length or
 * its last chunk; Hadoop's HTTP file systems take such an end for the file's.
 */
final class HttpSource {

  private static final Pattern CONTENT_RANGE = Pattern.compile("bytes 0-[0-9]+/([0-9]+)");

  /** For URIs without a password. */
  private static final HttpClient CLIENT = builder().build();

  private HttpSource() {}

  private static HttpClient.Builder builder() {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .followRedirects(HttpClient.Redirect.NORMAL);
  }

  static SourceStream open(URI uri) throws IOException {
    HttpResponse<InputStream> response = send(uri);
    try {
      return of(response);
    } catch (IOException e) {
      response.body().close();
      throw e;
    }
  }

  private static HttpResponse<InputStream> send(URI uri) throws IOException {
    HttpRequest request = HttpRequest.newBuilder(uri).header("Accept-Encoding", "identity").build();
    try {
      return client(uri).send(request, HttpResponse.BodyHandlers.ofInputStream());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("interrupted").initCause(e);
    }
  }

  /** The password goes to the URI's own server, whatever host or port it redirects to. */
  private static HttpClient client(URI uri) {
    String[] user = uri.getUserInfo() == null ? new String[0] : uri.getUserInfo().split(":", 2);
    if (user.length < 2) {
      return CLIENT;
    }
    return builder()
        .authenticator(
            new Authenticator() {
              @Override
              protected PasswordAuthentication getPasswordAuthentication() {
                return isOf(uri, getRequestingURL())
                    ? new PasswordAuthentication(user[0], user[1].toCharArray())
                    : null;
              }
            })
        .build();
  }

  private static boolean isOf(URI uri, URL asked) {
    int port = uri.getPort() < 0 ? asked.getDefaultPort() : uri.getPort();
    int askedPort = asked.getPort() < 0 ? asked.getDefaultPort() : asked.getPort();
    return asked.getProtocol().equalsIgnoreCase(uri.getScheme())
        && asked.getHost().equalsIgnoreCase(uri.getHost())
        && askedPort == port;
  }

  private static SourceStream of(HttpResponse<InputStream> response) throws IOException {
    String status = "HTTP status " + response.statusCode();
    switch (response.statusCode()) {
      case 200, 206 -> {}
      case 404, 410 -> throw new FileNotFoundException(status);
      case 401, 403 -> throw new AccessControlException(status);
      default -> throw new IOException(status);
    }
    String encoding =
        response
            .headers()
            .firstValue("Content-Encoding")
            .orElse("identity")
            .toLowerCase(Locale.ROOT);
    return switch (encoding) {
      case "identity" -> new SourceStream(response.body(), length(response), "its Content-Length");
      case "gzip", "x-gzip" -> new SourceStream(new GZIPInputStream(response.body()), -1, "");
      default ->
          throw new IOException(
              "the server sends it with Content-Encoding %s, unasked; it must send gzip or the file as it is"
                  .formatted(encoding));
    };
  }

  /** Of the whole file, even where the server sends a part of it. */
  private static long length(HttpResponse<InputStream> response) throws IOException {
    if (response.statusCode() == 200) {
      return response.headers().firstValueAsLong("Content-Length").orElse(-1);
    }
    String range = response.headers().firstValue("Content-Range").orElse("");
    Matcher whole = CONTENT_RANGE.matcher(range);
    if (!whole.matches()) {
      throw new IOException("the server sends a part of it, unasked: Content-Range " + range);
    }
    return Long.parseLong(whole.group(1));
  }
}
