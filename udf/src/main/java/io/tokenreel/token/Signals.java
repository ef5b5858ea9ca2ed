package io.tokenreel.token;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a method may need of a video beside its tokens, by name: quantities that the encoder has on
 * its way, such as {@code attn_received}, the attention that a token received.
 *
 * <p>They are handed over in Java. No encoder gives any yet, so no column has them; their place in
 * a block's struct is a field {@code signals: map<string, binary>}, to be added with the first one
 * that does.
 */
public final class Signals {

  private static final Signals NONE = new Signals(new TreeMap<>());

  private final Map<String, Signal> byName;

  private Signals(TreeMap<String, Signal> byName) {
    this.byName = Collections.unmodifiableMap(byName);
  }

  /** No signals. */
  public static Signals none() {
    return NONE;
  }

  /**
   * Signals of a video.
   *
   * @param shape of the video's tokens
   * @throws IllegalArgumentException when a signal has another number of values than the shape asks
   *     for, or holds a NaN or an infinity; the message names the signal, and the token or frame
   */
  public static Signals of(TokenShape shape, Map<String, Signal> byName) {
    byName.forEach((name, signal) -> signal.require(name, shape));
    return new Signals(new TreeMap<>(byName));
  }

  /** Names of all, sorted. */
  public Set<String> names() {
    return byName.keySet();
  }

  /**
   * A signal.
   *
   * @throws IllegalArgumentException when it is not there; the message lists those that are
   */
  public Signal signal(String name) {
    Signal signal = byName.get(name);
    if (signal == null) {
      throw new IllegalArgumentException(
          "no signal '%s' was given; there are %s".formatted(name, names()));
    }
    return signal;
  }

  /**
   * A signal that is one number for each token.
   *
   * @return {@code [frames][tokensPerFrame]}, row-major; shared, not to be written to
   * @throws IllegalArgumentException when it is not there, or is of another form
   */
  public float[] perToken(String name) {
    Signal signal = signal(name);
    if (signal.per() != Signal.Per.TOKEN || signal.width() != 1) {
      throw new IllegalArgumentException(
          "signal '%s' must be one number per token; got %d per %s"
              .formatted(name, signal.width(), signal.per().word()));
    }
    return signal.values();
  }
}
