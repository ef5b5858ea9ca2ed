package io.tokenreel.stage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.model.VisionTower;
import io.tokenreel.stage.StageTests.SummingEncoder;
import io.tokenreel.token.StoredRows;
import io.tokenreel.token.TokenFormat;
import io.tokenreel.video.FrameSize;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Test;

class EncodedRowsTest {

  private static final int PLAIN = 7;

  private final StageCounters counters = StageTests.counters();

  private List<Row> all(List<Row> rows, SummingEncoder encoder, int passFrames) {
    return all(rows, encoder, passFrames, TokenFormat.F32, VideoLimit.NONE);
  }

  private List<Row> all(
      List<Row> rows, SummingEncoder encoder, int passFrames, TokenFormat format, int mostTokens) {
    List<Row> encoded = new ArrayList<>();
    try (VisionTower tower = StageTests.tower(encoder, passFrames)) {
      new EncodedRows(
              rows.iterator(),
              1,
              tower,
              2 * passFrames,
              format,
              new VideoLimit(mostTokens),
              counters)
          .forEachRemaining(encoded::add);
    }
    return encoded;
  }

  @Test
  void batches_acrossVideosOfRandomLengths_giveTheBytesOfVideosAlone() {
    for (long seed = 1; seed <= 50; seed++) {
      Random random = new Random(seed);
      int batchFrames = 1 + random.nextInt(9);
      List<Row> rows = new ArrayList<>();
      int frames = 0;
      for (int video = 0; video < 1 + random.nextInt(12); video++) {
        int count = random.nextInt(12); // none is a FAILED video
        frames += count;
        rows.add(
            StageTests.row("v" + video, count == 0 ? null : StageTests.rgb(count, PLAIN, random)));
      }
      SummingEncoder encoder = new SummingEncoder();
      List<Row> together = all(rows, encoder, batchFrames);
      String where = "seed " + seed + ", passes of " + batchFrames;
      assertEquals(rows.size(), together.size(), where);
      assertEquals(frames, encoder.passes().stream().mapToInt(Integer::intValue).sum(), where);
      for (int i = 0; i < rows.size(); i++) {
        Row alone = all(List.of(rows.get(i)), new SummingEncoder(), 32).get(0);
        assertEquals("v" + i, together.get(i).getString(0), where);
        assertEquals(alone.isNullAt(2), together.get(i).isNullAt(2), where);
        if (!alone.isNullAt(2)) {
          assertArrayEquals(data(alone), data(together.get(i)), where + ", video " + i);
        }
      }
    }
  }

  private static byte[] data(Row row) {
    return (byte[]) row.getStruct(2).get(6);
  }

  @Test
  void next_nullInTheColumnOfFrames_passesThrough() {
    Row frames = StageTests.row("b", StageTests.rgb(1, PLAIN, new Random(5)));
    List<Row> rows = all(List.of(RowFactory.create("a", null), frames), new SummingEncoder(), 2);
    assertTrue(rows.get(0).isNullAt(2) && rows.get(0).isNullAt(3), rows.get(0).toString());
    assertFalse(rows.get(1).isNullAt(2));
  }

  @Test
  void hasNext_manyVideosWithoutFramesAfterOne_doesNotWaitForAllOfThem() {
    Random random = new Random(4);
    Row first = StageTests.row("first", StageTests.rgb(1, PLAIN, random));
    int[] taken = new int[1];
    Iterator<Row> endless =
        Stream.concat(Stream.of(first), Stream.generate(() -> StageTests.row("gone", null)))
            .peek(row -> taken[0]++)
            .iterator();
    try (VisionTower tower = StageTests.tower(new SummingEncoder(), 8)) {
      EncodedRows encoded =
          new EncodedRows(
              endless, 1, tower, 16, TokenFormat.F32, new VideoLimit(VideoLimit.NONE), counters);
      assertFalse(encoded.next().isNullAt(2));
    }
    assertTrue(taken[0] < 1000, taken[0] + " rows were held");
  }

  @Test
  void next_encodedVideo_hasBlockAndEncoding() {
    Row row = all(List.of(clip("a", 3, PLAIN)), new SummingEncoder(), 2).get(0);
    Row block = row.getStruct(2);
    assertEquals(
        List.of(3, 2, 1, 2, 2, "f32"),
        List.of(
            block.get(0), block.get(1), block.get(2), block.get(3), block.get(4), block.get(5)));
    assertEquals(3 * 2 * 2 * 4, data(row).length);
    Row encoding = row.getStruct(3);
    assertEquals("summing@1", encoding.getString(0));
    assertNull(encoding.get(1));
    assertArrayEquals(TokenFormat.F32.encode(new float[] {0.5f, -0.5f}), (byte[]) encoding.get(3));
  }

