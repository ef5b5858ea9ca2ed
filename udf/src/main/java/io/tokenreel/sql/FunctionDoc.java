package io.tokenreel.sql;

import io.tokenreel.token.TokenFormat;
import java.io.Serializable;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * What {@code DESCRIBE FUNCTION EXTENDED} shows of a function, in the layout that Spark requires.
 *
 * @param usage what the function returns, in a sentence or two
 * @param arguments one line per argument, {@code name - meaning}
 * @param examples queries with the result that spark-sql prints; a test runs each of them
 */
record FunctionDoc(String usage, List<String> arguments, List<Example> examples)
    implements Serializable {

  /** The release that brought the functions. */
  static final String SINCE = "0.1.0";

  /** What every function's docs say of its first argument. */
  static final String BLOCK_ARGUMENT =
      "block - a token block, "
          + TokenSchemas.BLOCK.catalogString()
          + "; fields are found by name; data is little-endian, row-major [frames][tokens_per_frame][dim]; dtype is "
          + String.join(", ", TokenFormat.labels())
          + "; of int8 and fp8 a field scales binary has a float32 per token";

  /** What the docs say of a compression spec. */
  static final String SPEC_ARGUMENT =
      "spec - a compression spec, name[:key=value[,key=value]*]; a constant is checked when the query is analysed";

  /**
   * @param query a query that ends without a semicolon
   * @param result its one value as spark-sql prints it
   */
  record Example(String query, String result) implements Serializable {}

  FunctionDoc {
    Objects.requireNonNull(usage, "usage");
    arguments = List.copyOf(arguments);
    examples = List.copyOf(examples);
  }

  /** The arguments as a section of Spark's function docs. */
  String argumentsSection() {
    return arguments.stream()
        .map(argument -> "      * " + argument + "\n")
        .collect(Collectors.joining("", "\n    Arguments:\n", "  "));
  }

  /** The examples as a section of Spark's function docs. */
  String examplesSection() {
    return examples.stream()
        .map(example -> "      > " + example.query() + ";\n       " + example.result() + "\n")
        .collect(Collectors.joining("", "\n    Examples:\n", "  "));
  }
}
