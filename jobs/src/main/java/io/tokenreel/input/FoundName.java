package io.tokenreel.input;

import org.apache.hadoop.fs.Path;

/**
 * What a folder holds under one name.
 *
 * @param name its last part; where the file system has no text for it, with its bytes as in a URI
 * @param path where it lies; null where that cannot be spelled
 * @param kind what it is
 * @param bytes of a file its length
 * @param identity of a folder, the same under all its names; null where folders have one name each
 * @param reason of what is left out, why
 */
record FoundName(String name, Path path, Kind kind, long bytes, Object identity, String reason) {

  enum Kind {
    FILE,
    FOLDER,
    /** Its name is no text of this locale. */
    UNNAMED,
    /** Not to be read for another reason. */
    OTHER
  }

  static FoundName file(String name, Path path, long bytes) {
    return new FoundName(name, path, Kind.FILE, bytes, null, null);
  }

  static FoundName folder(String name, Path path, Object identity) {
    return new FoundName(name, path, Kind.FOLDER, 0, identity, null);
  }

  static FoundName unnamed(String name, String reason) {
    return new FoundName(name, null, Kind.UNNAMED, 0, null, reason);
  }

  static FoundName other(String name, String reason) {
    return new FoundName(name, null, Kind.OTHER, 0, null, reason);
  }
}
