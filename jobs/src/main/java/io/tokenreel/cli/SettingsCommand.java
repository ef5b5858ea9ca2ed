package io.tokenreel.cli;

import io.tokenreel.cache.CacheSchema;
import io.tokenreel.cache.CacheTable;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.spark.sql.types.StructField;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Prints every command's options, or every table's columns, as Markdown: docs/settings.md and
 * docs/tables.md are this output.
 */
@Command(
    name = "settings",
    mixinStandardHelpOptions = true,
    description = "Prints all commands with their options, or the cache's tables, as Markdown.",
    footerHeading = CommandHelp.EXAMPLES,
    footer = {"  tokenreel settings", "  tokenreel settings --tables"})
final class SettingsCommand implements Callable<Integer> {

  private static final String SETTINGS_INTRODUCTION =
      """
      # Settings

      `bin/tokenreel settings` prints this page. Every option of a command that has `--config` can stand in a file for it (YAML or
      properties, without the dashes). An option on the command line has precedence; of `--conf`, each Spark property. The resolved options of each run are kept in `runs/` of the output,
      see [records of runs](cache.md#records-of-runs).

      """;

  private static final String TABLES_INTRODUCTION =
      """
      # Tables

      `bin/tokenreel settings --tables` prints this page. Tables are Parquet files, sorted by `video_id` within files, with a bloom
      filter on it. Readers see each file whole, and no file before its wave is written. A wave's files come one after another: a lookup
      finds all of a wave or nothing, and a query joined with `contents/` the rows of new videos at once. In the tables of a
      catalog readers see each table's part of a wave whole.

      """;

  @Spec private CommandSpec spec;

  @Option(names = "--tables", description = "print the columns of the cache's tables instead")
  private boolean tables;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    out.print(tables ? tablesMarkdown() : markdown(spec.parent().commandLine()));
    out.flush();
    return 0;
  }

  /** One table per command, in the order of {@code --help}. */
  static String markdown(CommandLine tokenreel) {
    StringBuilder text = new StringBuilder(SETTINGS_INTRODUCTION);
    for (CommandLine command : tokenreel.getSubcommands().values()) {
      CommandSpec commandSpec = command.getCommandSpec();
      text.append("## tokenreel ").append(commandSpec.name()).append("\n\n");
      text.append(String.join(" ", commandSpec.usageMessage().description())).append("\n\n");
      text.append("| option | value | what it does |\n|---|---|---|\n");
      commandSpec
          .positionalParameters()
          .forEach(
              parameter -> text.append(row(parameter.paramLabel(), "", parameter.description())));
      OptionGroup.of(commandSpec).forEach((group, options) -> text.append(rows(group, options)));
      text.append('\n');
    }
    return text.toString().stripTrailing() + "\n";
  }

  /** Key and columns of each table, with the sentences of {@link CacheSchema}. */
  static String tablesMarkdown() {
    StringBuilder text = new StringBuilder(TABLES_INTRODUCTION);
    for (CacheTable table : CacheTable.values()) {
      text.append("## ").append(table.folder()).append("/\n\n");
      text.append("Key: `").append(String.join("`, `", table.key())).append("`\n\n");
      text.append("| name | type | meaning |\n|---|---|---|\n");
      for (StructField column : table.schema().fields()) {
        String meaning = column.metadata().getString(CacheSchema.COMMENT);
        text.append(
            "| `%s` | `%s` | %s |%n"
                .formatted(
                    escaped(column.name()),
                    escaped(column.dataType().catalogString()),
                    escaped(meaning)));
      }
      text.append('\n');
    }
    return text.toString().stripTrailing() + "\n";
  }

  private static String rows(OptionGroup group, List<OptionSpec> options) {
    StringBuilder rows = new StringBuilder();
    for (OptionSpec option : options) {
      if (!option.usageHelp() && !option.versionHelp()) {
        String must = CommandHelp.isOneOfSeveral(option) ? " (one of these)" : " (required)";
        String name = "`" + option.longestName() + "`" + (option.required() ? must : "");
        String value = option.arity().max() == 0 ? "" : option.paramLabel();
        rows.append(row(name, value, option.description()));
      }
    }
    return rows.isEmpty() ? "" : row("*" + group.heading() + "*", "") + rows;
  }

  private static String row(String name, String value, String... description) {
    return "| %s | %s | %s |%n"
        .formatted(escaped(name), escaped(value), escaped(String.join(" ", description)));
  }

  private static String escaped(String cell) {
    return cell.replace("|", "\\|");
  }
}
