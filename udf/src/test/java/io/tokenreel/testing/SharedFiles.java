package io.tokenreel.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Larger goldens and real videos that may lie in {@code ../shared} and are not in the repository.
 * What is there is tested in addition to the repository's own; nothing depends on it.
 */
public final class SharedFiles {

  private static final Path FOLDER = Path.of("..", "shared");

  private SharedFiles() {}

  /** A file or folder there, which need not exist. */
  public static Path at(String path) {
    return FOLDER.resolve(path);
  }

  /** Whether the real videos are there; for {@code EnabledIf}. */
  public static boolean hasVideos() {
    return Files.isDirectory(at("videos"));
  }

  /**
   * The files of a folder of the repository and of one there, each name once.
   *
   * @param own must exist
   * @param shared path below the folder of shared files
   * @param ending of the files' names
   */
  public static List<Path> with(Path own, String shared, String ending) throws IOException {
    List<Path> files = list(own, ending);
    List<Path> names = files.stream().map(Path::getFileName).toList();
    List<Path> more = Files.isDirectory(at(shared)) ? list(at(shared), ending) : List.of();
    return Stream.concat(
            files.stream(), more.stream().filter(file -> !names.contains(file.getFileName())))
        .toList();
  }

  private static List<Path> list(Path folder, String ending) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
    }
  }
}
