package io.tokenreel.input;

import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/** What Hadoop does not say of names on a local disk. */
public final class LocalNames {

  private LocalNames() {}

  /** Whether a local name is a pipe, a device or a socket, which may be read for ever. */
  public static boolean isSpecial(FileSystem files, Path path) {
    if (!(files instanceof LocalFileSystem local)) {
      return false;
    }
    java.nio.file.Path file = local.pathToFile(path).toPath();
    return Files.exists(file) && !Files.isRegularFile(file) && !Files.isDirectory(file);
  }

  /** Names in a folder that no pattern can match, with the reason; none of other file systems. */
  public static Map<String, String> unmatched(FileSystem files, Path folder) throws IOException {
    Map<String, String> reasons = new LinkedHashMap<>();
    if (files instanceof LocalFileSystem local) {
      try (LocalListing names = new LocalListing(local, folder)) {
        for (FoundName name = names.next(); name != null; name = names.next()) {
          if (name.kind() == FoundName.Kind.UNNAMED) {
            reasons.put(name.name(), name.reason());
          }
        }
      }
    }
    return reasons;
  }
}
