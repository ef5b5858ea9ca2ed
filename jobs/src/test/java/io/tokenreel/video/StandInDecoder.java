package io.tokenreel.video;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * A program in the decoder's place that behaves as a decoder under attack might. The video's text
 * says how: good, abort, hang, memory, spin, garbage, close, nest; with "once-" before it only the
 * first process of a folder does so.
 */
public final class StandInDecoder {

  private StandInDecoder() {}

  /** The command line that runs it. */
  static List<String> command(Path folder) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx1g",
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-cp",
        System.getProperty("java.class.path"),
        StandInDecoder.class.getName(),
        folder.resolve("seen").toString());
  }

  /** A video to which the decoder behaves so. */
  static VideoRef video(Path folder, String behaviour) throws IOException {
    Path file = folder.resolve(behaviour + ".mp4");
    Files.writeString(file, behaviour);
    return VideoTests.ref(file);
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    DataOutputStream out = new DataOutputStream(System.out);
    DataInputStream in = new DataInputStream(System.in);
    DecoderProtocol.writeHello(out);
    while (true) {
      DecodeRequest request = DecodeRequest.read(in);
      String behaviour = Files.readString(Path.of(request.file()));
      if (behaviour.startsWith("once-")) {
        Path seen = Path.of(args[0] + behaviour);
        boolean first = Files.notExists(seen);
        Files.writeString(seen, "seen");
        behaviour = first ? behaviour.substring("once-".length()) : "good";
      }
      behave(behaviour, request, out);
    }
  }

  static void behave(String behaviour, DecodeRequest request, DataOutputStream out)
      throws IOException, InterruptedException {
    switch (behaviour) {
      case "good" -> answer(request, out);
      case "nest" -> {
        // The copy becomes a folder that cannot be deleted while it holds something.
        Path file = Path.of(request.file());
        Files.delete(file);
        Files.createDirectories(file.resolve("nest"));
        answer(request, out);
      }
      case "abort" -> {
        System.err.println("assertion failed in the stand-in");
        Runtime.getRuntime().halt(134);
      }
      case "hang" -> new CountDownLatch(1).await();
      default -> misbehave(behaviour, out);
    }
  }

  private static void answer(DecodeRequest request, DataOutputStream out) throws IOException {
    out.writeByte(DecoderProtocol.PLAN);
    out.writeInt(1);
    FrameSize size = request.fit().size(new FrameSize(1, 1), 1);
    out.writeInt(size.height());
    out.writeInt(size.width());
    out.writeInt(1); // frame of the source
    out.writeDouble(25); // frames per second
    out.writeByte(DecoderProtocol.FRAME);
    out.writeInt(0);
    out.writeInt(1);
    out.writeInt(0);
    out.writeLong(0);
    out.write(new byte[size.rgbBytes()]);
    new DecodeVerdict(Outcome.OK, null, null, 1, 0).write(out);
  }

  private static void misbehave(String behaviour, DataOutputStream out) throws IOException {
    switch (behaviour) {
      case "spin" -> {
        for (long i = 0; i >= 0; i++) {
          Thread.onSpinWait();
        }
      }
      case "memory" -> {
        @SuppressWarnings("ModifiedButNotUsed") // held, so that memory runs out
        List<byte[]> taken = new ArrayList<>();
        while (true) {
          byte[] more = new byte[16 << 20];
          Arrays.fill(more, (byte) 1);
          taken.add(more);
        }
      }
      case "garbage" -> {
        out.write("this is no protocol, and it is long enough to be read".getBytes(UTF_8));
        out.flush();
      }
      case "close" -> System.out.close();
      default -> throw new IllegalStateException("unknown behaviour " + behaviour);
    }
  }
}
