package io.tokenreel.video.ffmpeg;

import io.tokenreel.video.FrameTimes;
import io.tokenreel.video.Sampler;
import java.util.HashMap;
import java.util.Map;

/**
 * The frames that a sampler wants, and the places that each fills in the answer.
 *
 * @param slots how many places there are
 * @param places by the frame's key: its first place and how many
 */
record Choice(int slots, Map<Integer, Place> places) {

  /**
   * @param first of the places in a row that one frame fills
   */
  record Place(int first, int count, long ptsMicros) {}

  /**
   * @param keys {@code [frames]}, what the caller knows each frame by, in presentation order
   */
  static Choice of(Sampler sampler, FrameTimes times, int[] keys) {
    int[] chosen = sampler.choose(times);
    Map<Integer, Place> places = new HashMap<>();
    for (int slot = 0; slot < chosen.length; slot++) {
      int frame = chosen[slot];
      int at = slot;
      places.compute(
          keys[frame],
          (key, place) ->
              place == null
                  ? new Place(at, 1, times.ptsMicros()[frame])
                  : new Place(place.first(), place.count() + 1, place.ptsMicros()));
    }
    return new Choice(chosen.length, places);
  }
}
