package io.tokenreel.video;

import io.tokenreel.spec.Spec;
import java.util.stream.IntStream;

/**
 * {@code llava_video:rate=1,max=64,force=false}: every {@code round(source rate / rate)}-th frame
 * from the first, Python's rounding of a half to the even number. Of more than {@code max}, or in
 * any case with {@code force=true}, {@code max} frames of the whole video are taken by {@link
 * UniformSampler}'s rule. Where the step would be 0, on which the reference fails, it is 1.
 *
 * <p>Source: LLaVA-NeXT, {@code load_video} of docs/LLaVA_Video_1003.md and
 * playground/demo/video_demo.py (whose {@code force_sample} is true), lmms-eval's
 * models/simple/llava_vid.py (false unless given). Their {@code fps} is {@code rate} here, their
 * {@code max_frames_num} {@code max}.
 *
 * @param rate frames per second, above 0 and at most 1000
 * @param max frames, 1 to {@value Samplers#MOST_FRAMES}
 * @param force whether {@code max} frames are taken of every video, repeated where it has fewer
 */
record LlavaVideoSampler(double rate, int max, boolean force) implements Sampler {

  static final String NAME = "llava_video";

  static LlavaVideoSampler of(Spec spec) {
    return new LlavaVideoSampler(
        Samplers.rate(spec, 1), Samplers.frames(spec, "max", 64), spec.flag("force"));
  }

  @Override
  public int maxFrames() {
    return max;
  }

  @Override
  public int[] choose(FrameTimes times) {
    int step = (int) Math.max(1, Math.rint(times.rate() / rate));
    int steps = (times.count() - 1) / step + 1;
    return force || steps > max
        ? UniformSampler.evenly(times.count(), max)
        : IntStream.range(0, steps).map(i -> i * step).toArray();
  }

  @Override
  public String toString() {
    return "%s:rate=%s,max=%d,force=%s".formatted(NAME, Spec.print(rate), max, force);
  }
}