  /** Each token has a scale; the model's rows, which have none, stand in f32. */
  @Test
  void next_int8_hasScalesOfTheSameTokens() {
    Row floats = all(List.of(clip("a", 3, PLAIN)), new SummingEncoder(), 2).get(0);
    Row row =
        all(
                List.of(clip("a", 3, PLAIN)),
                new SummingEncoder(),
                2,
                TokenFormat.INT8,
                VideoLimit.NONE)
            .get(0);
    StoredRows expected = StoredRows.of(TokenFormat.INT8, 2, TokenFormat.F32.decode(data(floats)));
    assertArrayEquals(expected.data(), data(row));
    assertArrayEquals(expected.scales(), (byte[]) row.getStruct(2).get(8));
    assertTrue(floats.getStruct(2).isNullAt(8));
    assertArrayEquals(
        TokenFormat.F32.encode(new float[] {0.5f, -0.5f}), (byte[]) row.getStruct(3).get(3));
  }

  @Test
  void next_notFiniteInInt8_marksOnlyThatVideo() {
    List<Row> rows =
        List.of(
            clip("a", 2, PLAIN), clip("bad", 1, SummingEncoder.NOT_FINITE), clip("c", 3, PLAIN));
    List<Row> encoded = all(rows, new SummingEncoder(), 6, TokenFormat.INT8, VideoLimit.NONE);
    assertEquals(
        "the encoder gave a value that is not finite: frame 0, token 1 is NaN",
        encoded.get(1).getStruct(3).get(1));
  }

  @Test
  void next_towerWithoutSeparatorRows_givesNull() {
    SummingEncoder tower = new SummingEncoder(new float[0]);
    Row encoding = all(List.of(clip("a", 3, PLAIN)), tower, 2).get(0).getStruct(3);
    assertTrue(encoding.isNullAt(3));
  }

  private static Row clip(String id, int frames, int mark) {
    return StageTests.row(id, StageTests.rgb(frames, mark, new Random(5)));
  }

  @Test
  void next_towerThrowsForOneVideo_marksOnlyThatVideo() {
    List<Row> rows =
        List.of(clip("a", 2, PLAIN), clip("bad", 1, SummingEncoder.REFUSED), clip("c", 3, PLAIN));
    List<Row> encoded = all(rows, new SummingEncoder(), 6);
    assertEquals("java.lang.IllegalStateException: refused", encoded.get(1).getStruct(3).get(1));
    assertTrue(encoded.get(1).isNullAt(2));
    assertOthersAreWhole(encoded);
  }

  @Test
  void next_towerGivesNotFiniteForOneVideo_marksOnlyThatVideoAndSaysWhere() {
    List<Row> rows =
        List.of(
            clip("a", 2, PLAIN), clip("bad", 1, SummingEncoder.NOT_FINITE), clip("c", 3, PLAIN));
    List<Row> encoded = all(rows, new SummingEncoder(), 6);
    assertEquals(
        "the encoder gave a value that is not finite: frame 0, token 1 is NaN",
        encoded.get(1).getStruct(3).get(1));
    assertTrue(encoded.get(1).isNullAt(2));
    assertOthersAreWhole(encoded);
  }

  @Test
  void next_valueThatTheDtypeCannotHold_marksOnlyThatVideoAndSaysWhatToUse() {
    List<Row> rows =
        List.of(clip("a", 2, PLAIN), clip("bad", 1, SummingEncoder.HUGE), clip("c", 3, PLAIN));
    List<Row> encoded = all(rows, new SummingEncoder(), 6, TokenFormat.F16, VideoLimit.NONE);
    assertEquals(
        "the encoder gave a value that f16 cannot hold: frame 0, token 0 is 70000.0; store the tokens as bf16 or f32",
        encoded.get(1).getStruct(3).get(1));
    assertTrue(encoded.get(1).isNullAt(2));
    assertOthersAreWhole(encoded);
  }

