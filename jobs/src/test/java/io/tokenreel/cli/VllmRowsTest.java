package io.tokenreel.cli;

import static io.tokenreel.cli.ExportedRows.QWEN2_5;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.cache.EncoderCard;
import io.tokenreel.cache.lookup.CachedTokens;
import io.tokenreel.model.SourceTimes;
import io.tokenreel.model.safetensors.SafetensorsDtype;
import io.tokenreel.pipeline.setting.SettingsException;
import io.tokenreel.video.SourceInfo;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rows as vLLM's encoder cache has them, worked out by hand, and what it does not take. */
class VllmRowsTest {

  private static final String PRUNED = "evs:prune=0.5";

  private static VllmRows rows(String architecture, String compression) {
    return VllmRows.of(
        "qwen@1",
        Optional.of(ExportedRows.card(architecture)),
        compression,
        OptionalDouble.empty());
  }

  private static int[] all(int steps) {
    return IntStream.range(0, steps * ExportedRows.PER_STEP).toArray();
  }

  @Test
  void output_wholeRowOfQwen25_isTheStoredRow() {
    CachedTokens row = ExportedRows.row("a", "none", 2, 1, all(2));
    EncoderOutput output = rows(QWEN2_5, "none").output(row);
    assertEquals(List.of(12L, 2L), output.tensor().shape());
    assertEquals(SafetensorsDtype.F32, output.tensor().dtype());
    assertArrayEquals(row.dtype().decode(row.tokens()), output.tensor().floats());
    assertEquals(List.of(2, 4, 6), output.fields().get("video_grid_thw"));
    assertEquals(List.of(1.5f), output.fields().get("second_per_grid_ts"));
  }

  /** Steps of 1.5 seconds at 2 positions a second: 0, 3 and 6, after which the text is at 7. */
  @Test
  void output_prunedRowOfQwen25_hasPositionsAndWhereTheTextGoesOn() {
    int[] places = {0, 1, 2, 3, 4, 5, 6, 11, 16};
    CachedTokens row = ExportedRows.row("a", PRUNED, 3, 1, places);
    VllmRows rows = rows(QWEN2_5, PRUNED);
    assertEquals(Optional.empty(), rows.refusal(row));
    EncoderOutput output = rows.output(row);
    assertEquals(List.of(9L, 6L), output.tensor().shape());
    float[][] expected = {
      {0, 1, 0, 0, 0, 7},
      {2, 3, 0, 0, 1, 7},
      {4, 5, 0, 0, 2, 7},
      {6, 7, 0, 1, 0, 7},
      {8, 9, 0, 1, 1, 7},
      {10, 11, 0, 1, 2, 7},
      {12, 13, 3, 0, 0, 7},
      {14, 15, 3, 1, 2, 7},
      {16, 17, 6, 1, 1, 7}
    };
    float[] flat = output.tensor().floats();
    for (int i = 0; i < expected.length; i++) {
      assertArrayEquals(expected[i], Arrays.copyOfRange(flat, 6 * i, 6 * i + 6), "row " + i);
    }
  }

  /** A step of which nothing is kept counts: the text goes on after the whole grid. */
  @Test
  void output_prunedRowWithoutItsLastStep_goesOnAfterTheWholeGrid() {
    CachedTokens row = ExportedRows.row("a", PRUNED, 2, 1, all(1));
    float[] flat = rows(QWEN2_5, PRUNED).output(row).tensor().floats();
    assertEquals(4, flat[5]); // the largest time is 3
    row = ExportedRows.row("a", PRUNED, 1, 1, all(1));
    assertEquals(3, rows(QWEN2_5, PRUNED).output(row).tensor().floats()[5]); // the largest column 2
  }

  /** float32's 0.7 is below 0.7: vLLM truncates 5 * 1.4 to 6, float32 arithmetic would give 7. */
  @Test
  void output_secondsBelowAWholePosition_areTruncatedAsInVllm() {
    SourceTimes times = new SourceTimes(new SourceInfo(84, 20), IntStream.range(0, 12).toArray());
    assertEquals(0.7f, times.secondsPerStep(2));
    CachedTokens row = ExportedRows.row("a", "evs:prune=0", 6, 1, times, all(6));
    VllmRows rows =
        VllmRows.of(
            "qwen@1", Optional.of(ExportedRows.card(QWEN2_5)), PRUNED, OptionalDouble.of(0.001));
    float[] flat = rows.output(row).tensor().floats();
    assertEquals(6, flat[flat.length - 4]);
  }

  @Test
  void output_rowOfQwen3_hasAllPlanesAndTheTimesOfItsSteps() {
    CachedTokens row =
        ExportedRows.row(
            "a",
            "none",
            2,
            3,
            new SourceTimes(new SourceInfo(100, 25), new int[] {0, 10, 25}),
            all(2));
    EncoderOutput output = rows("Qwen3VLForConditionalGeneration", "none").output(row);
    assertEquals(List.of(12L, 6L), output.tensor().shape());
    assertEquals(List.of(0.2, 1.0), output.fields().get("timestamps"));
    assertEquals(List.of("video_grid_thw", "timestamps"), List.copyOf(output.fields().keySet()));
  }

