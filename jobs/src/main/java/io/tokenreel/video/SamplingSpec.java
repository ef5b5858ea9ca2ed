package io.tokenreel.video;

import java.io.Serializable;
import java.util.Objects;

/**
 * A sampling setting as one string, {@code name[:key=value[,key=value]*]}: {@code
 * uniform:frames=32}, {@code fps:rate=1,max=64}, {@code keyframes:max=32}, {@code
 * qwen:rule=utils,rate=2,min=4,max=768}, {@code llava_video:rate=1,max=64,force=false}. Keys left
 * out have their defaults, and {@link #toString} prints them all: the canonical form, which is part
 * of every cache key.
 *
 * @param sampler the checked setting
 */
public record SamplingSpec(Sampler sampler) implements Serializable {

  public SamplingSpec {
    Objects.requireNonNull(sampler, "sampler");
  }

  /**
   * Parses and checks a spec.
   *
   * @throws IllegalArgumentException for another form, or an unknown sampler, key or value; the
   *     message says what is allowed
   */
  public static SamplingSpec parse(String text) {
    return new SamplingSpec(Samplers.parse(text));
  }

  @Override
  public String toString() {
    return sampler.toString();
  }
}
