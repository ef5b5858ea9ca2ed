package io.tokenreel.video;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The FFmpeg of this machine, which decoder processes load in place of the jar's where {@value
 * #VARIABLE} names its folder. The jar's decodes AV1 by libaom; one with libdav1d takes a third of
 * the time and gives the same frames.
 *
 * <p>The native layer in the jar was built against FFmpeg 8, whose libraries keep their interface
 * for as long as the first number of their versions stays. They are linked by the names that it
 * asks for, so that the libraries of a Python wheel, whose names hold a digest, serve as well.
 *
 * @param folder with the libraries
 * @param links a folder with a link to each, named as {@link Library#file()}
 */
public record OwnFfmpeg(Path folder, Path links) {

  /** Of the environment; a system property where that has no such variable. */
  public static final String VARIABLE = "TOKENREEL_FFMPEG";

  /** Of the decoder process: the folder of links. */
  public static final String PROPERTY = "tokenreel.ffmpeg";

  private static final String VERSION = "FFmpeg 8";

  /**
   * A library that the native layer asks for.
   *
   * @param name without {@code lib}
   * @param version the first number of its version
   */
  public record Library(String name, int version) {

    public String file() {
      return "lib%s.so.%d".formatted(name, version);
    }

    /** Of any version, also with a digest in its name. */
    private Pattern any() {
      return Pattern.compile("lib%s(-[0-9a-f]+)?\\.so(\\.[0-9.]+)?".formatted(name));
    }

    private Pattern suitable() {
      return Pattern.compile("lib%s(-[0-9a-f]+)?\\.so\\.%d(\\.[0-9.]+)?".formatted(name, version));
    }
  }

  /** Each after those that it needs. */
  public static final List<Library> LIBRARIES =
      List.of(
          new Library("avutil", 60),
          new Library("swresample", 6),
          new Library("avcodec", 62),
          new Library("avformat", 62));

  /**
   * The one that this process's environment names, empty where it names none.
   *
   * @throws FfmpegException when its folder does not have the libraries
   */
  static Optional<OwnFfmpeg> here() {
    Optional<String> named = named();
    return named.isEmpty()
        ? Optional.empty()
        : Optional.of(of(named.get(), NativesCache.path().resolve("ffmpeg")));
  }

  /**
   * Looks for the libraries of the folder that the environment names, if it names one.
   *
   * @throws FfmpegException when they are not there
   */
  public static void check() {
    named().ifPresent(OwnFfmpeg::files);
  }

  /** What the environment names. */
  static Optional<String> named() {
    String variable = System.getenv(VARIABLE);
    return Optional.ofNullable(variable == null ? System.getProperty(VARIABLE) : variable)
        .filter(value -> !value.isEmpty());
  }

  /**
   * Links the libraries of a folder.
   *
   * @param links made where it is missing
   * @throws FfmpegException when they are not there
   */
  static OwnFfmpeg of(String folder, Path links) {
    List<Path> files = files(folder);
    try {
      Files.createDirectories(links);
      for (int i = 0; i < files.size(); i++) {
        link(links.resolve(LIBRARIES.get(i).file()), files.get(i));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("no links to FFmpeg's libraries can be made in " + links, e);
    }
    return new OwnFfmpeg(Path.of(folder).toAbsolutePath(), links);
  }

  /** Another task may have linked it, or one before of another folder, where a property says so. */
  private static void link(Path link, Path file) throws IOException {
    if (Files.isSymbolicLink(link) && !Files.readSymbolicLink(link).equals(file)) {
      Files.deleteIfExists(link);
    }
    try {
      Files.createSymbolicLink(link, file);
    } catch (FileAlreadyExistsException e) {
      if (!Files.readSymbolicLink(link).equals(file)) {
        throw e;
      }
    }
  }

  /** Those of {@link #LIBRARIES}, in that order. */
  private static List<Path> files(String text) {
    Path folder;
    try {
      folder = Path.of(text).toAbsolutePath();
    } catch (InvalidPathException e) {
      throw new FfmpegException("%s is %s, which is no path".formatted(VARIABLE, text));
    }
    if (text.contains(File.pathSeparator)) {
      throw new FfmpegException(
          "%s is %s, which has a '%s'; expected one folder, by a path without it"
              .formatted(VARIABLE, text, File.pathSeparator));
    }
    List<Path> all;
    try (Stream<Path> entries = Files.list(folder)) {
      all = entries.sorted().toList();
    } catch (IOException | UncheckedIOException e) {
      throw new FfmpegException(
          "%s is %s, and no such folder can be read; expected one with the libraries of %s, or leave it out"
              .formatted(VARIABLE, text, VERSION));
    }
    List<Path> found = new ArrayList<>();
    for (Library library : LIBRARIES) {
      found.add(
          matching(all, library.suitable())
              .findFirst()
              .orElseThrow(() -> missing(text, library, all)));
    }
    return found;
  }

  private static Stream<Path> matching(List<Path> files, Pattern name) {
    return files.stream().filter(file -> name.matcher(file.getFileName().toString()).matches());
  }

  private static FfmpegException missing(String folder, Library library, List<Path> all) {
    String others =
        matching(all, library.any())
            .map(file -> file.getFileName().toString())
            .collect(Collectors.joining(", "));
    return new FfmpegException(
        "%s is %s, which has no %s but %s; expected the libraries of %s, or leave it out"
            .formatted(
                VARIABLE,
                folder,
                library.file(),
                others.isEmpty() ? "none of any version" : others,
                VERSION));
  }

  /** Where the loader looks first: for the links, and then for what these libraries need. */
  String libraryPath() {
    return links + File.pathSeparator + folder;
  }
}
