package io.tokenreel.model.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tokenreel.model.safetensors.SafetensorsDtype;
import io.tokenreel.model.safetensors.SafetensorsFile;
import io.tokenreel.model.safetensors.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/**
 * Some of a checkpoint's tensors under canonical names, wherever they lie: in {@code
 * model.safetensors} or in the shards that {@code model.safetensors.index.json} lists. Shards that
 * hold none of them are neither opened nor copied.
 */
public final class CheckpointTensors {

  private static final String SINGLE = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";

  private static final Set<SafetensorsDtype> WEIGHTS =
      EnumSet.of(SafetensorsDtype.F32, SafetensorsDtype.F16, SafetensorsDtype.BF16);

  private final String uri;
  private final Map<String, Location> locations;

  /** A tensor by its stored name. */
  private record Location(SafetensorsFile file, String stored) {}

  private CheckpointTensors(String uri, Map<String, Location> locations) {
    this.uri = uri;
    this.locations = locations;
  }

  /**
   * Opens the files that hold the tensors.
   *
   * @param canonical from a stored name to the canonical one, or to null for a tensor that is of no
   *     interest
   * @throws IllegalArgumentException when a file is missing or malformed, or two stored names have
   *     one canonical name
   */
  public static CheckpointTensors open(CheckpointFolder folder, UnaryOperator<String> canonical) {
    Map<String, Location> locations = new LinkedHashMap<>();
    for (String name : files(folder, canonical)) {
      SafetensorsFile file = SafetensorsFile.open(folder.local(name));
      for (String stored : file.names()) {
        String key = canonical.apply(stored);
        Location twin = key == null ? null : locations.put(key, new Location(file, stored));
        if (twin != null) {
          throw new IllegalArgumentException(
              "model '%s' holds '%s' and '%s', which are one tensor; expected each once"
                  .formatted(folder.uri(), twin.stored(), stored));
        }
      }
    }
    return new CheckpointTensors(folder.uri(), locations);
  }

  /** The tensor of a canonical name, if the checkpoint holds it. */
  public Optional<Tensor> tensor(String canonicalName) {
    return Optional.ofNullable(locations.get(canonicalName))
        .map(location -> location.file().tensor(location.stored()));
  }

  /**
   * The weights of these names, each there, of its shape and of a type that weights have.
   *
   * @param expected canonical name to shape
   * @throws IllegalArgumentException naming the first that is missing or other than expected
   */
  public TreeMap<String, Tensor> weights(Map<String, List<Long>> expected) {
    TreeMap<String, Tensor> weights = new TreeMap<>();
    expected.forEach(
        (name, shape) -> {
          Tensor tensor = tensor(name).orElseThrow(() -> missing(name, shape));
          if (Quantization.TYPES.contains(tensor.dtype())) {
            throw new IllegalArgumentException(Quantization.fault(uri, name, tensor.dtype()));
          }
          if (!tensor.shape().equals(shape) || !WEIGHTS.contains(tensor.dtype())) {
            throw new IllegalArgumentException(
                "tensor '%s' of model '%s' must be of shape %s and one of %s; found shape %s, %s"
                    .formatted(name, uri, shape, WEIGHTS, tensor.shape(), tensor.dtype()));
          }
          weights.put(name, tensor);
        });
    return weights;
  }

  /** GPTQ and AWQ store integers under another name. */
  private IllegalArgumentException missing(String name, List<Long> shape) {
    String packed = name.replaceAll("\\bweight$", "qweight");
    Optional<Tensor> quantised = packed.equals(name) ? Optional.empty() : tensor(packed);
    if (quantised.isPresent()) {
      return new IllegalArgumentException(Quantization.fault(uri, packed, quantised.get().dtype()));
    }
    return new IllegalArgumentException(
        "model '%s' lacks the tensor '%s' of shape %s; it holds %d others of this side"
            .formatted(uri, name, shape, locations.size()));
  }

  private static Set<String> files(CheckpointFolder folder, UnaryOperator<String> canonical) {
    if (folder.has(SINGLE)) {
      return Set.of(SINGLE); // as from_pretrained does, whatever an index beside it says
    }
    if (!folder.has(INDEX)) {
      throw new IllegalArgumentException(CheckpointFaults.noWeights(folder.uri(), folder.files()));
    }
    Set<String> shards = new TreeSet<>();
    try {
      JsonNode map = new ObjectMapper().readTree(folder.local(INDEX).toFile()).path("weight_map");
      map.fields()
          .forEachRemaining(
              entry -> {
                if (canonical.apply(entry.getKey()) != null) {
                  shards.add(entry.getValue().asText());
                }
              });
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read %s of %s".formatted(INDEX, folder.uri()), e);
    }
    return shards;
  }
}
