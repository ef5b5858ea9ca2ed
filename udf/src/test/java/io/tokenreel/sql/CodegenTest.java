package io.tokenreel.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.compress.Compressors;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.classic.ExpressionUtils;
import org.junit.jupiter.api.Test;

/** The functions are part of whole-stage code, and a spec is parsed once per query. */
class CodegenTest {

  /** 200 blocks of five frames that are not constants. */
  private static final String BLOCKS =
      "(SELECT id, named_struct('data', unhex(repeat(if(id % 2 = 0, '803F0040', '80400040'), 20)), 'dtype', 'bf16', 'dim', 2, 'grid_width', 1L, 'grid_height', 4, 'tokens_per_frame', 4, 'frames', 5, 'note', 'kept') AS tokens FROM range(0, 200, 1, 4))";

  private static String explainCodegen(String query) {
    return LocalSpark.extended().sql("EXPLAIN CODEGEN " + query).first().getString(0);
  }

  @Test
  void explainCodegen_allFunctions_areOneWholeStage() {
    String plan =
        explainCodegen(
            "SELECT select_tokens(tokens, 'none'), compress_tokens(tokens, 'none'), vidcom2(tokens, 0.5), dycoke(tokens, 0.5), frame_budgets(tokens, 'none'), token_stats(tokens), make_block(array(id, 2), 1, 1, 2), token_values(tokens) FROM "
                + BLOCKS);
    assertTrue(plan.startsWith("Found 1 WholeStageCodegen subtrees."), plan);
    assertEquals(8, calls(plan), plan);
    for (TokenFunction<?> function : TokenFunctions.all()) {
      assertTrue(plan.contains(function.name() + "("), function.name());
    }
  }

  @Test
  void explainCodegen_sameCallTwice_isComputedOnce() {
    String plan =
        explainCodegen(
            "SELECT vidcom2(tokens, 0.5).index, size(vidcom2(tokens, 0.5).index) FROM " + BLOCKS);
    assertEquals(1, calls(plan), plan);
  }

  private static int calls(String plan) {
    return plan.split("\\(\\(io\\.tokenreel\\.sql\\.TokenCall\\)", -1).length - 1;
  }

  @Test
  void clone_expression_isEqual() {
    var blocks = LocalSpark.extended().sql("SELECT tokens FROM " + BLOCKS);
    var call = ExpressionUtils.expression(TokenColumns.selectTokens(blocks.col("tokens"), "none"));
    assertInstanceOf(TokenExpression.class, call.clone());
    assertEquals(call, call.clone());
    assertEquals(call.hashCode(), call.clone().hashCode());
  }

  /** The session that checks the query and the tasks have a class loader each. */
  @Test
  void constantSpec_manyRows_isParsedOncePerClassLoader() {
    assertEquals(2, parsesOf("'random:retention=0.5,seed=4711'"));
  }

  @Test
  void specColumn_twoSpecsInManyRows_isParsedOncePerSpec() {
    assertEquals(2, parsesOf("concat('random:retention=0.5,seed=', 81 + id % 2)"));
  }

  private static long parsesOf(String spec) {
    long before = CompressorCache.shared().parsed();
    Row row =
        LocalSpark.extended()
            .sql(
                "SELECT count(1), sum(size(select_tokens(tokens, %s))) FROM %s"
                    .formatted(spec, BLOCKS))
            .first();
    assertEquals(200, row.getLong(0));
    assertEquals(200 * 10, row.getLong(1));
    return CompressorCache.shared().parsed() - before;
  }

  @Test
  void cache_moreSpecsThanItHolds_parsesTheLeastRecentlyUsedAgain() {
    CompressorCache cache = new CompressorCache(2, Compressors::of);
    cache.of("none");
    cache.of("uniform:retention=0.5");
    cache.of("none");
    cache.of("uniform:retention=0.25"); // drops 0.5
    cache.of("none");
    assertEquals(3, cache.parsed());
    cache.of("uniform:retention=0.5");
    assertEquals(4, cache.parsed());
  }

  @Test
  void cache_anotherContextClassLoader_parsesForIt() throws IOException {
    CompressorCache cache = new CompressorCache(4, Compressors::of);
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    cache.of("none");
    try (URLClassLoader session = new URLClassLoader(new URL[0], before)) {
      thread.setContextClassLoader(session);
      cache.of("none");
      assertEquals(2, cache.parsed());
    } finally {
      thread.setContextClassLoader(before);
    }
    cache.of("none");
    assertEquals(2, cache.parsed());
  }
}
