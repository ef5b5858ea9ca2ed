package io.tokenreel.eval.result;

import com.fasterxml.jackson.annotation.JsonIgnore;

/**
 * What a sweep varies: all that an answer depends on beside its question and the task's way to ask
 * and to read.
 *
 * @param model the language model, family@revision
 * @param sampling the frame sampling spec, canonical
 * @param compression the compression spec, canonical
 * @param kv the KV cache spec, canonical
 */
public record Cell(String model, String sampling, String compression, String kv) {

  /** The compression of the baseline. */
  public static final String ALL_TOKENS = "none";

  /** The KV cache of the baseline. */
  public static final String ALL_KEYS = "full";

  /** The cell that others are set against: all tokens, all keys and values. */
  public Cell baseline() {
    return new Cell(model, sampling, ALL_TOKENS, ALL_KEYS);
  }

  /** Whether others are set against this one. */
  @JsonIgnore // a question, not a component
  public boolean isBaseline() {
    return equals(baseline());
  }
}
