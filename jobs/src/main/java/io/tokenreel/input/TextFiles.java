package io.tokenreel.input;

import io.tokenreel.files.Stores;
import io.tokenreel.files.TaskConfiguration;
import io.tokenreel.files.UserPath;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.TaskCompletionListener;

/**
 * Reads text files of records, one task a file. What is wrong with a file is a row as well, its
 * last: a task that fails would be tried again, and end in a stack trace.
 */
final class TextFiles implements FlatMapFunction<String, Row> {

  private static final long serialVersionUID = 1;

  /** In each row one of the three is not NULL. */
  static final StructType SCHEMA =
      new StructType()
          .add("header", DataTypes.createArrayType(DataTypes.StringType))
          .add("record", DataTypes.StringType)
          .add("problem", DataTypes.StringType);

  private static final List<Character> COMMA_FIRST = List.of(',', ';', '\t');
  private static final List<Character> TAB = List.of('\t');

  private final TaskConfiguration hadoop;
  private final RecordFormat format;
  private final KnownColumns columns;

  TextFiles(TaskConfiguration hadoop, RecordFormat format, KnownColumns columns) {
    this.hadoop = hadoop;
    this.format = format;
    this.columns = columns;
  }

  @Override
  public Iterator<Row> call(String file) {
    return Spliterators.iterator(new Rows(file));
  }

  /** The rows of a file. */
  private final class Rows extends Spliterators.AbstractSpliterator<Row> {

    private final String file;
    private TextRecords records;
    private boolean ended;

    Rows(String file) {
      super(Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.NONNULL);
      this.file = file;
    }

    @Override
    public boolean tryAdvance(Consumer<? super Row> taken) {
      if (ended) {
        return false;
      }
      try {
        if (records == null) {
          records = records(text(file));
        }
        TextRecord next = records.next();
        if (next == null) {
          ended = true;
          return false;
        }
        Object header = next.header() == null ? null : next.header().toArray(String[]::new);
        taken.accept(RowFactory.create(header, next.json(), null));
      } catch (IOException | RuntimeException e) {
        ended = true;
        taken.accept(
            RowFactory.create(null, null, UserPath.of(file).getName() + ": " + problem(e)));
      }
      return true;
    }
  }

  private TextRecords records(Reader text) throws IOException {
    return switch (format) {
      case CSV -> new CsvRecords(text, COMMA_FIRST, columns.required());
      case TSV -> new CsvRecords(text, TAB, columns.required());
      case JSON -> new JsonRecords(text, columns);
      case PARQUET -> throw new IllegalStateException("Parquet is no text");
    };
  }

  private Reader text(String file) throws IOException {
    Path path = UserPath.of(file);
    InputStream bytes = Stores.of(path, hadoop.value()).open(path);
    if (TaskContext.get() != null) {
      TaskContext.get().addTaskCompletionListener((TaskCompletionListener) context -> close(bytes));
    }
    BufferedReader text =
        new BufferedReader(
            new InputStreamReader(
                Decompression.open(path.getName(), bytes),
                StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)));
    text.mark(1);
    if (text.read() != '\uFEFF') {
      text.reset();
    }
    return text;
  }

  private static void close(InputStream bytes) {
    try {
      bytes.close();
    } catch (IOException e) {
      throw new IllegalStateException("a file that was read cannot be closed", e);
    }
  }

  private static String problem(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof CharacterCodingException) {
        return "it has bytes that are no UTF-8; convert it, such as with iconv -f latin1 -t utf-8";
      }
      if (cause instanceof MalformedRecordException) {
        return cause.getMessage();
      }
      if (Decompression.endsEarly(cause)) {
        return "it cannot be read: it ends too early; it was cut, or is still being written";
      }
    }
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return "it cannot be read: " + (cause.getMessage() == null ? cause : cause.getMessage());
  }
}
