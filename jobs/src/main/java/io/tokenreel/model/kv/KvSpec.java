package io.tokenreel.model.kv;

import io.tokenreel.spec.MethodInfo;
import java.util.List;

/**
 * How keys and values are kept while a sequence is decoded: {@code full}, or DyCoke's dynamic
 * pruning. The canonical text is part of every answer's key.
 */
public interface KvSpec {

  /** Every layer sees every token. */
  KvSpec FULL = new FullKv();

  /**
   * Parses a spec.
   *
   * @throws IllegalArgumentException for another form, or an unknown name, key or value; the
   *     message says what is allowed
   */
  static KvSpec parse(String text) {
    return KvSpecs.parse(text);
  }

  /** All that {@link #parse} knows, with their settings, by name. */
  static List<MethodInfo> infos() {
    return KvSpecs.infos();
  }

  /**
   * Checks that the spec suits a model.
   *
   * @param layers of the model's decoder
   * @throws IllegalArgumentException when it does not; the message says what is allowed
   */
  void requireLayers(int layers);
}
