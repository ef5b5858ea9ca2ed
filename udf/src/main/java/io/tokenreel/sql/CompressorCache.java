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
 * <p>A spec is parsed once for each context class loader, by which methods are found: sessions of
 * one Spark Connect server have loaders of their own, with the jars that each added. A loader is
 * held for as long as a spec of it is.
 *
 * <p>Methods that need signals are refused: blocks in columns have none.
 */
final class CompressorCache {

  /** Specs kept per JVM; a sweep has tens of them. */
  static final int CAPACITY = 256;

  private static final CompressorCache SHARED =
      new CompressorCache(CAPACITY, CompressorCache::ofTokens);

  private final Function<String, TokenCompressor> parser;
  private final Map<Key, TokenCompressor> compressors;
  private long parsed;

  /**
   * @param loader compared by identity, as loaders are
   */
  private record Key(ClassLoader loader, String spec) {}

  CompressorCache(int capacity, Function<String, TokenCompressor> parser) {
    this.parser = parser;
    this.compressors =
        new LinkedHashMap<>(16, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<Key, TokenCompressor> eldest) {
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
    Key key = new Key(Thread.currentThread().getContextClassLoader(), spec);
    TokenCompressor known = compressors.get(key);
    if (known != null) {
      return known;
    }
    parsed++;
    TokenCompressor compressor = parser.apply(spec);
    compressors.put(key, compressor);
    return compressor;
  }

  /** How many times a spec was parsed so far. */
  synchronized long parsed() {
    return parsed;
  }
}
