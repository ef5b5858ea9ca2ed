package io.tokenreel.cache.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.cache.CacheRows;
import io.tokenreel.cache.CacheSchema;
import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.Finding;
import io.tokenreel.compress.Compressors;
import io.tokenreel.compress.TokenCompressor;
import io.tokenreel.testing.RandomBlocks;
import io.tokenreel.testing.RandomBlocks.Kind;
import io.tokenreel.token.TokenBlock;
import io.tokenreel.token.TokenShape;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Test;

/** What the methods of compression may select, and what no method does. */
class RowChecksTest {

  private static final long SEED = 5;
  private static final TokenShape PLAIN = new TokenShape(5, 2, 3, 16);

  private static final List<String> SPECS =
      List.of(
          "none",
          "uniform:retention=0.25",
          "random:retention=0.25",
          "frames:keep=1/4",
          "topk:score=vidcom2,budget=equal,retention=0.25",
          "topk:score=norm,budget=fca,retention=0.01",
          "vidcom2:retention=0.25",
          "vidcom2:retention=0.25,mode=paper,exact=true",
          "vidcom2:retention=0.25,exact=vllm",
          "evs:prune=0.75",
          "dycoke:prune=1",
          "dycoke:prune=1,mode=paper");

  private static Row selection(String spec, TokenShape shape, Integer[] index, Double[] budgets) {
    return RowFactory.create(
        spec + " on " + shape.tokensPerFrame(),
        "file:/videos/v",
        CacheRows.sha(spec),
        CacheRows.ENCODER,
        CacheRows.SAMPLING,
        spec,
        shape.frames(),
        shape.gridHeight(),
        shape.gridWidth(),
        shape.tokensPerFrame(),
        index.length,
        index,
        budgets,
        "OK",
        "0.1.0",
        Timestamp.from(CacheRows.CREATED),
        "tiny");
  }

  private static Row selectionBy(String spec, TokenShape shape) {
    TokenCompressor compressor = Compressors.of(spec);
    TokenBlock block = RandomBlocks.of(Kind.NORMAL, shape, SEED);
    return selection(
        spec,
        shape,
        Arrays.stream(compressor.select(block).places()).boxed().toArray(Integer[]::new),
        Arrays.stream(compressor.frameBudgets(block)).boxed().toArray(Double[]::new));
  }

  private static List<Finding> findings(List<Row> rows) {
    return Violations.findings(
        RowChecks.of(
            CacheTable.SELECTIONS,
            CacheRows.spark().createDataFrame(rows, CacheSchema.SELECTIONS)));
  }

  private static List<String> checksOf(TokenShape shape, Integer... index) {
    Double[] budgets = new Double[shape.frames()];
    Arrays.fill(budgets, 0.5);
    return findings(List.of(selection("none", shape, index, budgets))).stream()
        .map(Finding::check)
        .toList();
  }

  @Test
  void selections_everyMethodOnAnOddNumberOfFrames_areSound() {
    List<Row> rows = new ArrayList<>();
    SPECS.forEach(spec -> rows.add(selectionBy(spec, PLAIN)));
    assertEquals(List.of(), findings(rows), "seed " + SEED);
    assertTrue(
        SPECS.stream()
            .map(spec -> spec.replaceFirst(":.*", ""))
            .toList()
            .containsAll(Compressors.names()),
        "a method of " + Compressors.names() + " is untested");
  }

  @Test
  void selections_placesOutOfOrder_areFound() {
    List<String> broken = List.of("selections.token_index_values");
    assertEquals(List.of(), checksOf(PLAIN, 0, 1, 3, 29));
    assertEquals(List.of(), checksOf(PLAIN, 0, 3, -1, -1, 6, -1, -1)); // a model's own rows
    assertEquals(broken, checksOf(PLAIN, 0, 3, 1));
    assertEquals(broken, checksOf(PLAIN, 0, 3, -1, 3));
    assertEquals(broken, checksOf(PLAIN, 0, 30));
    assertEquals(broken, checksOf(PLAIN, 0, -2));
  }
}
