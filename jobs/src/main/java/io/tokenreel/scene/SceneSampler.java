package io.tokenreel.scene;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Draws scenes. Each has one to four objects: one moves across a good part of the frame, for long
 * enough that its way shows in the sampled frames; each of the others is brief, moves too, or
 * stands still for a while.
 *
 * <p>A draw that breaks a rule (two objects that appear on the same sampled frame, too many at a
 * time, two too near to each other) is thrown away whole and drawn again from the same stream.
 */
final class SceneSampler {

  static final int MOST_OBJECTS = 4;

  private static final int MOST_AT_A_TIME = 3;
  private static final int MARGIN = 2; // pixels from an object to the frame's edge
  private static final int GAP = 20; // pixels from an object to another one
  private static final double BRIEF = 0.55; // share of the other objects
  private static final double MOVING = 0.25;

  private final SceneClock clock;
  private final SplittableRandom random;

  private SceneSampler(SceneClock clock, SplittableRandom random) {
    this.clock = clock;
    this.random = random;
  }

  /** The scene of a seed, the same on every machine. */
  static Scene sample(long seed, SceneClock clock) {
    SceneSampler sampler = new SceneSampler(clock, new SplittableRandom(seed));
    int count = 1 + sampler.random.nextInt(MOST_OBJECTS);
    List<SceneObject> objects = sampler.objects(count);
    while (!allowed(objects, clock)) {
      objects = sampler.objects(count);
    }
    return new Scene(seed, clock, objects, sampler.backdrop());
  }

  private List<SceneObject> objects(int count) {
    List<SceneColour> colours = Draws.shuffled(List.of(SceneColour.values()), random);
    List<SceneShape> shapes = Draws.shuffled(List.of(SceneShape.values()), random);
    List<SceneObject> objects = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      objects.add(object(colours.get(i), shapes.get(i), i == 0));
    }
    objects.sort(Comparator.comparingInt(SceneObject::firstSample));
    return objects;
  }

  private SceneObject object(SceneColour colour, SceneShape shape, boolean first) {
    double role = random.nextDouble();
    boolean brief = !first && role < BRIEF;
    boolean moving = first || (!brief && role < BRIEF + MOVING);
    int samples = samples(brief, moving);
    int firstSample = random.nextInt(clock.samples() - samples + 1);
    int lastSample = firstSample + samples - 1;
    int firstFrame = Math.max(0, clock.frameOf(firstSample) - random.nextInt(SceneClock.STEP));
    int lastFrame =
        Math.min(clock.frames() - 1, clock.frameOf(lastSample) + random.nextInt(SceneClock.STEP));
    int size = random.nextBoolean() ? random.nextInt(30, 37) : random.nextInt(42, 57);
    SceneMotion motion = moving ? Draws.one(SceneMotion.WAYS, random) : SceneMotion.STILL;
    double speed = moving ? speed(motion, samples, lastFrame - firstFrame, size) : 0;
    double path = speed * (lastFrame - firstFrame);
    return new SceneObject(
        colour,
        shape,
        motion,
        size,
        firstSample,
        lastSample,
        firstFrame,
        lastFrame,
        start(Scene.WIDTH, size, path * motion.x()),
        start(Scene.HEIGHT, size, path * motion.y()),
        speed);
  }

  /** Sampled frames that an object is on: for 16, brief is 1 or 2, moving 6 to 10, still 3 to 8. */
  private int samples(boolean brief, boolean moving) {
    int all = clock.samples();
    if (brief) {
      return all < 8 ? 1 : random.nextInt(1, 3);
    }
    return moving
        ? random.nextInt(Math.max(3, all * 3 / 8), Math.max(3, all * 5 / 8) + 1)
        : random.nextInt(Math.max(1, all / 5), all / 2 + 1);
  }

  /**
   * Pixels per frame, so that from the first to the last sampled frame an object crosses 36% of the
   * frame or more, and stays inside.
   */
  private double speed(SceneMotion motion, int samples, int frames, int size) {
    double reach = motion.x() != 0 ? Scene.WIDTH : Scene.HEIGHT;
    double wanted = reach * random.nextDouble(0.36, 0.6) / (SceneClock.STEP * (samples - 1));
    double most = (reach - size - 2 * MARGIN) / frames;
    return Math.min(wanted, most);
  }

  /** Where a centre starts along one axis, so that all of its path lies inside the frame. */
  private double start(int reach, int size, double path) {
    double low = MARGIN + size / 2.0 - Math.min(0, path);
    double high = reach - MARGIN - size / 2.0 - Math.max(0, path);
    return low + random.nextDouble() * Math.max(0, high - low);
  }

  private static boolean allowed(List<SceneObject> objects, SceneClock clock) {
    for (int i = 1; i < objects.size(); i++) {
      if (objects.get(i).firstSample() == objects.get(i - 1).firstSample()) {
        return false;
      }
    }
    for (int frame = 0; frame < clock.frames(); frame++) {
      int now = frame;
      List<SceneObject> visible = objects.stream().filter(o -> o.visible(now)).toList();
      if (visible.size() > MOST_AT_A_TIME || tooNear(visible, frame)) {
        return false;
      }
    }
    return true;
  }

  private static boolean tooNear(List<SceneObject> visible, int frame) {
    for (int i = 0; i < visible.size(); i++) {
      for (int j = 0; j < i; j++) {
        SceneObject one = visible.get(i);
        SceneObject other = visible.get(j);
        double least = (one.size() + other.size()) / 2.0 + GAP;
        if (Math.abs(one.x(frame) - other.x(frame)) < least
            && Math.abs(one.y(frame) - other.y(frame)) < least) {
          return true;
        }
      }
    }
    return false;
  }

  private Backdrop backdrop() {
    int level = random.nextInt(60, 150);
    List<Backdrop.Mark> marks = new ArrayList<>();
    int count = random.nextInt(7);
    for (int i = 0; i < count; i++) {
      int contrast = random.nextInt(25, 60) * (random.nextBoolean() ? 1 : -1);
      marks.add(
          new Backdrop.Mark(
              Draws.one(List.of(SceneShape.values()), random),
              random.nextInt(Scene.WIDTH),
              random.nextInt(Scene.HEIGHT),
              random.nextInt(8, 44),
              random.nextInt(8, 44),
              Math.max(20, level + contrast)));
    }
    return new Backdrop(
        level,
        random.nextInt(-12, 13),
        random.nextBoolean() ? 0 : random.nextDouble(4, 14),
        random.nextDouble(0.5, 6),
        random.nextDouble(0.5, 6),
        random.nextInt(7),
        marks);
  }
}
