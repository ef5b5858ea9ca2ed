package io.tokenreel.model.family.qwenvl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.model.Models;
import io.tokenreel.model.RowPositions;
import io.tokenreel.model.checkpoint.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Positions of the goldens' prompts under every rule, and the rules by themselves. */
class QwenPositionsTest {

  private static final String POSITIONS = "position_ids";

  /** Every tensor of positions in the goldens, of all prompts and runs. */
  static Stream<Arguments> positions() throws IOException {
    List<Arguments> positions = new ArrayList<>();
    for (Path path : QwenGolden.paths()) {
      for (String name : new QwenGolden(path).names()) {
        if (name.matches("(.+\\.)?" + POSITIONS + "(@.+)?")) {
          positions.add(Arguments.of(path, name));
        }
      }
    }
    assertTrue(positions.size() >= 22, positions.size() + " tensors");
    return positions.stream();
  }

  @ParameterizedTest
  @MethodSource("positions")
  void block_inAGoldensPrompt_givesTheReferencesPositions(Path path, String name) {
    QwenGolden golden = new QwenGolden(path);
    int at = name.indexOf('@');
    String variant = at < 0 ? "" : name.substring(at).replace("." + POSITIONS, "");
    String run = name.startsWith(POSITIONS) ? "" : name.replace("." + POSITIONS, "");
    String ids = golden.has("input_ids" + variant) ? "input_ids" + variant : "input_ids";
    PromptPositions prompt = PromptPositions.of(golden, golden.longs(ids), rule(variant));
    String keep = run.replace(variant, "") + ".keep";
    assertArrayEquals(
        golden.longs(name), golden.has(keep) ? prompt.kept(golden.longs(keep)) : prompt.all());
    if (run.isEmpty()) {
      if (golden.has("rope_delta" + variant)) {
        assertEquals(golden.longs("rope_delta" + variant)[0], prompt.next() - prompt.length());
      }
    } else {
      assertEquals(golden.longs(run + ".next_position")[0], prompt.next());
    }
  }

  private static PositionRule rule(String variant) {
    return switch (variant) {
      case "@max" -> PositionRule.MAX;
      case "@max_int_seconds" -> PositionRule.MAX_INT_SECONDS;
      case "", "@single" -> PositionRule.MERGED_GRID;
      default -> throw new IllegalArgumentException("no rule is known for " + variant);
    };
  }

  @ParameterizedTest
  @CsvSource({
    "MAX,1.5,4,10,10", "MAX_INT_SECONDS,1.5,4,7,7", "MERGED_GRID,1.5,4,3,10",
    "MAX,0,4,3,3", "MAX_INT_SECONDS,0.9,4,3,3", "MERGED_GRID,0,1,3,3"
  })
  void block_ofARule_advancesByIt(
      PositionRule rule, float seconds, int steps, int advance, int reach) {
    RowPositions block = positions(SeededQwenVision.QWEN2_5, rule).block(steps, 2, 3, seconds);
    assertEquals(advance, block.advance());
    assertEquals(reach, block.reach());
  }

  @Test
  void rule_ofAName_isThatRule() {
    for (String name : List.of("max", "max_int_seconds", "merged_grid")) {
      assertEquals(name, PositionRule.of(name).toString());
    }
    QwenSettings.assertRefused(
        () -> PositionRule.of("min"), "'min'; known: [max, max_int_seconds, merged_grid]");
  }

  @Test
  void block_ofQwen2Vl_countsSteps() {
    RowPositions block = positions(SeededQwenVision.QWEN2, PositionRule.MAX).block(3, 1, 2, 9);
    assertArrayEquals(
        new int[][] {{0, 0, 1, 1, 2, 2}, {0, 0, 0, 0, 0, 0}, {0, 1, 0, 1, 0, 1}}, block.axes());
    assertEquals(3, block.advance());
  }

