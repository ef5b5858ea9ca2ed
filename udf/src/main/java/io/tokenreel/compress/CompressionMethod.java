package io.tokenreel.compress;

import io.tokenreel.kernel.Kernels;
import io.tokenreel.spec.Spec;
import java.util.function.Function;

/**
 * A compression method that another jar brings. The jar names the class, which is public and has a
 * public constructor without parameters, in {@code
 * META-INF/services/io.tokenreel.compress.CompressionMethod}, and is found by {@link
 * io.tokenreel.spec.Services} where the driver and the executors have it.
 */
public interface CompressionMethod {

  /** What stands before the colon of a spec; none of the names that the project's methods have. */
  String name();

  /** What the method does, in a sentence. */
  String meaning();

  /**
   * The compressor that a spec means.
   *
   * @param spec whose keys are all read here, each once; {@link Spec#canonical} is then its one
   *     spelling
   * @throws IllegalArgumentException for a value that is not allowed
   */
  Function<Kernels, TokenCompressor> of(Spec spec);
}