  @Test
  void output_rowOfQwen2_hasTheGridAlone() {
    CachedTokens row = ExportedRows.row("a", "none", 1, 1, null, all(1));
    VllmRows rows = rows("Qwen2VLForConditionalGeneration", "none");
    assertEquals(Optional.empty(), rows.refusal(row));
    assertEquals(Map.of("video_grid_thw", List.of(1, 4, 6)), rows.output(row).fields());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          none | 11 | it has 11 of 12 tokens, and a server without --video-pruning-rate makes a place for each
          evs:prune=0.25 | 8 | it has 8 of 12 tokens, and a server with --video-pruning-rate 0.25 makes 9 places
          evs:prune=0.9 | 5 | it has 5 of 12 tokens, and a server with --video-pruning-rate 0.9 makes 6 places
          vidcom2:retention=0.25,exact=vllm | 3 | --video-pruning-rate 0.75 makes 6 places
          """)
  void refusal_anotherNumberOfTokens_saysHowManyPlaces(
      String compression, int count, String message) {
    CachedTokens row =
        ExportedRows.row("a", compression, 2, 1, IntStream.range(0, count).toArray());
    String refusal = rows(QWEN2_5, compression).refusal(row).orElseThrow();
    assertTrue(refusal.contains(message), refusal);
  }

  @Test
  void refusal_rowOfAnOlderVersion_saysWhatItLacks() {
    CachedTokens row = ExportedRows.row("a", "none", 1, 1, null, all(1));
    String refusal = rows(QWEN2_5, "none").refusal(row).orElseThrow();
    assertTrue(refusal.contains("does not say which frames"), refusal);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "null",
      textBlock =
          """
          LlavaOnevisionForConditionalGeneration | none | vLLM 0.32 takes rows from an encoder cache for Qwen2-VL, Qwen2.5-VL and Qwen3-VL; got rows of a family
          null | none | got rows of a family, whose requests need a tensor: send them in an image's place
          Qwen2VLForConditionalGeneration | evs:prune=0.5 | vLLM 0.32 makes places for every token of a Qwen2-VL video; got rows of 'evs:prune=0.5': export those of --compression none
          Qwen3VLForConditionalGeneration | vidcom2:retention=0.5,exact=vllm | vLLM 0.32 takes pruned rows of Qwen3-VL only between embeddings
          Qwen2_5_VLForConditionalGeneration | dycoke:prune=0.7 | is not known: give it as --pruning-rate
          Qwen2_5_VLForConditionalGeneration | frames:keep=1/4 | is not known: give it as --pruning-rate
          Qwen2_5_VLForConditionalGeneration | evs:prune=1 | from 0 to below 1; 'evs:prune=1' is for the rate 1
          """)
  void of_whatTheServerDoesNotTake_isRefusedByItsVersion(
      String architecture, String compression, String message) {
    SettingsException e =
        assertThrows(SettingsException.class, () -> rows(architecture, compression));
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "qwen2_5_vl@0, an older version wrote it: run precompute into it once more",
    "llava/x@0, got rows of encoder llava/x@0"
  })
  void of_encoderOfWhichTheCacheSaysNothing_isRefused(String encoder, String message) {
    SettingsException e =
        assertThrows(
            SettingsException.class,
            () -> VllmRows.of(encoder, Optional.empty(), "none", OptionalDouble.empty()));
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }

  /** Cards were without it once, and what reads settings as text may read them wrongly. */
  @Test
  void of_cardWithoutMergeSize_isRefusedWithWhatAddsIt() {
    EncoderCard older =
        new EncoderCard(
            "qwen@1",
            "a family",
            Optional.of(QWEN2_5),
            OptionalDouble.of(2),
            OptionalInt.empty(),
            "patch 14, merge 2, theta 10000");
    SettingsException e =
        assertThrows(
            SettingsException.class,
            () -> VllmRows.of("qwen@1", Optional.of(older), "none", OptionalDouble.empty()));
    assertTrue(
        e.getMessage()
            .contains("_encoders/qwen@1.json of the cache has no merge_size, for an older version"),
        e.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "none, 0",
    "evs:prune=0.93, 0.93",
    "vidcom2:retention=0.07, 0.93",
    "uniform:retention=1, 0"
  })
  void rate_ofACompression_isTheServers(String compression, double rate) {
    assertEquals(rate, rows(QWEN2_5, compression).rate());
  }

  @Test
  void uuid_anyText_isAFoldersNameThatNamesContent() {
    assertEquals(
        "a%2Fb%7C%C3%A4%20~1.mp4|evs%3Aprune%3D0.5|0123456789abcdef",
        EncoderOutput.uuid(ExportedRows.row("a/b|ä ~1.mp4", PRUNED, 1, 1, all(1))));
    assertEquals(
        "..%2F..|none|0123456789abcdef",
        EncoderOutput.uuid(ExportedRows.row("../..", "none", 1, 1, all(1))));
  }

  @Test
  void request_ofQwen25_carriesSecondsAsAFileOfNumpy() {
    CachedTokens row = ExportedRows.row("a", "none", 2, 1, all(2));
    Map<String, Object> line = rows(QWEN2_5, "none").output(row).request();
    Map<?, ?> part = (Map<?, ?>) line.get("part");
    assertEquals("video_embeds", part.get("type"));
    assertEquals(line.get("uuid"), part.get("uuid"));
    assertEquals(12, line.get("rows"));
    Map<?, ?> embeds = (Map<?, ?>) part.get("video_embeds");
    assertEquals(List.of(2, 4, 6), embeds.get("video_grid_thw"));
    byte[] file = Base64.getDecoder().decode((String) embeds.get("second_per_grid_ts"));
    assertEquals(132, file.length); // 64 bytes twice and a float, as numpy.save writes it
    assertEquals(
        "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDEsKSwgfS"
            + "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAMA/",
        embeds.get("second_per_grid_ts"));
  }
}
