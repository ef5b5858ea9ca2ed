package io.tokenreel.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.io.TempDirFactory;

/** Makes the folders of {@code @TempDir}, and knows those of each test and class. */
public final class TemporaryFolders implements TempDirFactory {

  private static final Namespace NAMESPACE = Namespace.create(TemporaryFolders.class);

  @Override
  public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext context)
      throws Exception {
    Path folder = Files.createTempDirectory("junit");
    of(context).add(folder);
    return folder;
  }

  /** The folders of a test, without its class's, or of a class, without its tests'. */
  @SuppressWarnings("unchecked")
  static List<Path> of(ExtensionContext context) {
    return context
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(
            context.getUniqueId(), id -> new CopyOnWriteArrayList<Path>(), List.class);
  }
}
