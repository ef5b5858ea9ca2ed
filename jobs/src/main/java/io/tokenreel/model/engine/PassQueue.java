package io.tokenreel.model.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Steps of videos that wait, and the passes that are made of them in their order. Thread-safe.
 *
 * <p>A pass that is not full is made only while nothing is computed: more steps may come until the
 * device is free.
 */
final class PassQueue {

  /** One step of a video. */
  record Step(VideoEncoding video, int step) {

    boolean isDone() {
      return video.result().isDone();
    }
  }

  /**
   * Steps of one frame size.
   *
   * @param size how many steps are computed with them, at least theirs
   */
  record Pass(List<Step> steps, int size) {}

  private final Deque<Step> waiting = new ArrayDeque<>();
  private final Set<Pass> computing = Collections.newSetFromMap(new IdentityHashMap<>());
  private final BatchSize size;
  private boolean closed;

  /**
   * @param size of passes, at least 1
   */
  PassQueue(int size) {
    this.size = new BatchSize(size);
  }

  /** Appends a video's steps, and says whether the queue is still open. */
  synchronized boolean add(VideoEncoding video) {
    if (closed) {
      return false;
    }
    for (int step = 0; step < video.steps(); step++) {
      waiting.add(new Step(video, step));
    }
    notifyAll();
    return true;
  }

  /**
   * Waits for the next pass, which is computed from now on; none once the queue is closed.
   *
   * <p>Videos become done without this queue's lock. A video that was worth a pass may be done by
   * the time the pass is filled; then the wait goes on.
   *
   * @return a pass of at least one step
   */
  synchronized Optional<Pass> next() {
    while (awaitReady()) {
      List<Step> steps = take();
      if (!steps.isEmpty()) {
        Pass pass = new Pass(steps, sizeFor(steps));
        computing.add(pass);
        return Optional.of(pass);
      }
    }
    return Optional.empty();
  }

  /** Waits until a pass may be made; false once the queue is closed. */
  private boolean awaitReady() {
    while (!closed && !isReady()) {
      try {
        wait();
      } catch (InterruptedException e) {
        // nobody who may interrupt the threads that call this knows them
        throw new IllegalStateException(e);
      }
    }
    return !closed;
  }

  /** Takes steps for a pass out of those that wait, and drops those of videos that are done. */
  private List<Step> take() {
    List<Step> steps = new ArrayList<>();
    while (!isFull(steps) && !waiting.isEmpty() && joins(steps, waiting.element())) {
      Step step = waiting.remove();
      if (!step.isDone()) {
        steps.add(step);
      }
    }
    return steps;
  }

  /** How many steps are computed together with these: as many for every pass of a frame size. */
  private int sizeFor(List<Step> steps) {
    return Math.min(size.value(), steps.get(0).video().mostSteps());
  }

  private boolean isFull(List<Step> steps) {
    return !steps.isEmpty() && steps.size() >= sizeFor(steps);
  }

  /** Whether a pass is full, or nothing can join it any more, or nothing is worth waiting for. */
  private boolean isReady() {
    List<Step> steps = new ArrayList<>();
    for (Step step : waiting) {
      if (!joins(steps, step)) {
        return true;
      }
      if (!step.isDone()) {
        steps.add(step);
      }
      if (isFull(steps)) {
        return true;
      }
    }
    return !steps.isEmpty() && computing.isEmpty();
  }

  private static boolean joins(List<Step> steps, Step step) {
    return steps.isEmpty()
        || step.isDone()
        || steps.get(0).video().size().equals(step.video().size());
  }

  /** The device is done with a pass; a second call does nothing. */
  synchronized void computed(Pass pass) {
    if (computing.remove(pass)) {
      notifyAll();
    }
  }

  /**
   * The size of passes to try instead of one that did not fit: half of it from now on, the first
   * time.
   *
   * @return empty where passes were halved before and do not fit all the same, or cannot be
   */
  synchronized OptionalInt smallerThan(int failed) {
    OptionalInt smaller = size.smallerThan(failed);
    notifyAll(); // what waits may be enough for a pass now
    return smaller;
  }

  /** Ends {@link #next}, and gives up what waits. */
  synchronized void close() {
    closed = true;
    waiting.forEach(step -> step.video().result().cancel(false));
    notifyAll();
  }
}
