package io.tokenreel.model;

import io.tokenreel.model.checkpoint.FolderLayout;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What is supported of a family of models.
 *
 * @param architecture as config.json names it; {@link #EXPORTED} for exported encoders
 * @param meaning what the models are made of, in a sentence
 * @param uses what commands can do with them: encode, answer
 * @param storedTypes element types of the weights in the checkpoint's files
 * @param computeType what matrices may be multiplied in
 * @param devices that it runs on
 * @param options keys that a user may set with the model's name, sorted
 */
public record FamilyInfo(
    String architecture,
    String meaning,
    List<String> uses,
    List<String> storedTypes,
    String computeType,
    List<String> devices,
    List<String> options) {

  /** The architecture of exported encoders, as a model is named. */
  public static final String EXPORTED = FolderLayout.EXPORTED_PREFIX + "FOLDER";

  /**
   * A family of checkpoints that encode and answer.
   *
   * @param options keys that a user may set with the model's name
   */
  public static FamilyInfo ofCheckpoints(String architecture, String meaning, Set<String> options) {
    return new FamilyInfo(
        architecture,
        meaning,
        List.of("encode", "answer"),
        List.of("F32", "F16", "BF16"),
        "f32, bf16, f16",
        List.of("cpu", "cuda"),
        Stream.concat(options.stream(), Stream.of(ComputeType.OPTION)).sorted().toList());
  }

  public FamilyInfo {
    uses = List.copyOf(uses);
    storedTypes = List.copyOf(storedTypes);
    devices = List.copyOf(devices);
    options = List.copyOf(options);
  }
}
