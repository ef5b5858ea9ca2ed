package io.tokenreel.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UserPathTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/tmp/a:b.mp4|/tmp/a:b.mp4",
        "/tmp/a b [1] {2} #?*%20\\.mp4|/tmp/a b [1] {2} #?*%20\\.mp4",
        "//tmp//x|/tmp/x",
        "file:/tmp/a b.mp4|/tmp/a b.mp4",
        "file:///tmp/c%20d.mp4|/tmp/c d.mp4",
        "file://localhost/tmp/x|/tmp/x",
        "file:///tmp/a#b?c|/tmp/a#b?c",
        "file:///tmp/100%.mp4|/tmp/100%.mp4",
        "file:///tmp/100%25.mp4|/tmp/100%.mp4",
        "file:///tmp/a+b.mp4|/tmp/a+b.mp4",
        "file:///tmp/%e6%97%a5.mp4|/tmp/日.mp4",
        "file:///tmp/%ff%fe.mp4|/tmp/%ff%fe.mp4",
        "hdfs://host/a%20b?c#d|/a%20b?c#d",
        "s3a://bucket/12:30/a b|/12:30/a b",
        "https://host/my%20video.mp4?token=a/b|/my video.mp4",
      })
  void of_text_namesThePath(String text, String path) {
    assertEquals(path, UserPath.of(text).toUri().getPath());
  }

  @ParameterizedTest
  @ValueSource(strings = {"a:b.mp4", "2024-01-01T12:30:00.mp4", "a b/c:d"})
  void of_relativeTextWithColon_isAName(String text) {
    assertEquals("/w/" + text, new Path(new Path("/w"), UserPath.of(text)).toUri().getPath());
    assertEquals("/w/" + text, UserPath.below(new Path("/w"), text).toUri().getPath());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "http:///nohost", "https://", "file://host/a", "file://a"})
  void of_textThatNamesNothing_isRefused(String text) {
    assertThrows(UnusablePathException.class, () -> UserPath.of(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/a%20b", "/100%", "/a%2520b", "/a b", "/a#b?c*[d]{e}:f\\g"})
  void text_qualifiedPath_isReadAsThatPath(String name) {
    for (String store : List.of("file:", "hdfs://host", "s3a://bucket")) {
      Path path =
          new Path(
              new Path(store + "/").toUri().getScheme(),
              store.equals("file:") ? null : new Path(store + "/").toUri().getAuthority(),
              name);
      assertEquals(path, UserPath.of(UserPath.text(path)));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"/a [1]/{v2}|/a [1]/{v2}", "file:///c%20d/50%25|/c d/50%", "12:30/#x|12:30/#x"})
  void local_text_isAPathOfThisMachine(String text, String path) {
    assertEquals(java.nio.file.Path.of(path), UserPath.local(text).normalize());
  }

  @ParameterizedTest
  @ValueSource(strings = {"s3a://a/b", "https://a/b", "hdfs:/a", ""})
  void local_uriOfAStore_isRefused(String text) {
    assertThrows(UnusablePathException.class, () -> UserPath.local(text));
  }

  @Test
  void readings_encodedUri_listTheLikelyMeaningFirst() {
    assertEquals(List.of("file:/a b", "file:/a%20b"), texts("file:///a%20b"));
    assertEquals(List.of("s3a://k/a%20b", "s3a://k/a b"), texts("s3a://k/a%20b"));
    assertEquals(List.of("/a b"), texts("/a b"));
    assertEquals(List.of("file:/a%20b", "file:/a b", "file:/a%2520b"), texts("file:/a%2520b"));
  }

  private static List<String> texts(String uri) {
    return UserPath.readings(uri).stream().map(Path::toString).toList();
  }

  @Test
  void scheme_pathsAndUris_isThatOfUris() {
    assertEquals(Optional.of("s3a"), UserPath.scheme("S3A://b/k"));
    assertEquals(Optional.of("file"), UserPath.scheme("file:/x"));
    assertEquals(Optional.empty(), UserPath.scheme("/a:/b"));
    assertEquals(Optional.empty(), UserPath.scheme("12:/b"));
    assertEquals(Optional.empty(), UserPath.scheme("a:b"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "http://h/my%20video.mp4?token=abc|http://h/my%20video.mp4?token=abc",
        "http://h/my video [1].mp4?a=b c|http://h/my%20video%20%5B1%5D.mp4?a=b%20c",
        "http://h:80/100%.mp4|http://h:80/100%25.mp4",
        "http://h/日.mp4|http://h/%E6%97%A5.mp4",
        "http://[::1]:8/a?b|http://[::1]:8/a?b",
        "http://h?a=/b|http://h?a=/b",
        "https://ada:pw@h/a;v=1,2/b@c|https://ada:pw@h/a;v=1,2/b@c",
      })
  void http_text_isEncodedWhereItMustBe(String text, String uri) {
    assertEquals(uri, UserPath.http(text).toString());
  }

  @ParameterizedTest
  @CsvSource({
    "s3://b/k, s3a://",
    "s3a://b/k, org.apache.hadoop:hadoop-aws:3.4.1",
    "gs://b/k, gcs-connector",
    "abfss://c@a.dfs.core.windows.net/k, org.apache.hadoop:hadoop-azure:3.4.1",
    "nosuch://b/k, TOKENREEL_JARS",
  })
  void of_storeThatIsNotThere_saysWhatToAdd(String uri, String advice) {
    UnusablePathException e =
        assertThrows(
            UnusablePathException.class, () -> Stores.of(UserPath.of(uri), new Configuration()));
    assertTrue(e.getMessage().contains(advice), e.getMessage());
    assertTrue(e.getMessage().startsWith(uri), e.getMessage());
    assertEquals(1, e.getMessage().lines().count());
  }
}
