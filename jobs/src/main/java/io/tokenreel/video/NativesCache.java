package io.tokenreel.video;

import java.nio.file.Path;

/**
 * Where the decoder processes of this JVM unpack FFmpeg to: once per JVM, in a folder that no other
 * user can plant a library in, removed when the JVM ends. What killed JVMs left is removed first.
 */
final class NativesCache {

  private static final PrivateFolder FOLDER =
      new PrivateFolder(PrivateFolder.TEMPORARY, PrivateFolder.NATIVES);

  static {
    LeftFolders.sweep(PrivateFolder.TEMPORARY, FOLDER.owner());
    Runtime.getRuntime().addShutdownHook(new Thread(FOLDER::close, "tokenreel-natives-cleanup"));
  }

  private NativesCache() {}

  static Path path() {
    return FOLDER.path();
  }
}
