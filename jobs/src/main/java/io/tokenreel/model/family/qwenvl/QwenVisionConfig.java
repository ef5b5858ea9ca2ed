package io.tokenreel.model.family.qwenvl;

import io.tokenreel.model.checkpoint.CheckpointFolder;
import io.tokenreel.model.checkpoint.Settings;
import java.util.Arrays;
import java.util.List;

/**
 * The settings of a vision tower, {@code vision_config} of config.json. Fields that a published
 * config leaves out mean what Transformers' configuration of the family means by that.
 *
 * @param kind the family
 * @param patch height and width of a patch in pixels
 * @param merge patches along a side of a token
 * @param hidden channels of a patch's state
 * @param intermediate channels inside an MLP
 * @param layers layers of the tower
 * @param heads attention heads
 * @param out channels of a token
 * @param theta base of the rotary frequencies
 * @param window tokens along a side of a window; 0 where every layer looks at a whole step
 * @param wholeLayers where there are windows: the layers that look at a whole step all the same
 * @param positionSide rows and columns of the table of learned positions; 0 without
 * @param deepstack the layers, ascending, whose output becomes another plane of features
 * @param tokensPerSecond how fast the time axis of positions runs; 0 where it counts steps
 */
public record QwenVisionConfig(
    QwenVlKind kind,
    int patch,
    int merge,
    int hidden,
    int intermediate,
    int layers,
    int heads,
    int out,
    double theta,
    int window,
    List<Integer> wholeLayers,
    int positionSide,
    List<Integer> deepstack,
    int tokensPerSecond) {

  /** Frames of a step; the only temporal_patch_size that is computed. */
  public static final int STEP_FRAMES = 2;

  /** Of every norm; no setting changes it. */
  static final double EPSILON = 1e-6;

  /** Half of a head's channels have frequencies, half of these a row's: it takes four for one. */
  private static final int HEAD_MULTIPLE = 4;

  public QwenVisionConfig {
    wholeLayers = List.copyOf(wholeLayers);
    deepstack = List.copyOf(deepstack);
    if (hidden % heads != 0 || hidden / heads % HEAD_MULTIPLE != 0) {
      throw new IllegalArgumentException(
          "vision_config: the width must be a multiple of num_heads, and a head of %d channels; got %d and %d"
              .formatted(HEAD_MULTIPLE, hidden, heads));
    }
    for (int i = 0; i < deepstack.size(); i++) {
      if (deepstack.get(i) >= layers || (i > 0 && deepstack.get(i) <= deepstack.get(i - 1))) {
        throw new IllegalArgumentException(
            "vision_config: deepstack_visual_indexes must be ascending layers below depth %d; got %s"
                .formatted(layers, deepstack));
      }
    }
  }

  /**
   * Reads the settings.
   *
   * @throws IllegalArgumentException for one that is malformed or that the tower does not compute;
   *     the message names it
   */
  public static QwenVisionConfig read(QwenVlKind kind, CheckpointFolder folder) {
    return of(kind, Settings.read(folder, "config.json").section("vision_config"));
  }

  private static QwenVisionConfig of(QwenVlKind kind, Settings vision) {
    require(kind, vision);
    int patch = vision.integer("patch_size", kind.usualPatch(), 1);
    int merge = vision.integer("spatial_merge_size", 2, 1);
    double theta = vision.section("rope_parameters").positive("rope_theta", 10_000);
    return switch (kind) {
      case QWEN2_VL -> {
        int hidden = vision.integer("embed_dim", 1280, 1);
        yield new QwenVisionConfig(
            kind,
            patch,
            merge,
            hidden,
            Math.multiplyExact(hidden, vision.integer("mlp_ratio", 4, 1)),
            vision.integer("depth", 32, 1),
            vision.integer("num_heads", 16, 1),
            vision.integer("hidden_size", 3584, 1), // of a token, in this family
            theta,
            0,
            List.of(),
            0,
            List.of(),
            0);
      }
      case QWEN2_5_VL ->
          new QwenVisionConfig(
              kind,
              patch,
              merge,
              vision.integer("hidden_size", 3584, 1),
              vision.integer("intermediate_size", 3420, 1),
              vision.integer("depth", 32, 1),
              vision.integer("num_heads", 16, 1),
              vision.integer("out_hidden_size", 3584, 1),
              theta,
              vision.integer("window_size", 112, patch * merge) / merge / patch,
              layers(vision, "fullatt_block_indexes", 7, 15, 23, 31),
              0,
              List.of(),
              vision.integer("tokens_per_second", 4, 1));
      case QWEN3_VL ->
          new QwenVisionConfig(
              kind,
              patch,
              merge,
              vision.integer("hidden_size", 1152, 1),
              vision.integer("intermediate_size", 4304, 1),
              vision.integer("depth", 27, 1),
              vision.integer("num_heads", 16, 1),
              vision.integer("out_hidden_size", 3584, 1),
              theta,
              0,
              List.of(),
              side(vision.integer("num_position_embeddings", 2304, 1)),
              layers(vision, "deepstack_visual_indexes", 8, 16, 24),
              0);
    };
  }

  /** Refuses what the towers do not compute. */
  private static void require(QwenVlKind kind, Settings vision) {
    String type = kind.modelType();
    vision.require("model_type", type, type, type + "_vision");
    vision.require("hidden_act", kind.activation(), kind.activation());
    // Published configs write in_chans, which Transformers does not read.
    vision.require("in_chans", "3", "3");
    vision.require("in_channels", "3", "3");
    vision.require("temporal_patch_size", "" + STEP_FRAMES, "" + STEP_FRAMES);
    vision.section("rope_parameters").require("rope_type", "axial", "axial", "default");
  }

  private static List<Integer> layers(Settings vision, String field, int... byDefault) {
    int[] layers = vision.has(field) ? vision.integers(field) : byDefault;
    return Arrays.stream(layers).boxed().toList();
  }

  private static int side(int positions) {
    int side = (int) Math.sqrt(positions);
    if (side * side != positions) {
      throw new IllegalArgumentException(
          "vision_config: num_position_embeddings must be a square number; got " + positions);
    }
    return side;
  }

  /** All that features depend on, one setting a line; tokensPerSecond is the language side's. */
  String canonical() {
    return String.join(
        "\n",
        "%s patch %d, merge %d, theta %s".formatted(kind.modelType(), patch, merge, theta),
        "hidden %d, intermediate %d, layers %d, heads %d"
            .formatted(hidden, intermediate, layers, heads),
        "out " + out,
        "window %d, whole %s".formatted(window, wholeLayers),
        "positions %d, deepstack %s".formatted(positionSide, deepstack));
  }

  /** Pixels that both sides of a frame are a multiple of. */
  public int factor() {
    return patch * merge;
  }

  /** Planes of features that a token has: the merged one, then those of deepstack. */
  public int planes() {
    return 1 + deepstack.size();
  }

  /** Whether a layer's patches look at their window alone. */
  boolean looksAtWindows(int layer) {
    return window > 0 && !wholeLayers.contains(layer);
  }

  int headSize() {
    return hidden / heads;
  }

  /** Values of a patch, {@code 3 * STEP_FRAMES * patch * patch}. */
  int patchValues() {
    return 3 * STEP_FRAMES * patch * patch;
  }

  /** Channels of a token's patches, one after the other. */
  int mergedHidden() {
    return merge * merge * hidden;
  }
}
