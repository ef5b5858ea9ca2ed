package io.tokenreel.compress;

import io.tokenreel.token.Signals;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;

/** Whether what a method needs beside tokens is there, and what is said where it is not. */
public final class SignalNeeds {

  private SignalNeeds() {}

  /**
   * Checks the signals of a call.
   *
   * @throws IllegalArgumentException naming what is needed, what is there and how to mend it
   */
  public static void require(TokenCompressor compressor, Signals signals) {
    require(
        compressor,
        signals.names(),
        "the call has",
        "hand them to compress(block, signals), or take a method");
  }

  /**
   * Checks a method for Spark's functions and stages, whose blocks have no signals.
   *
   * @throws IllegalArgumentException as {@link #require(TokenCompressor, Signals)}
   */
  public static void requireNone(TokenCompressor compressor) {
    require(
        compressor,
        Set.of(),
        "a block in a column has",
        "call compress(block, signals) of the Java API, or take a method");
  }

  /**
   * Checks a method against what an encoder gives, before anything is encoded.
   *
   * @param encoder its name
   * @param given names of the signals that it gives
   * @throws IllegalArgumentException as {@link #require(TokenCompressor, Signals)}
   */
  public static void requireOf(
      TokenCompressor compressor, String encoder, Collection<String> given) {
    require(
        compressor,
        given,
        "encoder " + encoder + " gives",
        "take an encoder that gives them, or a method");
  }

  private static void require(
      TokenCompressor compressor, Collection<String> given, String giver, String remedy) {
    if (!given.containsAll(compressor.needs())) {
      throw new IllegalArgumentException(
          "compression '%s' needs the signals %s; %s %s: %s that needs tokens alone, such as %s"
              .formatted(
                  compressor.spec(),
                  new TreeSet<>(compressor.needs()),
                  giver,
                  given.isEmpty() ? "none" : new TreeSet<>(given),
                  remedy,
                  Compressors.DEFAULT));
    }
  }
}
