package io.tokenreel.model.family.llava;

import io.tokenreel.model.SourceTimes;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The sentences in LLaVA-Video's prompts on when a video's frames are shown: {@code
 * time_instruciton} of LLaVA-NeXT's docs/LLaVA_Video_1003.md and {@code load_video} there.
 */
final class TimeInstruction {

  private static final int DECIMALS = 2;

  private TimeInstruction() {}

  /** The sentences, without a line's end. */
  static String of(SourceTimes times) {
    int frames = times.index().length;
    String located =
        IntStream.range(0, frames)
            .mapToObj(frame -> SourceTimes.print(seconds(times, frame), DECIMALS) + "s")
            .collect(Collectors.joining(","));
    return "The video lasts for %s seconds, and %d frames are uniformly sampled from it. These frames are located at %s.Please answer the following questions related to this video."
        .formatted(SourceTimes.print(times.seconds(), DECIMALS), frames, located);
  }

  /** One frame a second is written in whole seconds, though the frames are a whole number apart. */
  private static double seconds(SourceTimes times, int frame) {
    int step = (int) Math.rint(times.source().rate());
    return isOneASecond(times, step) ? (double) times.index()[frame] / step : times.seconds(frame);
  }

  private static boolean isOneASecond(SourceTimes times, int step) {
    int[] index = times.index();
    return step > 0
        && index.length == (times.source().frames() + step - 1) / step
        && IntStream.range(0, index.length).allMatch(i -> index[i] == i * step);
  }
}
