package io.tokenreel.kernel;

import java.lang.System.Logger.Level;

/** Chooses the kernels of this JVM when they are first asked for, and says which. */
final class BestKernels {

  private static final String VECTOR_MODULE = "jdk.incubator.vector";

  static final Kernels CHOICE = choose();

  private BestKernels() {}

  private static Kernels choose() {
    System.Logger logger = System.getLogger(Kernels.class.getName());
    if (ModuleLayer.boot().findModule(VECTOR_MODULE).isPresent()) {
      VectorKernels vector = new VectorKernels();
      logger.log(Level.INFO, "token kernels: vector, {0} bits wide", vector.bits());
      return vector;
    }
    logger.log(
        Level.WARNING,
        "token kernels: scalar, several times slower; start the JVM with --add-modules {0}",
        VECTOR_MODULE);
    return new ScalarKernels();
  }
}
