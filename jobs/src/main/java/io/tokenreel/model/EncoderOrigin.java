package io.tokenreel.model;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a tower's tokens come from, and what those who read them elsewhere must know of the model.
 * With the settings and the tensors' names anybody who has the checkpoint can compute the revision,
 * {@link io.tokenreel.model.checkpoint.Revision#of}, and so prove that tokens are of it.
 *
 * @param family readable name of the model's family
 * @param architecture as config.json names it; empty for an encoder that is no checkpoint
 * @param axes of the positions of the language model's rows, 1 or 3
 * @param tokensPerSecond how fast the time axis of positions runs; empty where it counts steps, or
 *     there is none
 * @param mergeSize how many patches of one plane a side of a token covers; empty where tokens are
 *     not merged patches
 * @param settings canonical text of the settings that the revision covers
 * @param tensors canonical names of the tensors that the revision covers, sorted; none where it
 *     covers a file's bytes
 */
public record EncoderOrigin(
    String family,
    Optional<String> architecture,
    int axes,
    OptionalInt tokensPerSecond,
    OptionalInt mergeSize,
    String settings,
    List<String> tensors) {

  public EncoderOrigin {
    Objects.requireNonNull(family, "family");
    Objects.requireNonNull(settings, "settings");
    tensors = List.copyOf(tensors);
  }

  /** Of an encoder that is no checkpoint. */
  public static EncoderOrigin ofFile(String family, String settings) {
    return new EncoderOrigin(
        family, Optional.empty(), 1, OptionalInt.empty(), OptionalInt.empty(), settings, List.of());
  }
}
