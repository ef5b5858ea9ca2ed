package io.tokenreel.input;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.files.TaskConfiguration;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.compress.compressors.CompressorStreamFactory;
import org.apache.commons.io.output.CloseShieldOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a task reads of a file, without Spark. */
class TextFilesTest {

  private static final KnownColumns KNOWN =
      new KnownColumns(List.of("uri"), List.of("id", "uri"), List.of());

  private static final String CUT =
      ": it cannot be read: it ends too early; it was cut, or is still being written";

  @TempDir Path folder;

  private List<Row> rows(String name, byte[] bytes) throws IOException {
    Path file = Files.write(folder.resolve(name), bytes);
    TextFiles files =
        new TextFiles(
            TaskConfiguration.of(new Configuration()), RecordFormat.of(name).orElseThrow(), KNOWN);
    List<Row> rows = new ArrayList<>();
    files.call(file.toString()).forEachRemaining(rows::add);
    return rows;
  }

  /** What the last row says of the file. */
  private String problem(String name, byte[] bytes) throws IOException {
    List<Row> rows = rows(name, bytes);
    return rows.get(rows.size() - 1).getString(2);
  }

  @ParameterizedTest
  @CsvSource({"gz,gz", "bz2,bzip2", "zst,zstd", "xz,xz"})
  void call_compressed_isReadToTheEndOfItsLastPartOrRefused(String ending, String codec)
      throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    compress(codec, "id,uri\n1,a.mp4\n", bytes);
    int first = bytes.size();
    compress(codec, "2,b.mp4\n", bytes);
    List<Row> rows = rows("LIST.CSV." + ending, bytes.toByteArray());
    assertArrayEquals(new String[] {"id", "uri"}, (String[]) rows.get(0).get(0));
    assertEquals("{\"id\":\"1\",\"uri\":\"a.mp4\"}", rows.get(1).getString(1));
    assertEquals("{\"id\":\"2\",\"uri\":\"b.mp4\"}", rows.get(2).getString(1));
    for (int end = 16; end < bytes.size(); end++) {
      if (end != first) {
        String said = problem("cut.csv." + ending, Arrays.copyOf(bytes.toByteArray(), end));
        assertTrue(said != null && said.startsWith("cut.csv." + ending + ": it "), end + said);
      }
    }
    String cut = problem("cut.csv." + ending, Arrays.copyOf(bytes.toByteArray(), bytes.size() - 4));
    assertEquals("cut.csv." + ending + CUT, cut);
    String name = "plain.csv." + ending;
    String plain = problem(name, new byte[] {'i', 'd', '\n'});
    assertTrue(plain.startsWith(name + ": it "), plain);
  }

  private static void compress(String codec, String text, OutputStream to) throws Exception {
    try (OutputStream out =
        new CompressorStreamFactory()
            .createCompressorOutputStream(codec, CloseShieldOutputStream.wrap(to))) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  @Test
  void call_byteOrderMark_isNoPartOfTheFirstName() throws IOException {
    List<Row> rows =
        rows("a.tsv", "\uFEFFid\turi\r\n1\ta b.mp4\r\n".getBytes(StandardCharsets.UTF_8));
    assertArrayEquals(new String[] {"id", "uri"}, (String[]) rows.get(0).get(0));
    assertEquals("{\"id\":\"1\",\"uri\":\"a b.mp4\"}", rows.get(1).getString(1));
    assertNull(rows.get(1).get(2));
  }

  @Test
  void call_otherCharset_isRefused() throws IOException {
    String latin =
        problem("a.csv", "id,uri\n1,caf\u00e9.mp4".getBytes(StandardCharsets.ISO_8859_1));
    assertTrue(latin.startsWith("a.csv: it has bytes that are no UTF-8"), latin);
    String wide = problem("a.json", "{\"uri\":\"a\"}".getBytes(StandardCharsets.UTF_16));
    assertTrue(wide.contains("no UTF-8"), wide);
  }

  @Test
  void call_fileThatIsGone_isAProblemOfTheFile() throws IOException {
    TextFiles files =
        new TextFiles(TaskConfiguration.of(new Configuration()), RecordFormat.CSV, KNOWN);
    String said = files.call(folder.resolve("gone.csv").toString()).next().getString(2);
    assertTrue(said.startsWith("gone.csv: it cannot be read: "), said);
  }
}
