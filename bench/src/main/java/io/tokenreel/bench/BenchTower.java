package io.tokenreel.bench;

import io.tokenreel.model.family.llava.SeededCheckpoint;
import io.tokenreel.model.family.qwenvl.SeededQwenVision;
import io.tokenreel.spec.UnknownWord;
import io.tokenreel.video.FrameSize;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** A vision tower of published widths with seeded weights. */
enum BenchTower {
  /** LLaVA-OneVision's and LLaVA-Video's. */
  SO400M(new FrameSize(384, 384)) {
    @Override
    void write(Path folder, int layers) throws IOException {
      SeededCheckpoint.so400m(layers).write(folder);
    }

    @Override
    double operations(int layers, int frames) {
      return SeededCheckpoint.so400m(layers).operations() * frames;
    }
  },

  /** Qwen2.5-VL-7B's. */
  QWEN2_5_VL(new FrameSize(448, 448)) {
    @Override
    void write(Path folder, int layers) throws IOException {
      SeededQwenVision.sevenBillion(layers).write(folder);
    }

    @Override
    double operations(int layers, int frames) {
      return SeededQwenVision.sevenBillion(layers).operations(frames, size());
    }
  };

  private final FrameSize size;

  BenchTower(FrameSize size) {
    this.size = size;
  }

  /**
   * The tower of a name.
   *
   * @throws IllegalArgumentException for an unknown one
   */
  static BenchTower of(String name) {
    return UnknownWord.find("tower", name, List.of(values()), BenchTower::toString);
  }

  /** Of the frames. */
  FrameSize size() {
    return size;
  }

  /** Writes a checkpoint without a language model. */
  abstract void write(Path folder, int layers) throws IOException;

  /** Floating-point operations of the matrix products that frames take. */
  abstract double operations(int layers, int frames);

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
