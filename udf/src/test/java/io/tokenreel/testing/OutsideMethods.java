package io.tokenreel.testing;

import io.tokenreel.compress.CompressionMethod;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;

/** A method of another jar, which the thread that made this finds until it is closed. */
public final class OutsideMethods implements AutoCloseable {

  private final ClassLoader before = Thread.currentThread().getContextClassLoader();
  private final URLClassLoader jar;

  /**
   * @param folder empty, made into what the jar would be
   * @param method public, with a public constructor
   */
  public OutsideMethods(Path folder, Class<? extends CompressionMethod> method) throws IOException {
    Path services = Files.createDirectories(folder.resolve("META-INF/services"));
    Files.writeString(services.resolve(CompressionMethod.class.getName()), method.getName());
    jar = new URLClassLoader(new URL[] {folder.toUri().toURL()}, before);
    Thread.currentThread().setContextClassLoader(jar);
  }

  @Override
  public void close() throws IOException {
    Thread.currentThread().setContextClassLoader(before);
    jar.close();
  }
}
