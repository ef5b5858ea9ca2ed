package io.tokenreel.cache.commit;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.tokenreel.cache.CacheFiles;
import io.tokenreel.cache.CacheLayout;
import io.tokenreel.cache.EncoderCard;
import io.tokenreel.cache.Json;
import io.tokenreel.model.EncoderOrigin;
import io.tokenreel.model.ModelKeys;
import io.tokenreel.model.VisionInfo;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.Path;

/**
 * What {@code _encoders} says of the vision towers that made rows, a file per name: so that a
 * reader without this program, such as a model server, can prove that rows are of its checkpoint
 * and give them positions. A file is written once; what an older version wrote is replaced by what
 * has more fields, and nothing else changes it.
 *
 * <p>Towers that go by a name of version 0.1.0 have none: such a name says nothing that can be
 * proved.
 */
final class EncoderCards {

  private EncoderCards() {}

  /**
   * Writes what there is to say of a tower, unless the output has it already.
   *
   * @param encoder the name that the tower has in rows; nothing is written where that is not its
   *     own, for a cache that was begun by version 0.1.0 goes on under the names of that version
   */
  static void save(CacheFiles files, CacheLayout layout, VisionInfo vision, String encoder)
      throws IOException {
    if (vision.encoder().equals(encoder)) {
      save(files, layout, vision.encoder(), Json.bytes(card(vision)));
    }
  }

  /**
   * Takes over what another cache says of a tower, if it says anything.
   *
   * @param there of the other cache's file system
   */
  static void copy(
      CacheFiles files, CacheLayout layout, CacheFiles there, CacheLayout other, String encoder)
      throws IOException {
    Path card = other.encoderCard(encoder);
    if (!ModelKeys.isLegacy(encoder) && there.fileSystem().exists(card)) {
      save(files, layout, encoder, there.read(card));
    }
  }

  private static void save(CacheFiles files, CacheLayout layout, String encoder, byte[] card)
      throws IOException {
    Path path = layout.encoderCard(encoder);
    if (!files.fileSystem().exists(path)) {
      files.write(path, out -> out.write(card));
    } else if (isOlder(files, path, card)) {
      Path longer = new Path(path.getParent(), path.getName() + ".new");
      files.write(longer, out -> out.write(card));
      files.replace(longer, path); // readers find the one or the other
    }
  }

  /** Whether a card that is there is one of an older version: another has its fields and more. */
  private static boolean isOlder(CacheFiles files, Path path, byte[] card) throws IOException {
    try {
      Map<?, ?> old = Json.read(files.read(path), Map.class);
      Set<?> fields = Json.read(card, Map.class).keySet();
      return Objects.equals(old.get("schema"), EncoderCard.SCHEMA)
          && fields.containsAll(old.keySet())
          && fields.size() > old.size();
    } catch (JsonProcessingException | ChecksumException e) {
      return false; // readers say that it is damaged
    }
  }

  private static Map<String, Object> card(VisionInfo vision) {
    EncoderOrigin origin = vision.origin();
    Map<String, Object> card = new LinkedHashMap<>();
    card.put("schema", EncoderCard.SCHEMA);
    card.put("encoder", vision.encoder());
    card.put("family", origin.family());
    card.put("architecture", origin.architecture().orElse(null));
    card.put("dim", vision.dim());
    card.put("planes", vision.planes());
    card.put("layout", vision.layout().kind().label());
    card.put("axes", origin.axes());
    card.put("tokens_per_second", orNull(origin.tokensPerSecond()));
    card.put("merge_size", orNull(origin.mergeSize()));
    card.put("settings", origin.settings());
    card.put("tensors", origin.tensors());
    return card;
  }

  private static Integer orNull(OptionalInt value) {
    return value.isPresent() ? value.getAsInt() : null;
  }
}
