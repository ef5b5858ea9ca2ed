package io.tokenreel.model.decoder;

import io.tokenreel.model.checkpoint.CheckpointFolder;
import io.tokenreel.model.safetensors.SafetensorsFile;
import io.tokenreel.testing.Fixtures;
import io.tokenreel.testing.GoldenTensors;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.hadoop.conf.Configuration;

/** The tiny checkpoint's language side with what Transformers computes from it. */
final class GoldenLanguage {

  static final Path FOLDER = Fixtures.LLAVA_ONEVISION;
  static final int HIDDEN = 64;
  static final List<String> SETTINGS =
      List.of("none", "vidcom2:retention=0.25", "vidcom2:retention=0.5", "dycoke:prune=0.7");

  private static final GoldenTensors EXPECTED = GoldenTensors.of(FOLDER);

  private GoldenLanguage() {}

  static CheckpointFolder folder() {
    return CheckpointFolder.open(FOLDER.toString(), new Configuration());
  }

  static float[] floats(String name) {
    return EXPECTED.floats(name);
  }

  static long[] longs(String name) {
    return EXPECTED.longs(name);
  }

  static String text(String name) {
    return EXPECTED.text(name);
  }

  /** What a cache of the setting holds: the kept tokens, then the newline row. */
  static float[] visual(String setting) {
    float[] pooled = floats("pooled");
    long[] keep =
        setting.equals("none")
            ? LongStream.range(0, pooled.length / HIDDEN).toArray()
            : longs(setting + ".keep");
    float[] visual = new float[(keep.length + 1) * HIDDEN];
    for (int i = 0; i < keep.length; i++) {
      System.arraycopy(pooled, (int) keep[i] * HIDDEN, visual, i * HIDDEN, HIDDEN);
    }
    float[] newline =
        SafetensorsFile.open(Fixtures.LLAVA_ONEVISION_VISION).tensor("image_newline").floats();
    System.arraycopy(newline, 0, visual, keep.length * HIDDEN, HIDDEN);
    return visual;
  }
}
