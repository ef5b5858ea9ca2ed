package io.tokenreel.sql;

import io.tokenreel.compress.Compressors;
import io.tokenreel.compress.SignalNeeds;
import io.tokenreel.compress.TokenCompressor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * Compressors by the text of their spec, so that a query parses each spec once and not once per
 * row. The least recently used is dropped when it is full.
 *
 * <p>Methods that need signals are refused: blocks in columns have none.
 */
final class CompressorCache {

  /** Specs kept per JVM; a sweep has tens of them. */
  static final int CAPACITY = 256;

  private static final CompressorCache SHARED =
      new CompressorCache(CAPACITY, CompressorCache::ofTokens);

  private final Function<String, TokenCompressor> parser;
  private final Map<String, TokenCompressor> compressors;
  private long parsed;

  CompressorCache(int capacity, Function<String, TokenCompressor> parser) {
    this.parser = parser;
    this.compressors =
        new LinkedHashMap<>(16, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<String, TokenCompressor> eldest) {
            return size() > capacity;
          }
        };
  }

  private static TokenCompressor ofTokens(String spec) {
    TokenCompressor compressor = Compressors.of(spec);
    SignalNeeds.requireNone(compressor);
    return compressor;
  }

  /** The cache that all queries of this JVM share. */
  static CompressorCache shared() {
    return SHARED;
  }

  /**
   * The compressor of a spec.
   *
   * @throws IllegalArgumentException as {@link Compressors#of} does, and of the shared cache for a
   *     method that needs signals
   */
  synchronized TokenCompressor of(String spec) {
    TokenCompressor known = compressors.get(spec);
    if (known != null) {
      return known;
    }
    parsed++;
    TokenCompressor compressor = parser.apply(spec);
    compressors.put(spec, compressor);
    return compressor;
  }

  /** How many times a spec was parsed so far. */
  synchronized long parsed() {
    return parsed;
  }
}
