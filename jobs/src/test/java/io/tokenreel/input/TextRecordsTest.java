package io.tokenreel.input;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import java.util.StringJoiner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts as people and programs write them, without Spark. */
class TextRecordsTest {

  private static final KnownColumns KNOWN =
      new KnownColumns(List.of("uri"), List.of("id", "uri"), List.of("note"));
  private static final String ROWS =
      "{\"id\":\"1\",\"uri\":\"a.mp4\"} {\"id\":\"2\",\"uri\":\"b.mp4\"}";

  private static TextRecords open(String format, String text) throws IOException {
    return format.equals("csv")
        ? new CsvRecords(new StringReader(text), List.of(',', ';', '\t'), KNOWN.required())
        : new JsonRecords(new StringReader(text), KNOWN);
  }

  /** The records, or what is wrong with them. */
  private static String records(String format, String text) throws IOException {
    TextRecords records = open(format, text);
    StringJoiner all = new StringJoiner(" ");
    for (TextRecord next = records.next(); next != null; next = records.next()) {
      if (next.json() != null) {
        all.add(next.json());
      }
    }
    return all.toString();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "id,uri\r\n1,a.mp4\r\n2,b.mp4\r\n",
        "id,uri\n1,a.mp4\n2,b.mp4",
        " id , uri \n 1 , a.mp4 \n2, \"b.mp4\" \n\n",
        "id;uri\n1;a.mp4\n2;b.mp4\n",
        "id\turi\n1\ta.mp4\n2\tb.mp4\n",
        "\"id\",\"uri\"\r\n\"1\",\"a.mp4\"\r\n\"2\",\"b.mp4\"\r\n",
        "id,uri,\n1,a.mp4,\n2,b.mp4,\n",
        "id,uri\n1,a.mp4,,\n2,b.mp4\n",
      })
  void next_csvAsProgramsWriteIt_givesTheSameRecords(String text) throws IOException {
    assertEquals(ROWS, records("csv", text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"id\":1,\"uri\":\"a.mp4\"}\n{\"id\":\"2\",\"uri\":\"b.mp4\"}\n",
        "[{\"id\":1,\"uri\":\"a.mp4\"},\r\n{\"id\":2,\"uri\":\"b.mp4\"}]",
        "{\n \"id\": 1,\n \"uri\": \"a.mp4\"\n}\n{\n \"id\": 2,\n \"uri\": \"b.mp4\"\n}",
        "[{\"id\":1,\"uri\":\"a.mp4\"}]\n[{\"id\":2,\"uri\":\"b.mp4\"}]",
      })
  void next_jsonOfAnyShape_givesTheSameRecords(String text) throws IOException {
    assertEquals(ROWS, records("json", text));
  }

  @Test
  void next_quotedLineBreaksAndQuotes_stayInTheirValue() throws IOException {
    assertEquals(
        "{\"uri\":\"a\",\"caption\":\"a man\\r\\nwalks, \\\"slowly\\\"\"} {\"uri\":\"#b\",\"caption\":\"5\\\" wide\"}"
            + " {\"uri\":\"c\",\"caption\":null} {\"uri\":\"d\",\"caption\":\"\"}",
        records(
            "csv", "uri,caption\na,\"a man\r\nwalks, \"\"slowly\"\"\"\n#b,5\" wide\nc,\nd,\"\"\n"));
  }

  @Test
  void next_jsonOfKnownColumns_isSpelledAsInTheFile() throws IOException {
    assertEquals(
        "{\"id\":\"1\",\"note\":\"0.10\",\"other\":0.10} {\"id\":\"1e3\",\"note\":null,\"other\":{\"id\":1e3}}"
            + " {\"id\":\"12345678901234567890\",\"note\":\"true\"} {\"id\":[1]}",
        records(
            "json",
            """
            {"id":1,"note":0.10,"other":0.10}
            {"id":1e3,"note":null,"other":{"id":1e3}}
            {"id":12345678901234567890,"note":true}
            {"id":[1]}
            """));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          csv | uri,x;a,b,c | the row that ends at line 2 has 3 values, the header 2 names
          csv | id,uri,x;1,a | the row that ends at line 2 has 2 values, the header 3 names
          csv | id,uri;1,"a;2,b;3,c | a quote that opens after line 1 is never closed
          csv | id,uri;1,a;2,"a "b" c" | after line 2, a quoted value has text behind its closing quote
          csv | id,uri,Id;1,a,2 | its header names the column Id twice
          csv | id,uri,;1,a,2 | the row that ends at line 2 has a value in column 3, which has no name
          json | {"id":1,"uri":"a"} 7 | line 1: expected an object, found VALUE_NUMBER_INT
          json | {"id":1,"uri":"a"};{"id":2,"uri": | line 2: Unexpected end-of-input
          json | {"id":1,"id":2,"uri":"a"} | Duplicate field 'id'
          """)
  void next_malformed_saysWhereAndWhy(String format, String text, String said) {
    String message =
        assertThrows(MalformedRecordException.class, () -> records(format, text.replace(";", "\n")))
            .getMessage();
    assertTrue(message.contains(said), message);
  }

  @Test
  void next_carriageReturnsAlone_areRefused() {
    assertTrue(
        assertThrows(MalformedRecordException.class, () -> records("csv", "id,uri\r1,a\r2,b\r"))
            .getMessage()
            .contains("carriage returns alone"));
  }
}
