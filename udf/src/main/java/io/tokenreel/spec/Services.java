package io.tokenreel.spec;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;

/**
 * Implementations that jars name in META-INF/services: those beside the service, and those that the
 * thread's context class loader sees. Spark loads the jars of {@code --jars}, {@code --packages}
 * and {@code ADD JAR} by the context class loaders of the driver and of tasks, which need not be
 * the loader of this project's jar; and threads of pools have others.
 *
 * <p>Nothing is remembered, for a session may be given more jars at any time.
 */
public final class Services {

  private Services() {}

  /**
   * All implementations, sorted by the names of their classes.
   *
   * @throws IllegalArgumentException when one cannot be loaded; the message says which
   */
  public static <S> List<S> of(Class<S> service) {
    Map<String, S> found = new TreeMap<>();
    load(service, service.getClassLoader(), found);
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    if (context != service.getClassLoader() && sees(context, service)) {
      load(service, context, found);
    }
    return new ArrayList<>(found.values());
  }

  /** Whether a loader has this service, and not none or another copy of it. */
  private static boolean sees(ClassLoader loader, Class<?> service) {
    try {
      return loader != null && Class.forName(service.getName(), false, loader) == service;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  private static <S> void load(Class<S> service, ClassLoader loader, Map<String, S> found) {
    try {
      Iterator<ServiceLoader.Provider<S>> providers =
          ServiceLoader.load(service, loader).stream().iterator();
      while (providers.hasNext()) {
        ServiceLoader.Provider<S> provider = providers.next();
        found.computeIfAbsent(provider.type().getName(), name -> provider.get());
      }
    } catch (ServiceConfigurationError | LinkageError e) {
      throw new IllegalArgumentException(
          "a jar on the class path names a %s that cannot be loaded: %s; take the jar away, or build it for this version"
              .formatted(service.getSimpleName(), e.getMessage()),
          e);
    }
  }
}
