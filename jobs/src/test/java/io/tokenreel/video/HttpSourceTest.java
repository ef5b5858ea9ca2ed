package io.tokenreel.video;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Videos on real HTTP servers, of which some end a body early. */
class HttpSourceTest {

  private static final String H264 = "h264_one_gop.h264";
  private static final String TS = "h264_open_gop.ts";
  private static final String MP4 = "h264_closed_gop.mp4";

  @TempDir private Path folder;

  private final List<String> asked = new CopyOnWriteArrayList<>();
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private static byte[] clip(String name) throws IOException {
    try (var in = HttpSourceTest.class.getResourceAsStream("/clips/" + name)) {
      return in.readAllBytes();
    }
  }

  /** The first folder of the path says how it answers, the second which clip it has. */
  private void answer(HttpExchange exchange) throws IOException {
    asked.add(exchange.getRequestURI().toString());
    String[] path = exchange.getRequestURI().getPath().split("/");
    byte[] clip = clip(path[2]);
    byte[] half = Arrays.copyOf(clip, clip.length / 2);
    try (exchange;
        OutputStream body = exchange.getResponseBody()) {
      switch (path[1]) {
        case "whole" -> send(exchange, 200, clip.length, clip);
        case "chunked" -> send(exchange, 200, 0, clip);
        case "chunked-half" -> send(exchange, 200, 0, half);
        case "range" -> {
          exchange
              .getResponseHeaders()
              .set("Content-Range", "bytes 0-%d/%d".formatted(half.length - 1, clip.length));
          send(exchange, 206, half.length, half);
        }
        case "gzip" -> {
          ByteArrayOutputStream packed = new ByteArrayOutputStream();
          try (OutputStream out = new GZIPOutputStream(packed)) {
            out.write(clip);
          }
          exchange.getResponseHeaders().set("Content-Encoding", "gzip");
          send(exchange, 200, packed.size(), packed.toByteArray());
        }
        case "brotli" -> {
          exchange.getResponseHeaders().set("Content-Encoding", "br");
          send(exchange, 200, clip.length, clip);
        }
        case "moved" -> {
          exchange.getResponseHeaders().set("Location", "/whole/" + path[2]);
          exchange.sendResponseHeaders(302, -1);
        }
        case "locked" -> {
          String ada =
              Base64.getEncoder().encodeToString("ada:love".getBytes(StandardCharsets.UTF_8));
          if (("Basic " + ada).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            send(exchange, 200, clip.length, clip);
          } else {
            exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"videos\"");
            exchange.sendResponseHeaders(401, -1);
          }
        }
        case "huge" -> send(exchange, 200, 1L << 40, half);
        case "elsewhere" -> {
          exchange
              .getResponseHeaders()
              .set("Location", exchange.getRequestURI().getQuery() + "/locked/" + path[2]);
          exchange.sendResponseHeaders(302, -1);
        }
        case "busy-twice" -> {
          if (asked.size() < 3) {
            exchange.sendResponseHeaders(503, -1);
          } else {
            send(exchange, 200, clip.length, clip);
          }
        }
        default -> exchange.sendResponseHeaders(404, -1);
      }
      body.flush();
    }
  }

  private static void send(HttpExchange exchange, int status, long length, byte[] bytes)
      throws IOException {
    exchange.sendResponseHeaders(status, length);
    exchange.getResponseBody().write(bytes);
  }

  private String uri(String path) {
    return "http://127.0.0.1:%d%s".formatted(server.getAddress().getPort(), path);
  }

  private DecodedVideo decode(String uri, long length) {
    DecoderSettings settings =
        new DecoderSettings(
            SamplingSpec.parse("uniform:frames=2"),
            new FrameSize(32, 32),
            DecodeCheck.SAMPLED,
            DecodeLimits.DEFAULT.withTime(Duration.ofMinutes(1)));
    try (VideoDecoder decoder = new VideoDecoder(settings, new Configuration(), folder)) {
      return decoder.decode(new VideoRef("v", uri, length));
    }
  }

  private StagedVideo staged(String uri, long length) throws Exception {
    return StagedVideo.stage(
        new VideoRef("v", uri, length),
        new Configuration(),
        folder,
        1 << 30,
        System.nanoTime() + Duration.ofMinutes(1).toNanos());
  }

  private StagedVideo staged(String uri, StagedVideo.Room room) throws Exception {
    return StagedVideo.stage(
        new VideoRef("v", uri, -1),
        new Configuration(),
        folder,
        1 << 30,
        System.nanoTime() + Duration.ofMinutes(1).toNanos(),
        room);
  }

  private static void assertUnreadable(DecodedVideo video, String detail) {
    assertEquals(Outcome.FAILED, video.outcome());
    assertEquals(Reason.UNREADABLE, video.reason(), video.detail());
    assertTrue(video.detail().contains(detail), video.detail());
    assertNull(video.contentSha256());
  }

  @ParameterizedTest
  @ValueSource(strings = {H264, TS, MP4})
  void decode_connectionThatEndsEarly_isReadThreeTimesAndUnreadable(String name) throws Exception {
    byte[] clip = clip(name);
    AtomicInteger connections = new AtomicInteger();
    try (ServerSocket cutting = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Thread serving = new Thread(() -> cut(cutting, clip, connections));
      serving.start();
      String uri = "http://127.0.0.1:%d/%s".formatted(cutting.getLocalPort(), name);
      assertUnreadable(decode(uri, -1), "bytes received: " + clip.length / 2);
      cutting.close();
      serving.join();
    }
    assertEquals(3, connections.get());
  }

  /** Promises the whole clip, sends half of it and closes in order. */
  private static void cut(ServerSocket cutting, byte[] clip, AtomicInteger connections) {
    while (true) {
      try (Socket connection = cutting.accept()) {
        connections.incrementAndGet();
        connection.getInputStream().read(new byte[1 << 14]);
        OutputStream out = connection.getOutputStream();
        out.write(
            "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n"
                .formatted(clip.length)
                .getBytes(StandardCharsets.US_ASCII));
        out.write(clip, 0, clip.length / 2);
        connection.shutdownOutput();
      } catch (IOException e) {
        return; // the test is over
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {H264, TS, MP4})
  void decode_chunkedBodyThatIsShorterThanListed_isReadThreeTimesAndUnreadable(String name)
      throws IOException {
    int length = clip(name).length;
    assertUnreadable(
        decode(uri("/chunked-half/" + name), length),
        "%d bytes came, and video_bytes, of the manifest or the listing, is %d: it ended early"
            .formatted(length / 2, length));
    assertEquals(3, asked.size(), asked.toString());
  }

  @Test
  void decode_bodyThatIsLongerThanListed_isUnreadable() throws IOException {
    assertUnreadable(decode(uri("/chunked/" + TS), clip(TS).length - 188), "it has changed");
  }

  @Test
  void decode_partThatNobodyAskedFor_isUnreadable() throws IOException {
    assertUnreadable(decode(uri("/range/" + TS), -1), "is %d".formatted(clip(TS).length));
  }

  @Test
  void decode_encodingThatNobodyAskedFor_isUnreadable() {
    assertUnreadable(decode(uri("/brotli/" + TS), -1), "Content-Encoding br");
  }

  @ParameterizedTest
  @CsvSource({"/nothing/" + TS + ", 404", "/locked/" + TS + ", 401"})
  void decode_videoThatIsNotGiven_isUnreadableAtOnce(String path, String status) {
    assertUnreadable(decode(uri(path), -1), status);
    assertEquals(1, asked.size(), asked.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/whole/%s?token=abc",
        "/whole/%s?a b=%%41",
        "/chunked/%s",
        "/gzip/%s",
        "/moved/%s",
        "/busy-twice/%s"
      })
  void stage_wholeBody_isTaken(String path) throws Exception {
    byte[] clip = clip(TS);
    try (StagedVideo video = staged(uri(path.formatted(TS)), clip.length)) {
      assertEquals(DigestUtils.sha256Hex(clip), video.contentSha256());
    }
    assertTrue(asked.get(0).matches("/.*(\\.ts|[?]token=abc|[?]a%20b=%41)"), asked.toString());
  }

  @Test
  void stage_passwordInTheUri_isSentWhenAskedFor() throws Exception {
    String uri = uri("/locked/" + TS).replace("http://", "http://ada:love@");
    try (StagedVideo video = staged(uri, -1)) {
      assertEquals(clip(TS).length, video.bytes());
    }
  }

  @Test
  void stage_passwordInTheUri_isNotSentToAnotherPort() throws Exception {
    HttpServer other =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    List<String> sent = new CopyOnWriteArrayList<>();
    other.createContext(
        "/",
        exchange -> {
          try (exchange) {
            sent.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
            exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"videos\"");
            exchange.sendResponseHeaders(401, -1);
          }
        });
    other.start();
    try {
      String to = "http://127.0.0.1:" + other.getAddress().getPort();
      String uri = uri("/elsewhere/%s?%s".formatted(TS, to));
      assertUnreadable(
          decode(uri.replace("http://127", "http://ada:love@127"), -1), "No credentials");
      assertEquals(Set.of("null"), Set.copyOf(sent));
    } finally {
      other.stop(0);
    }
  }

  @Test
  void stage_lengthOverTheLimit_isTooLargeBeforeItIsRead() {
    NotStaged refused = assertThrows(NotStaged.class, () -> staged(uri("/huge/" + TS), -1));
    assertEquals(Reason.TOO_LARGE, refused.reason(), refused.getMessage());
    assertEquals(0, refused.bytes());
  }

  /** Such as one that packed zeros without an end. */
  @Test
  void stage_unknownLengthOnADiskThatIsNearlyFull_isTooLarge() throws Exception {
    for (String path : List.of("/chunked/", "/gzip/")) {
      NotStaged refused =
          assertThrows(
              NotStaged.class, () -> staged(uri(path + TS), () -> StagedVideo.ROOM_LEFT - 1));
      assertEquals(Reason.TOO_LARGE, refused.reason(), refused.getMessage());
      assertTrue(refused.getMessage().contains("255 MB left, of which 256 stay free"));
      assertFalse(Files.exists(folder.resolve("video")));
      staged(uri(path + TS), () -> StagedVideo.ROOM_LEFT).close();
    }
    staged(uri("/whole/" + TS), () -> 0).close();
  }

  @Test
  void stage_localNames_areTheFilesThatTheyName() throws Exception {
    for (String name : List.of("c d.mp4", "c%20d.mp4", "12:30.mp4", "#?*[1].mp4")) {
      Files.writeString(folder.resolve(name), name);
      assertStaged(name, folder.resolve(name).toString());
      assertStaged(name, folder.resolve(name).toUri().toString());
    }
    Files.writeString(folder.resolve("e%20f.mp4"), "as written");
    assertStaged("as written", "file:" + folder + "/e%20f.mp4");
    Files.writeString(folder.resolve("g h.mp4"), "decoded");
    assertStaged("decoded", folder + "/g%20h.mp4");
  }

  private void assertStaged(String content, String uri) throws Exception {
    try (StagedVideo video = staged(uri, content.length())) {
      assertEquals(content, Files.readString(video.file()), uri);
    }
  }

  @Test
  void stage_localFileOfAnotherLengthThanListed_isNotTaken() throws IOException {
    Files.writeString(folder.resolve("v.ts"), "12345");
    for (long length : new long[] {4, 6}) {
      assertUnreadable(
          decode(folder.resolve("v.ts").toString(), length), "5 bytes came, and video_bytes");
    }
  }
}
