package io.tokenreel.cli;

/**
 * The JDK's Vector API, which the kernels are written with. Named by {@code --add-modules} its
 * module makes the JVM warn of incubator modules at every start, and no option takes the warning
 * away. So the launcher leaves that out, and the module is loaded here as the JDK loads those that
 * its own agents need. A JVM that has it, as spark-submit's has, stays as it is.
 */
final class VectorModule {

  private static final String NAME = "jdk.incubator.vector";

  /** Exported to this project by the launcher's options; what {@code java.instrument} uses. */
  private static final String LOADER = "jdk.internal.module.Modules";

  private VectorModule() {}

  /** Loads the module; where the JVM does not let it, the kernels say that they are slower. */
  static void load() {
    if (ModuleLayer.boot().findModule(NAME).isPresent()) {
      return;
    }
    try {
      Class.forName(LOADER).getMethod("loadModule", String.class).invoke(null, NAME);
    } catch (ReflectiveOperationException e) {
      System.getLogger(VectorModule.class.getName())
          .log(System.Logger.Level.DEBUG, "no " + NAME, e);
    }
  }
}
