package io.tokenreel.model;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;

/**
 * The names under which a cache holds what a model made. They are {@link VisionInfo#encoder} and
 * {@link LanguageInfo#decoder}, the same for the same checkpoint wherever it lies.
 *
 * <p>Version 0.1.0 wrote the folder's name and another digest instead. A cache that holds such rows
 * of a model goes on under that name, so that it has one name for the model and no work is done
 * twice.
 */
public final class ModelKeys {

  private static final Pattern LEGACY = Pattern.compile(".+@[0-9a-f]{16}", Pattern.DOTALL);

  private ModelKeys() {}

  /**
   * The name of a model's vision tower in a cache.
   *
   * @param named the encoders that the cache's rows or runs name, the latest last
   */
  public static String encoder(String model, Configuration hadoop, Collection<String> named) {
    return choose(
        Models.describe(model, hadoop).encoder(),
        named,
        () -> Models.legacyRevision(model, hadoop, Models.Side.VISION));
  }

  /**
   * The name of a model's language decoder in a cache.
   *
   * @param named the decoders that the cache's answers name
   */
  public static String decoder(String model, Configuration hadoop, Collection<String> named) {
    return choose(
        Models.describeLanguage(model, hadoop).decoder(),
        named,
        () -> Models.legacyRevision(model, hadoop, Models.Side.LANGUAGE));
  }

  /** Whether a name is one of those that version 0.1.0 wrote. */
  public static boolean isLegacy(String key) {
    return LEGACY.matcher(key).matches();
  }

  private static String choose(
      String key, Collection<String> named, Supplier<Optional<String>> legacy) {
    List<String> old = named.stream().filter(ModelKeys::isLegacy).distinct().toList();
    if (old.isEmpty() || named.contains(key)) {
      return key;
    }
    return legacy
        .get()
        .flatMap(
            revision ->
                old.stream().filter(name -> name.endsWith("@" + revision)).reduce((a, b) -> b))
        .orElse(key);
  }
}
