package io.tokenreel.model.family.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.tokenreel.model.checkpoint.Settings;
import java.util.ArrayList;
import java.util.List;

/** Which of a model's outputs holds the tokens. */
sealed interface OutputChoice {

  /** Its key among the settings. */
  String KEY = "output";

  /**
   * The chosen output.
   *
   * @param outputs of a pass, in the model's order, with the names that it gives them, if any
   * @throws IllegalArgumentException when there is no such one; the message lists what there is
   */
  NDArray of(NDList outputs);

  /** What the settings say: a name, a place from 0 on, or nothing for a model with one output. */
  static OutputChoice of(Settings settings) {
    if (!settings.has(KEY)) {
      return new Only();
    }
    return settings.isText(KEY)
        ? new Named(settings.text(KEY))
        : new Placed(settings.integer(KEY, 0, 0));
  }

  /** The one output of a model that has no other. */
  record Only() implements OutputChoice {

    @Override
    public NDArray of(NDList outputs) {
      if (outputs.size() != 1) {
        throw unclear("several outputs, and tokenreel.yaml must say which", outputs);
      }
      return outputs.head();
    }

    @Override
    public String toString() {
      return "the only output";
    }
  }

  /** An output by its name. */
  record Named(String name) implements OutputChoice {

    @Override
    public NDArray of(NDList outputs) {
      return outputs.stream()
          .filter(output -> name.equals(output.getName()))
          .findFirst()
          .orElseThrow(() -> unclear("no " + this, outputs));
    }

    @Override
    public String toString() {
      return "output '%s'".formatted(name);
    }
  }

  /** An output by its place. */
  record Placed(int place) implements OutputChoice {

    @Override
    public NDArray of(NDList outputs) {
      if (place >= outputs.size()) {
        throw unclear("no " + this, outputs);
      }
      return outputs.get(place);
    }

    @Override
    public String toString() {
      return "output " + place;
    }
  }

  private static IllegalArgumentException unclear(String problem, NDList outputs) {
    List<String> found = new ArrayList<>();
    for (NDArray output : outputs) {
      String name = output.getName();
      found.add((name == null ? found.size() : name) + " " + output.getShape());
    }
    return new IllegalArgumentException(
        "the model has %s; set output to a name or a number from 0 on of %s"
            .formatted(problem, found));
  }
}
