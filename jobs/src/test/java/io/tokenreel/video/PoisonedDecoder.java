package io.tokenreel.video;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.tokenreel.video.ffmpeg.DecoderMain;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;

/**
 * The real decoder, which some videos poison: at one whose text says so it behaves as {@link
 * StandInDecoder} does, and all others it decodes as ever.
 *
 * <p>While one is {@link #install installed}, the decoder processes that this JVM starts are of
 * this kind: they are started with the java of {@code java.home}, which is then a folder like the
 * JDK's but for that program.
 */
public final class PoisonedDecoder implements AutoCloseable {

  private static final String HOME = "java.home";
  private static final String POISON = "poison: ";

  private final String home;

  private PoisonedDecoder(String home) {
    this.home = home;
  }

  /**
   * @param folder empty; for the stand-in of the JDK
   */
  public static PoisonedDecoder install(Path folder) throws IOException {
    Path real = Path.of(System.getProperty(HOME));
    link(real, folder, "bin");
    Path programs = Files.createDirectory(folder.resolve("bin"));
    link(real.resolve("bin"), programs, "java");
    Path java = programs.resolve("java");
    Files.writeString(
        java,
        """
        #!/bin/sh
        # Runs a decoder's command line with another main class.
        previous=
        for word do
          shift
          [ "$previous" = -cp ] && word=$word:%s
          [ "$word" = %s ] && word=%s
          previous=$word
          set -- "$@" "$word"
        done
        exec %s "$@"
        """
            .formatted(
                System.getProperty("java.class.path"),
                DecoderMain.class.getName(),
                PoisonedDecoder.class.getName(),
                real.resolve("bin").resolve("java")));
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwx------"));
    System.setProperty(HOME, folder.toString());
    IdleDecoders.SHARED.endAll(); // which were started with the other java
    return new PoisonedDecoder(real.toString());
  }

  private static void link(Path real, Path folder, String but) throws IOException {
    try (Stream<Path> files = Files.list(real)) {
      for (Path file : files.toList()) {
        if (!file.endsWith(but)) {
          Files.createSymbolicLink(folder.resolve(file.getFileName()), file);
        }
      }
    }
  }

  @Override
  public void close() {
    System.setProperty(HOME, home);
    IdleDecoders.SHARED.endAll();
  }

  /** A video to which the decoder behaves as {@link StandInDecoder} names it. */
  public static Path poison(Path folder, String behaviour) throws IOException {
    return Files.writeString(folder.resolve(behaviour + ".mp4"), POISON + behaviour);
  }

  public static void main(String[] arguments) throws IOException, InterruptedException {
    System.setIn(new Requests(System.in));
    DecoderMain.main(arguments);
  }

  /** What the decoder reads: the owner's requests but for those that poison it. */
  private static final class Requests extends InputStream {

    private final DataInputStream owner;
    private InputStream request = new ByteArrayInputStream(new byte[0]);

    Requests(InputStream owner) {
      this.owner = new DataInputStream(owner);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      if (request.available() == 0) {
        DecodeRequest next = DecodeRequest.read(owner);
        poison(next);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        next.write(new DataOutputStream(bytes));
        request = new ByteArrayInputStream(bytes.toByteArray());
      }
      return request.read(buffer, offset, length);
    }

    private static void poison(DecodeRequest request) throws IOException {
      byte[] head = new byte[64];
      int read;
      try (InputStream in = Files.newInputStream(Path.of(request.file()))) {
        read = in.readNBytes(head, 0, head.length);
      }
      String text = new String(head, 0, read, ISO_8859_1);
      if (text.startsWith(POISON)) {
        try (DataOutputStream answers =
            new DataOutputStream(new FileOutputStream("/dev/fd/" + DecoderProtocol.ANSWERS))) {
          StandInDecoder.behave(text.substring(POISON.length()), request, answers);
          Runtime.getRuntime().halt(0); // which closes the pipe
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      }
    }
  }
}