  /** As PyTorch computes it; in exact numbers, or with another order of factors, one more. */
  @Test
  void block_ofQwen25Vl_multipliesInTheReferencesOrder() {
    QwenVisionConfig config =
        new QwenVisionConfig(
            QwenVlKind.QWEN2_5_VL, 4, 2, 8, 8, 1, 1, 8, 10_000, 2, List.of(), 0, List.of(), 3);
    RowPositions block = positions(config, PositionRule.MAX).block(41, 1, 1, 0.225f);
    assertEquals(26, block.axes()[0][40]);
    assertEquals(27, block.advance());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "QWEN2_VL|0|1|1|1|a step, a row and a column; got 0, 1 and 1",
        "QWEN2_VL|1|1|-1|1|a step, a row and a column; got 1, 1 and -1",
        "QWEN3_VL|2|1|1|1|every step of qwen3_vl is a visual block; got 2 steps",
        "QWEN2_5_VL|2|1|1|-1|a number of at least 0; got -1.0",
        "QWEN2_5_VL|2|1|1|NaN|a number of at least 0; got NaN",
        "QWEN2_5_VL|2|1|1|Infinity|a number of at least 0; got Infinity",
      })
  void block_ofNoGrid_isAnErrorThatSaysWhatCame(
      QwenVlKind kind, int steps, int rows, int columns, float seconds, String message) {
    QwenPositions positions = positions(SeededQwenVision.config(kind), PositionRule.MAX);
    QwenSettings.assertRefused(() -> positions.block(steps, rows, columns, seconds), message);
  }

  private static QwenPositions positions(QwenVisionConfig config, PositionRule rule) {
    return new QwenPositions(config, rule);
  }

  /**
   * The positions of a prompt's tokens.
   *
   * @param axes {@code [3][tokens]}
   * @param visual {@code [tokens]}: which are a video's
   */
  private record PromptPositions(long[][] axes, boolean[] visual) {

    static PromptPositions of(QwenGolden golden, long[] ids, PositionRule rule) {
      int video = Settings.read(golden.folder, "config.json").integer("video_token_id", -1, 0);
      QwenPositions positions = positions(golden.config, rule);
      PatchGrid grid = golden.grid();
      float seconds = golden.has("second_per_grid_ts") ? golden.floats("second_per_grid_ts")[0] : 1;
      RowPositions block =
          positions.block(
              positions.blockPerStep() ? 1 : golden.steps(),
              grid.tokenRows(),
              grid.tokenColumns(),
              seconds);
      long[][] axes = new long[QwenPositions.AXES][ids.length];
      boolean[] visual = new boolean[ids.length];
      long start = 0;
      int token = 0;
      while (token < ids.length) {
        visual[token] = ids[token] == video;
        int count = visual[token] ? block.axes()[0].length : 1;
        for (int i = 0; i < count; i++) {
          assertEquals(visual[token], ids[token + i] == video, "token " + (token + i));
          visual[token + i] = visual[token];
          for (int axis = 0; axis < axes.length; axis++) {
            axes[axis][token + i] = start + (visual[token] ? block.axes()[axis][i] : 0);
          }
        }
        start += visual[token] ? block.advance() : 1;
        token += count;
      }
      return new PromptPositions(axes, visual);
    }

    int length() {
      return visual.length;
    }

    long[] all() {
      return Stream.of(axes).flatMapToLong(Arrays::stream).toArray();
    }

    /** Without the visual tokens that are not kept. */
    long[] kept(long[] keep) {
      List<Integer> rows = new ArrayList<>();
      int seen = 0;
      for (int token = 0; token < visual.length; token++) {
        int index = seen;
        if (!visual[token] || Arrays.stream(keep).anyMatch(k -> k == index)) {
          rows.add(token);
        }
        seen += visual[token] ? 1 : 0;
      }
      return Stream.of(axes)
          .flatMapToLong(axis -> rows.stream().mapToLong(row -> axis[row]))
          .toArray();
    }

    /** Position of the first generated token. */
    long next() {
      return Stream.of(axes).flatMapToLong(Arrays::stream).max().orElseThrow() + 1;
    }
  }

  /** Answers depend on it, so decoders that differ in it alone must not share them. */
  @Test
  void decoder_ofAnotherSpeedThanThePublishedOne_hasAnotherName(@TempDir Path copy)
      throws IOException {
    Path golden = QwenGolden.FOLDERS.resolve("qwen2_5_vl_tiny");
    FileUtils.copyDirectory(golden.toFile(), copy.toFile());
    assertEquals(decoder(golden), decoder(copy));
    Path config = copy.resolve("config.json");
    String published = "\"tokens_per_second\": 2";
    assertTrue(Files.readString(config).contains(published));
    Files.writeString(
        config, Files.readString(config).replace(published, "\"tokens_per_second\": 4"));
    assertNotEquals(decoder(golden), decoder(copy));
  }

  private static String decoder(Path folder) {
    return Models.describeLanguage(folder.toString(), new Configuration()).decoder();
  }
}
