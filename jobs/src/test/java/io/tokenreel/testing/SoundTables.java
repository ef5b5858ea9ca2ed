package io.tokenreel.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.verify.CacheVerifier;
import io.tokenreel.sql.LocalSpark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * After every test: whatever tables it has left in a temporary folder are verified as {@code
 * tokenreel verify} does it. A run's inputs are its OK, DEGRADED and FAILED videos, no key is there
 * twice, nothing is left of a writer. What has not changed since it was last found sound is not
 * read again.
 */
public final class SoundTables implements AfterEachCallback, AfterAllCallback {

  /** The files of each cache when it was last found sound. */
  private static final Map<Path, Set<String>> SOUND = new HashMap<>();

  @Override
  public void afterEach(ExtensionContext context) throws IOException {
    verify(context);
  }

  @Override
  public void afterAll(ExtensionContext context) throws IOException {
    verify(context);
  }

  private static void verify(ExtensionContext context) throws IOException {
    boolean unsound =
        Stream.concat(context.getTestMethod().stream(), context.getTestClass().stream())
            .anyMatch(element -> element.isAnnotationPresent(LeavesUnsoundTables.class));
    if (unsound || context.getExecutionException().isPresent()) {
      return;
    }
    for (Path folder : TemporaryFolders.of(context)) {
      for (Path cache : caches(folder)) {
        verify(cache);
      }
    }
  }

  private static void verify(Path cache) throws IOException {
    Set<String> files = files(cache);
    if (files.equals(SOUND.get(cache))) {
      return;
    }
    assertEquals(
        List.of(),
        CacheVerifier.verify(LocalSpark.plain(), new org.apache.hadoop.fs.Path(cache.toUri())),
        () -> "tables in " + cache);
    SOUND.put(cache, files);
  }

  /** Every file with its length and its time of change. */
  private static Set<String> files(Path cache) throws IOException {
    Set<String> files = new HashSet<>();
    try (Stream<Path> all =
        Files.find(cache, Integer.MAX_VALUE, (path, file) -> file.isRegularFile())) {
      for (Path file : (Iterable<Path>) all::iterator) {
        files.add("%s %d %s".formatted(file, Files.size(file), Files.getLastModifiedTime(file)));
      }
    }
    return files;
  }

  private static List<Path> caches(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> folders = Files.find(folder, 3, (path, file) -> file.isDirectory())) {
      return folders.filter(SoundTables::isCache).toList();
    }
  }

  private static boolean isCache(Path folder) {
    return Arrays.stream(CacheTable.values())
        .anyMatch(table -> Files.isDirectory(folder.resolve(table.folder())));
  }
}