  @Test
  void next_videoOverTheLimit_isNotEncodedAndSaysHowManyTokensItHas() {
    List<Row> rows = List.of(clip("a", 2, PLAIN), clip("long", 4, PLAIN), clip("c", 3, PLAIN));
    SummingEncoder encoder = new SummingEncoder();
    List<Row> encoded = all(rows, encoder, 6, TokenFormat.F32, 6);
    assertEquals(
        "4 frames of 2 x 3 pixels are 8 tokens, and the limit is 6: sample fewer frames, fit them to fewer pixels, or raise the limit (--max-video-tokens)",
        encoded.get(1).getStruct(3).get(1));
    assertEquals("too_many_tokens", encoded.get(1).getStruct(3).get(4));
    assertEquals(5, encoder.passes().stream().mapToInt(Integer::intValue).sum());
    assertOthersAreWhole(encoded);
  }

  @Test
  void next_longVideoThatTheTowerRefuses_isTriedNoFurther() {
    List<Row> rows = List.of(clip("bad", 9, SummingEncoder.REFUSED), clip("c", 3, PLAIN));
    SummingEncoder tower = new SummingEncoder();
    List<Row> encoded = all(rows, tower, 4);
    assertTrue(encoded.get(0).isNullAt(2));
    assertFalse(encoded.get(1).isNullAt(2));
    // Two passes may be under way when the first one fails. The ninth frame is in none.
    long passes = tower.passes().stream().filter(frames -> frames == 4).count();
    assertTrue(passes == 1 || passes == 2, tower.passes().toString());
    List<Integer> expected = new ArrayList<>(Collections.nCopies((int) passes, 4));
    expected.addAll(Collections.nCopies((int) passes, 1)); // a black frame for each
    expected.add(3); // the other video
    assertEquals(sorted(expected), sorted(tower.passes()));
  }

  private static List<Integer> sorted(List<Integer> numbers) {
    return numbers.stream().sorted().toList();
  }

  @Test
  void next_towerThatFailsOnABlackFrameToo_failsTheTask() {
    List<Row> rows = List.of(clip("a", 2, PLAIN), clip("bad", 1, SummingEncoder.BREAKS));
    var error = assertThrows(IllegalStateException.class, () -> all(rows, new SummingEncoder(), 6));
    assertTrue(error.getMessage().contains("summing@1 cannot encode a black frame either"));
    assertEquals("device lost", error.getCause().getMessage());
    assertEquals(0, counters.failed().value());
  }

  @Test
  void next_towerIsInterruptedOrHasAnError_isNoVideosFault() {
    List<Row> interrupted = List.of(clip("a", 2, SummingEncoder.INTERRUPTED));
    assertThrows(CancellationException.class, () -> all(interrupted, new SummingEncoder(), 6));
    List<Row> out = List.of(clip("a", 2, SummingEncoder.OUT_OF_MEMORY));
    assertThrows(OutOfMemoryError.class, () -> all(out, new SummingEncoder(), 6));
    assertEquals(0, counters.videos().value());
  }

  private void assertOthersAreWhole(List<Row> encoded) {
    assertEquals(3, encoded.size());
    for (int i : new int[] {0, 2}) {
      assertFalse(encoded.get(i).isNullAt(2));
      assertNull(encoded.get(i).getStruct(3).get(1));
    }
    assertEquals(3, counters.videos().value());
    assertEquals(1, counters.failed().value());
  }

  @Test
  void next_failedVideo_passesThroughUncounted() {
    Row row = all(List.of(StageTests.row("gone", null)), new SummingEncoder(), 1).get(0);
    assertTrue(row.isNullAt(2));
    assertTrue(row.isNullAt(3));
    assertEquals(0, counters.videos().value());
  }

  @Test
  void next_framesOfAnotherSize_saysBothSizesAndWhatToSet() {
    FrameSize other = new FrameSize(4, 5);
    Object[] frames = new Object[13];
    frames[0] = "OK";
    frames[9] = other.height();
    frames[10] = other.width();
    frames[11] = new long[1];
    frames[12] = new byte[other.rgbBytes()];
    Row row = RowFactory.create("a", RowFactory.create(frames));
    var error =
        assertThrows(
            IllegalArgumentException.class, () -> all(List.of(row), new SummingEncoder(), 1));
    assertEquals(
        "summing@1 wants frames of 2 x 3 pixels; got 4 x 5: set the frame decoder's modelUrl to the encoder's",
        error.getMessage());
  }

  @Test
  void next_afterTheLast_throws() {
    EncodedRows none =
        new EncodedRows(
            Collections.emptyIterator(),
            1,
            null,
            1,
            TokenFormat.F32,
            new VideoLimit(VideoLimit.NONE),
            counters);
    assertThrows(NoSuchElementException.class, none::next);
  }
}
