package io.tokenreel.model;

import io.tokenreel.model.checkpoint.CheckpointFolder;
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
   * The name of a part of a model.
   *
   * @param part such as {@code llava_onevision}
   * @param revision of its settings and weights
   * @return {@code part@revision}, and after a plus the compute type where it is not float32
   */
  public static String of(CheckpointFolder folder, String part, String revision) {
    return ComputeType.of(folder).key(part + "@" + revision);
  }

  /**
   * The name of a model's vision tower in a cache.
   *
   * @param named the encoders that the cache's rows or runs name, the latest last
   */
  public static String encoder(String model, Configuration hadoop, Collection<String> named) {
    return encoder(Models.describe(model, hadoop).encoder(), model, hadoop, named);
  }

  private static String encoder(
      String key, String model, Configuration hadoop, Collection<String> named) {
    return choose(key, named, () -> Models.legacyRevision(model, hadoop, Models.Side.VISION));
  }

  /**
   * The name of the vision tower whose tokens a model is to be fed: its own, or where a cache has
   * none of that name, the one that computed in another type.
   *
   * @param named the encoders that the cache's rows name
   * @return the tower's own name where the cache has none of its tokens
   * @throws IllegalArgumentException when it has tokens of several other compute types
   */
  public static String encoderOfTokens(
      String model, Configuration hadoop, Collection<String> named) {
    String own = encoder(model, hadoop, named);
    if (named.contains(own)) {
      return own;
    }
    String key = ComputeType.withoutType(own);
    String inF32 = encoder(key, model, hadoop, named);
    List<String> others =
        named.stream()
            .filter(name -> name.equals(inF32) || ComputeType.withoutType(name).equals(key))
            .distinct()
            .sorted()
            .toList();
    if (others.size() > 1) {
      throw new IllegalArgumentException(
          "the cache holds no tokens of %s, but of %s: name the compute type of those to read with the model, FOLDER#%s=TYPE"
              .formatted(own, others, ComputeType.OPTION));
    }
    return others.isEmpty() ? own : others.get(0);
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
    boolean inF32 = ComputeType.withoutType(key).equals(key); // as all was under the old names
    if (old.isEmpty() || named.contains(key) || !inF32) {
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
