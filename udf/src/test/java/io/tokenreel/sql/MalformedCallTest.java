package io.tokenreel.sql;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.apache.spark.SparkException;
import org.apache.spark.sql.AnalysisException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong is said as early as Spark can know it, with what is allowed. */
class MalformedCallTest {

  private static final String TOKENS =
      "named_struct('frames', 2, 'tokens_per_frame', 2, 'grid_height', 1, 'grid_width', 2, 'dim', 2, 'dtype', 'bf16', 'data', unhex(repeat('803F', 8)))";

  /** A query over one row that the optimizer cannot fold. */
  private static void run(String call, String block) {
    LocalSpark.extended()
        .sql("SELECT %s FROM (SELECT %s AS tokens, id FROM range(1))".formatted(call, block))
        .collectAsList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          select_tokens(tokens, 'shrink')            | unknown compression method 'shrink'; known: [
          select_tokens(tokens, concat('none', ':')) | malformed compression 'none:'; expected name[:key=value
          compress_tokens(tokens, 'vidcom2:keep=1')  | keep
          compress_tokens(tokens, 'none', 'f64')     | unknown dtype 'f64'; expected one of [same, f32, f16, bf16]
          vidcom2(tokens, 1.5)                       | retention
          vidcom2(tokens, 'a quarter')               | retention must be a NUMBER; got string
          dycoke(tokens, -1)                         | prune
          frame_budgets(tokens, 0.5)                 | spec must be a STRING; got decimal(1,1)
          select_tokens(tokens)                      | the call must be select_tokens(block, spec); got 1 arguments
          compress_tokens(tokens, 'none', 'f32', 1)  | the call must be compress_tokens(block, spec[, dtype]); got 4 arguments
          token_stats()                              | the call must be token_stats(block); got 0 arguments
          select_tokens(tokens.dim, 'none')          | a token block must be struct<frames:int,tokens_per_frame:int,
          select_tokens(named_struct('frames', 1), 'none') | a token block must have a field tokens_per_frame int, as in struct<
          """)
  void call_wrongArguments_failsInAnalysis(String call, String message) {
    var error = assertThrows(AnalysisException.class, () -> run(call, TOKENS));
    assertTrue(error.getMessage().contains(message), error.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          'bf16'                | 'f64'                     | unknown dtype 'f64'; expected one of [f32, f16, bf16]
          'bf16'                | 'f32'                     | data of a f32 block [2][2][2] must hold 32 bytes; got 16
          'frames', 2           | 'frames', 0               | frames, tokens_per_frame, grid_height, grid_width and dim must all be at least 1; got 0, 2, 1, 2, 2
          'frames', 2           | 'frames', CAST(NULL AS INT) | frames of a token block must not be NULL
          'frames', 2           | 'frames', 3000000000      | frames of a token block must fit an int; got 3000000000
          'grid_width', 2       | 'grid_width', 3           | tokens_per_frame must be grid_height * grid_width = 3
          unhex(repeat('803F', 8)) | CAST(NULL AS BINARY)   | data of a token block must not be NULL
          """)
  void block_malformed_failsWithWhatWasExpected(String part, String broken, String message) {
    String block = TOKENS.replace(part, broken);
    var error =
        assertThrows(
            SparkException.class,
            () -> run("select_tokens(if(id = 0, tokens, NULL), 'none')", block));
    assertInstanceOf(IllegalArgumentException.class, error.getCause());
    assertTrue(
        error.getCause().getMessage().startsWith("select_tokens: " + message), error.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          concat('shr', 'ink')  | AnalysisException
          concat('shrink', id)  | SparkException
          concat('shrink', current_date()) | IllegalArgumentException
          nvl(NULL, 'shrink')   | IllegalArgumentException
          """)
  void spec_unknownMethod_failsWhenItIsKnown(String spec, String type) {
    var error =
        assertThrows(
            Exception.class, () -> run("select_tokens(tokens, %s)".formatted(spec), TOKENS));
    assertTrue(error.getClass().getSimpleName().endsWith(type), error.toString());
    assertTrue(error.getMessage().contains("unknown compression method 'shrink"), error.toString());
  }
}
