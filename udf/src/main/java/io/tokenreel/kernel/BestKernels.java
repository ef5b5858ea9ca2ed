package io.tokenreel.kernel;

import java.lang.System.Logger.Level;
import jdk.incubator.vector.DoubleVector;

/** Chooses the kernels of this JVM when they are first asked for, and says which. */
final class BestKernels {

  private static final String VECTOR_MODULE = "jdk.incubator.vector";

  /** Registers of two float64, the narrowest that the vector kernels are written for. */
  private static final int NARROWEST_BITS = 128;

  static final Kernels CHOICE = choose();

  private BestKernels() {}

  private static Kernels choose() {
    System.Logger logger = System.getLogger(Kernels.class.getName());
    if (!hasVectors()) {
      logger.log(
          Level.WARNING,
          "token kernels: scalar, several times slower; start the JVM with --add-modules {0}",
          VECTOR_MODULE);
      return new ScalarKernels();
    }
    if (widestBits() < NARROWEST_BITS) {
      logger.log(
          Level.WARNING,
          "token kernels: scalar, several times slower; vectors are {0} bits wide in this JVM and must be at least {1}: take -XX:MaxVectorSize away",
          widestBits(),
          NARROWEST_BITS);
      return new ScalarKernels();
    }
    VectorKernels vector = new VectorKernels();
    logger.log(Level.INFO, "token kernels: vector, {0} bits wide", vector.bits());
    return vector;
  }

  /** Not by the boot layer: a launcher may bring the module in later than the JVM does. */
  private static boolean hasVectors() {
    try {
      Class.forName(VECTOR_MODULE + ".FloatVector", false, BestKernels.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  /** Apart from the class of kernels, which cannot be loaded where there are no wide registers. */
  private static int widestBits() {
    return DoubleVector.SPECIES_PREFERRED.vectorBitSize();
  }
}
