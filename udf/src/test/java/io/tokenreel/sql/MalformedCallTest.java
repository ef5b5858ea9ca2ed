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
          compress_tokens(tokens, 'none', 'f64')     | unknown dtype 'f64'; known: [same, f32, f16, bf16, int8, fp8, float32, float16, bfloat16, float8_e4m3fn]
          vidcom2(tokens, 1.5)                       | retention
          vidcom2(tokens, 'a quarter')               | retention must be a NUMBER; got string
          dycoke(tokens, -1)                         | prune
          frame_budgets(tokens, 0.5)                 | spec must be a STRING; got decimal(1,1)
          select_tokens(tokens)                      | the call must be select_tokens(block, spec); got 1 arguments
          compress_tokens(tokens, 'none', 'f32', 1)  | the call must be compress_tokens(block, spec[, dtype]); got 4 arguments
          token_stats()                              | the call must be token_stats(block); got 0 arguments
          make_block(tokens, 1, 1, 1)                | values must be array<float>, array<array<float>>, of any type of number, or binary; got struct<
          make_block(array('a'), 1, 1, 1)            | or binary; got array<string>
          make_block(array(1), 0, 1, 1)              | frames must be a whole number from 1 to 999999999; got 0
          make_block(array(1), 1, 1.5, 1)            | grid_height must be a whole number from 1 to 999999999; got 1.5
          make_block(array(1), 1, 1, '1')            | grid_width must be a NUMBER; got string
          make_block(array(1), 1, 1, 1, 'flaot32')   | unknown dtype 'flaot32'; did you mean float32? known: [f32,
          make_block(array(1), 1, 1)                 | the call must be make_block(values, frames, grid_height, grid_width[, dtype]); got 3 arguments
          token_values(tokens.data)                  | stored tokens must be struct<dim:int,dtype:string,data:binary>; got binary
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
          'bf16'                | 'f64'                     | unknown dtype 'f64'; known: [f32, f16, bf16, int8, fp8, float32, float16, bfloat16, float8_e4m3fn]
          'bf16'                | 'f32'                     | data of a f32 block [2][2][2] must hold 32 bytes; got 16
          'frames', 2           | 'frames', 0               | frames, grid_height, grid_width and dim must all be at least 1; got 0, 1, 2, 2
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
          array(1, 2, 3)                     | 'f32' | values must hold frames * grid_height * grid_width = 2 tokens of one number of channels; got 3 numbers, which 2 does not divide
          CAST(array() AS array<float>)      | 'f32' | values must hold frames * grid_height * grid_width = 2 tokens; got none
          array(1, NULL)                     | 'f32' | values must not hold NULL; number 1 is
          array(1, 1e300D)                   | 'f32' | values must fit a float; number 1 is 1.0E300
          array(1, 70000)                    | 'f16' | token (frame 0, token 1) holds 70000.0 in channel 0, which is too large for f16
          array(array(1, 2), array(3))       | 'f32' | every token of values must have as many channels as the first, 2; token 1 has 1
          array(array(1, 2))                 | 'f32' | values must hold frames * grid_height * grid_width = 2 tokens; got 1: a model's newline tokens are no part of a block
          array(array(1), NULL)              | 'f32' | values must not hold NULL; token 1 is
          array(array(1), array(NULL))       | 'f32' | values must not hold NULL; number 0 of token 1 is
          array(array(), CAST(array() AS array<int>)) | 'f32' | frames, grid_height, grid_width and dim must all be at least 1
          unhex('00112233445566')            | 'f16' | values of f16 must hold a multiple of 2 bytes; got 7
          unhex('001122334455')              | 'f16' | values must hold frames * grid_height * grid_width = 2 tokens of one number of channels; got 3 numbers of f16
          """)
  void makeBlock_valuesThatDoNotFit_failsWithWhatWasExpected(
      String values, String dtype, String message) {
    var error =
        assertThrows(
            SparkException.class,
            () ->
                run(
                    "make_block(if(id = 0, %s, NULL), 1, 1, 2, %s)".formatted(values, dtype),
                    TOKENS));
    assertTrue(
        error.getCause().getMessage().startsWith("make_block: " + message), error.getMessage());
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
