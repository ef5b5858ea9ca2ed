package io.tokenreel.video;

import io.tokenreel.spec.Spec;
import java.io.File;
import java.io.IOException;
import java.lang.module.ModuleFinder;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.javacpp.Loader;

/**
 * The command line of a decoder process: this JVM's own java, on the jars that this JVM loaded the
 * decoder and FFmpeg from, whether these are a Maven class path, a folder of jars or one shaded jar
 * that an executor fetched.
 */
final class ChildCommand {

  /** Limits what the shell becomes; answers go to descriptor 3, all else to standard error. */
  private static final String WITH_LIMITS =
      "ulimit -c 0; ulimit -d %d; exec \"$@\" " + DecoderProtocol.ANSWERS + ">&1 1>&2";

  /** By name: what runs in the child is of the child's packages. */
  private static final String MAIN = "io.tokenreel.video.ffmpeg.DecoderMain";

  /** For {@link VectorResizer}. */
  private static final String VECTORS = "jdk.incubator.vector";

  private static final String NATIVES = "org/bytedeco/%s/%s/libjni%s.so";

  private ChildCommand() {}

  /**
   * @param memoryMegabytes of data (heap and native allocations) that the process may have
   * @param folder private; for crash reports
   * @param nativesCache where the native libraries are unpacked to
   * @param ffmpeg what is loaded in place of the jar's FFmpeg
   */
  static List<String> of(
      int memoryMegabytes, Path folder, Path nativesCache, Optional<OwnFfmpeg> ffmpeg) {
    List<String> command = new ArrayList<>();
    command.add("/bin/sh");
    command.add("-c");
    command.add(WITH_LIMITS.formatted(memoryMegabytes * 1024L));
    command.add("tokenreel-decoder");
    ffmpeg.ifPresent(
        own -> command.addAll(List.of("/usr/bin/env", "LD_LIBRARY_PATH=" + own.libraryPath())));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOptions(memoryMegabytes, folder, nativesCache));
    ffmpeg.ifPresent(
        own ->
            command.addAll(
                List.of(
                    "-D%s=%s".formatted(OwnFfmpeg.PROPERTY, own.links()),
                    // Nothing else on the machine's paths, such as another swscale.
                    "-Djava.library.path=" + own.links(),
                    "-Dorg.bytedeco.javacpp.pathsFirst=true")));
    if (ModuleFinder.ofSystem().find(VECTORS).isPresent()) {
      command.add("--add-modules=" + VECTORS);
    }
    command.add("-cp");
    command.add(String.join(File.pathSeparator, classPath()));
    command.add(MAIN);
    return command;
  }

  private static List<String> jvmOptions(int memoryMegabytes, Path folder, Path nativesCache) {
    return List.of(
        "-Xms8m",
        "-Xmx" + memoryMegabytes / 4 + "m",
        "-XX:+UseSerialGC",
        "-XX:ReservedCodeCacheSize=32m",
        "-XX:MaxMetaspaceSize=64m",
        "-XX:CompressedClassSpaceSize=16m",
        "-XX:MaxDirectMemorySize=8m",
        "-Xss512k",
        "-Xshare:auto",
        "-XX:-UsePerfData",
        "-XX:+ExitOnOutOfMemoryError",
        "-XX:+DisplayVMOutputToStderr",
        "-XX:-CreateCoredumpOnCrash",
        "-XX:ErrorFile=" + folder.resolve("crash.log"),
        "-Djava.io.tmpdir=" + folder,
        // The process limit is the one that counts.
        "-Dorg.bytedeco.javacpp.maxBytes=0",
        "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
        "-Dorg.bytedeco.javacpp.cachedir=" + nativesCache);
  }

  private static Set<String> classPath() {
    String platform = Loader.Detector.getPlatform();
    Set<String> path = new LinkedHashSet<>();
    path.add(home(ChildCommand.class));
    path.add(home(Spec.class));
    path.add(home(Loader.class));
    path.add(home(org.bytedeco.ffmpeg.global.avcodec.class));
    path.add(jarOf(NATIVES.formatted("javacpp", platform, "javacpp")));
    path.add(jarOf(NATIVES.formatted("ffmpeg", platform, "avcodec")));
    return path;
  }

  private static String home(Class<?> type) {
    URL location = type.getProtectionDomain().getCodeSource().getLocation();
    try {
      return Path.of(location.toURI()).toString();
    } catch (URISyntaxException | RuntimeException e) {
      throw new IllegalStateException(
          "a decoder process needs %s from a local jar or folder; it was loaded from %s"
              .formatted(type.getName(), location),
          e);
    }
  }

  private static String jarOf(String resource) {
    URL url = ChildCommand.class.getClassLoader().getResource(resource);
    if (url == null) {
      throw new IllegalStateException(
          "no native library %s on the class path; add the org.bytedeco javacpp and ffmpeg jars with the classifier %s"
              .formatted(resource, Loader.Detector.getPlatform()));
    }
    try {
      return url.openConnection() instanceof JarURLConnection jar
          ? Path.of(jar.getJarFileURL().toURI()).toString()
          : folderOf(Path.of(url.toURI()), resource);
    } catch (IOException | URISyntaxException | RuntimeException e) {
      throw new IllegalStateException(
          "a decoder process needs %s from a local jar or folder; it is at %s"
              .formatted(resource, url),
          e);
    }
  }

  private static String folderOf(Path file, String resource) {
    Path folder = file;
    for (int i = Path.of(resource).getNameCount(); i > 0; i--) {
      folder = folder.getParent();
    }
    return folder.toString();
  }
}
