package io.tokenreel.stage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.stage.StageTests.SummingTower;
import io.tokenreel.token.TokenFormat;
import io.tokenreel.video.FrameSize;
import java.util.ArrayList;
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

  private EncodedRows encoded(List<Row> rows, SummingTower tower, int batchFrames) {
    return new EncodedRows(rows.iterator(), 1, tower, batchFrames, TokenFormat.F32, counters);
  }

  private List<Row> all(List<Row> rows, SummingTower tower, int batchFrames) {
    List<Row> encoded = new ArrayList<>();
    this.encoded(rows, tower, batchFrames).forEachRemaining(encoded::add);
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
      SummingTower tower = new SummingTower(batchFrames);
      List<Row> together = all(rows, tower, batchFrames);
      String where = "seed " + seed + ", batches of " + batchFrames;
      assertEquals(rows.size(), together.size(), where);
      assertFull(tower, frames, batchFrames, where);
      for (int i = 0; i < rows.size(); i++) {
        Row alone = all(List.of(rows.get(i)), new SummingTower(32), 32).get(0);
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
  void batches_ofVideosThatDoNotFillThem_areFullButTheLast() {
    Random random = new Random(3);
    List<Row> rows = new ArrayList<>();
    for (int video = 0; video < 7; video++) {
      rows.add(StageTests.row("v" + video, StageTests.rgb(20, PLAIN, random)));
    }
    SummingTower tower = new SummingTower(32);
    assertEquals(7, all(rows, tower, 32).size());
    assertEquals(List.of(32, 32, 32, 32, 12), tower.batches());
  }

  private static void assertFull(SummingTower tower, int frames, int batchFrames, String where) {
    List<Integer> expected = new ArrayList<>();
    for (int left = frames; left > 0; left -= batchFrames) {
      expected.add(Math.min(left, batchFrames));
    }
    assertEquals(expected, tower.batches(), where);
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
    EncodedRows encoded =
        new EncodedRows(endless, 1, new SummingTower(8), 8, TokenFormat.F32, counters);
    assertFalse(encoded.next().isNullAt(2));
    assertTrue(taken[0] < 1000, taken[0] + " rows were held");
  }

  @Test
  void next_encodedVideo_hasBlockAndEncoding() {
    Row row = all(List.of(clip("a", 3, PLAIN)), new SummingTower(2), 2).get(0);
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

  @Test
  void next_towerWithoutSeparatorRows_givesNull() {
    SummingTower tower = new SummingTower(2, new float[0]);
    Row encoding = all(List.of(clip("a", 3, PLAIN)), tower, 2).get(0).getStruct(3);
    assertTrue(encoding.isNullAt(3));
  }

  private static Row clip(String id, int frames, int mark) {
    return StageTests.row(id, StageTests.rgb(frames, mark, new Random(5)));
  }

  @Test
  void next_towerThrowsForOneVideo_marksOnlyThatVideo() {
    List<Row> rows =
        List.of(clip("a", 2, PLAIN), clip("bad", 1, SummingTower.REFUSED), clip("c", 3, PLAIN));
    List<Row> encoded = all(rows, new SummingTower(6), 6);
    assertEquals("java.lang.IllegalStateException: refused", encoded.get(1).getStruct(3).get(1));
    assertTrue(encoded.get(1).isNullAt(2));
    assertOthersAreWhole(encoded);
  }

  @Test
  void next_towerGivesNotFiniteForOneVideo_marksOnlyThatVideoAndSaysWhere() {
    List<Row> rows =
        List.of(clip("a", 2, PLAIN), clip("bad", 1, SummingTower.NOT_FINITE), clip("c", 3, PLAIN));
    List<Row> encoded = all(rows, new SummingTower(6), 6);
    assertEquals(
        "the encoder gave a value that is not finite: frame 0, token 1 is NaN",
        encoded.get(1).getStruct(3).get(1));
    assertTrue(encoded.get(1).isNullAt(2));
    assertOthersAreWhole(encoded);
  }

  @Test
  void next_valueThatTheDtypeCannotHold_marksOnlyThatVideoAndSaysWhatToUse() {
    List<Row> rows =
        List.of(clip("a", 2, PLAIN), clip("bad", 1, SummingTower.HUGE), clip("c", 3, PLAIN));
    List<Row> encoded = new ArrayList<>();
    new EncodedRows(rows.iterator(), 1, new SummingTower(6), 6, TokenFormat.F16, counters)
        .forEachRemaining(encoded::add);
    assertEquals(
        "the encoder gave a value that f16 cannot hold: frame 0, token 0 is 70000.0; store the tokens as bf16 or f32",
        encoded.get(1).getStruct(3).get(1));
    assertTrue(encoded.get(1).isNullAt(2));
    assertOthersAreWhole(encoded);
  }

  @Test
  void next_longVideoThatTheTowerRefuses_isTriedNoFurther() {
    List<Row> rows = List.of(clip("bad", 9, SummingTower.REFUSED), clip("c", 3, PLAIN));
    SummingTower tower = new SummingTower(4);
    List<Row> encoded = all(rows, tower, 4);
    assertTrue(encoded.get(0).isNullAt(2));
    assertFalse(encoded.get(1).isNullAt(2));
    assertEquals(List.of(4, 4, 1, 3), tower.batches(), "the batch, alone, a black frame, the rest");
  }

  @Test
  void next_towerThatFailsOnABlackFrameToo_failsTheTask() {
    List<Row> rows = List.of(clip("a", 2, PLAIN), clip("bad", 1, SummingTower.BREAKS));
    var error = assertThrows(IllegalStateException.class, () -> all(rows, new SummingTower(6), 6));
    assertTrue(error.getMessage().contains("summing@1 cannot encode a black frame either"));
    assertEquals("device lost", error.getCause().getMessage());
    assertEquals(0, counters.videos().value());
  }

  @Test
  void next_towerIsInterruptedOrHasAnError_isNoVideosFault() {
    List<Row> interrupted = List.of(clip("a", 2, SummingTower.INTERRUPTED));
    assertThrows(CancellationException.class, () -> all(interrupted, new SummingTower(6), 6));
    List<Row> out = List.of(clip("a", 2, SummingTower.OUT_OF_MEMORY));
    assertThrows(OutOfMemoryError.class, () -> all(out, new SummingTower(6), 6));
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
    Row row = all(List.of(StageTests.row("gone", null)), new SummingTower(1), 1).get(0);
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
    frames[12] = new byte[other.rgbBytes()];
    Row row = RowFactory.create("a", RowFactory.create(frames));
    var error =
        assertThrows(
            IllegalArgumentException.class, () -> all(List.of(row), new SummingTower(1), 1));
    assertEquals(
        "summing@1 wants frames of 2 x 3 pixels; got 4 x 5: set the frame decoder's frame size",
        error.getMessage());
  }

  @Test
  void next_afterTheLast_throws() {
    assertThrows(
        NoSuchElementException.class, () -> encoded(List.of(), new SummingTower(1), 1).next());
  }
}
