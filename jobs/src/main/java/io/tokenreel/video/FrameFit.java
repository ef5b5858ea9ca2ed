package io.tokenreel.video;

import io.tokenreel.spec.MethodInfo;
import java.io.Serializable;
import java.util.List;

/**
 * How frames are sized for a model, as one text that travels to the decoder process: {@code
 * fixed:384x384} (height and width), {@code smart:factor=28,min=3136,max=12845056}. A video's size
 * is chosen where its first frame is decoded; nothing before needs to know it.
 */
public sealed interface FrameFit extends Serializable permits FixedFit, SmartFit {

  /**
   * Parses a fit.
   *
   * @throws IllegalArgumentException for another form, or an unknown name, key or value; the
   *     message says what is allowed
   */
  static FrameFit parse(String text) {
    return FrameFits.parse(text);
  }

  /** All that {@link #parse} knows, with their settings. */
  static List<MethodInfo> infos() {
    return FrameFits.infos();
  }

  /**
   * The size of a video's frames.
   *
   * @param source of its frames as they are seen, upright
   * @param frames how many are taken
   * @throws IllegalArgumentException when a source of this shape cannot be fitted
   */
  FrameSize size(FrameSize source, int frames);

  /** No frame that {@link #size} gives has more pixels, whatever the source. */
  long mostPixels(int frames);

  /** How pixels are resized. */
  Resampling resampling();
}
