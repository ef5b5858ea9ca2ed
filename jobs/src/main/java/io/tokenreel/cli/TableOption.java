package io.tokenreel.cli;

import picocli.CommandLine.Option;

/** The option of the commands that write tables. */
final class TableOption {

  @Option(
      names = "--table",
      paramLabel = "CATALOG.DB.NAME",
      converter = Specs.Table.class,
      description =
          "write to the tables CATALOG.DB.NAME_tokens and so on of an Iceberg or Delta catalog, which --conf spark.sql.catalog... sets up; --output keeps what is no table (default: Parquet below --output)")
  private String table;

  /** CATALOG.DB.NAME; null for Parquet below the output. */
  String table() {
    return table;
  }
}
