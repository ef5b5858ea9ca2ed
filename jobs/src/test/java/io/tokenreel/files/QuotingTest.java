package io.tokenreel.files;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class QuotingTest {

  @Test
  void shellWord_plainText_isNotQuoted() {
    assertEquals(
        "/data/a-b/c_1.mp4:x=0.5,y", Quoting.shellWord("/data/a-b/c_1.mp4:x=0.5,y"), "a path");
  }

  @Test
  void shellWord_otherText_isQuoted() {
    assertEquals("'a b#[1]'", Quoting.shellWord("a b#[1]"));
    assertEquals("'it'\\''s'", Quoting.shellWord("it's"));
    assertEquals("''", Quoting.shellWord(""));
  }

  @Test
  void inDoubleQuotes_whatAShellExpands_isEscaped() {
    assertEquals("\"a 'b' \\$c \\`d\\` \\\\ \\\"\"", Quoting.inDoubleQuotes("a 'b' $c `d` \\ \""));
  }

  @Test
  void duckDbFiles_anyFolder_matchesItselfAlone() {
    assertEquals("'/data/c/t/*.parquet'", Quoting.duckDbFiles("/data/c", "t/*.parquet"));
    assertEquals(
        "'/a b[[]1]{x}[?]''/t/*.parquet'",
        Quoting.duckDbFiles("file:///a%20b%5B1%5D%7Bx%7D%3F'", "t/*.parquet"));
    assertEquals("'s3a://b/c/t/*.parquet'", Quoting.duckDbFiles("s3a://b/c", "t/*.parquet"));
  }
}
