package io.tokenreel.video.ffmpeg;

import io.tokenreel.video.FrameTimes;
import io.tokenreel.video.Reason;
import io.tokenreel.video.Sampler;
import io.tokenreel.video.SourceInfo;
import java.util.HashMap;
import java.util.Map;

/**
 * The frames that a sampler wants, and the places that each fills in the answer.
 *
 * @param slots how many places there are
 * @param source what the sampler chose from
 * @param places by the frame's key: its first place and how many
 */
record Choice(int slots, SourceInfo source, Map<Integer, Place> places) {

  /**
   * @param first of the {@code count} places in a row that one frame fills
   * @param frameIndex which of the source's frames it is
   * @param ptsMicros when it is presented, in microseconds from the source's first frame
   */
  record Place(int first, int count, int frameIndex, long ptsMicros) {}

  /**
   * @param keys {@code [frames]}, what the caller knows each frame by, in presentation order
   * @throws DecodeFailure if the sampler wants none of the frames that there are
   */
  static Choice of(Sampler sampler, FrameTimes times, int[] keys) throws DecodeFailure {
    int[] chosen = sampler.choose(times);
    if (chosen.length == 0 && times.count() > 0) {
      throw new DecodeFailure(
          Reason.NO_FRAMES,
          "%s takes none of %d frames, as where an edit list hides the only keyframe; sample with uniform: or fps:"
              .formatted(sampler, times.count()));
    }
    Map<Integer, Place> places = new HashMap<>();
    for (int slot = 0; slot < chosen.length; slot++) {
      int frame = chosen[slot];
      int at = slot;
      places.compute(
          keys[frame],
          (key, place) ->
              place == null
                  ? new Place(at, 1, frame, times.ptsMicros()[frame])
                  : new Place(place.first(), place.count() + 1, frame, place.ptsMicros()));
    }
    return new Choice(chosen.length, times.source(), places);
  }
}
