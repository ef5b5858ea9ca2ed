package io.tokenreel.cache;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.tokenreel.files.Stores;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * What a cache says of the vision tower that made rows, as far as rows are fed by it; docs/cache.md
 * has all of the file.
 *
 * @param encoder the tower's name in rows
 * @param family readable name of the model's family
 * @param architecture as config.json names it; empty for an exported encoder
 * @param tokensPerSecond how fast the time axis of positions runs; empty where it counts steps, or
 *     there is none
 * @param mergeSize how many patches a side of a token covers; empty where tokens are not merged
 *     patches, and in what versions wrote that had no such field
 * @param settings canonical text of the settings that the name covers
 */
public record EncoderCard(
    String encoder,
    String family,
    Optional<String> architecture,
    OptionalDouble tokensPerSecond,
    OptionalInt mergeSize,
    String settings) {

  /** Fields that a reader need not know come without a new version. */
  public static final int SCHEMA = 1;

  public EncoderCard {
    Objects.requireNonNull(encoder, "encoder");
    Objects.requireNonNull(family, "family");
    Objects.requireNonNull(settings, "settings");
  }

  /**
   * Reads what a cache says of a tower.
   *
   * @param output the cache's folder
   * @param encoder the tower's name in rows
   * @return empty where the cache says nothing of it, as older versions did
   * @throws TableSettingsException when a newer version wrote the file, or it is damaged
   */
  public static Optional<EncoderCard> read(Configuration conf, Path output, String encoder)
      throws IOException {
    FileSystem fs = Stores.of(output, conf);
    Path path = new CacheLayout(fs.makeQualified(output)).encoderCard(encoder);
    if (!fs.exists(path)) {
      return Optional.empty();
    }
    try {
      Map<?, ?> card =
          Json.read(new CacheFiles(fs, CacheFiles.StepListener.NONE).read(path), Map.class);
      return Optional.of(of(path, card));
    } catch (ClassCastException | NullPointerException | JsonProcessingException e) {
      throw new TableSettingsException(
          "%s is damaged: remove it, and the next precompute or compress into this cache writes it again"
              .formatted(path),
          e);
    }
  }

  private static EncoderCard of(Path path, Map<?, ?> card) throws TableSettingsException {
    int schema = ((Number) card.get("schema")).intValue();
    if (schema > SCHEMA) {
      throw new TableSettingsException(
          "%s has schema %d, and this version reads %d: read the cache with a newer one"
              .formatted(path, schema, SCHEMA));
    }
    Number speed = (Number) card.get("tokens_per_second");
    Number merge = (Number) card.get("merge_size");
    return new EncoderCard(
        (String) card.get("encoder"),
        (String) card.get("family"),
        Optional.ofNullable((String) card.get("architecture")),
        speed == null ? OptionalDouble.empty() : OptionalDouble.of(speed.doubleValue()),
        merge == null ? OptionalInt.empty() : OptionalInt.of(merge.intValue()),
        (String) card.get("settings"));
  }
}
