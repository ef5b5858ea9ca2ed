package io.tokenreel.video;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UriSecretsTest {

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          ftp://ada:lovelace@host/a.mp4, ftp://ada:***@host/a.mp4
          ftp://:lovelace@host/a.mp4, ftp://:***@host/a.mp4
          ftp://ada:love@lace@host/a.mp4, ftp://ada:***@host/a.mp4
          ftp://ada:@host/a.mp4, ftp://ada:***@host/a.mp4
          https://host/a.mp4?token=t1, https://host/a.mp4?token=***
          https://host/a.mp4?id=3&X-Amz-Signature=5b#t=1, https://host/a.mp4?id=***&X-Amz-Signature=***#t=1
          https://ada:lovelace@host:81/a?b=c, https://ada:***@host:81/a?b=***
          cannot read 'ftp://a:b@host/x' (ftp://a:c@host/y), cannot read 'ftp://a:***@host/x' (ftp://a:***@host/y)
          """)
  void hide_uriWithSecrets_keepsTheRest(String text, String expected) {
    assertEquals(expected, UriSecrets.hide(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/videos/what?a=b&c=d.mp4",
        "file:///videos/10:30@home?x=1.mp4",
        "hdfs://name:8020/videos/a@b.mp4",
        "s3a://bucket/a=1/b.mp4",
        "abfss://container@account.dfs.core.windows.net/a.mp4",
        "read at 10:30 @ home",
        ""
      })
  void hide_textWithoutSecrets_isTheSame(String text) {
    assertEquals(text, UriSecrets.hide(text));
  }

  @Test
  void hide_null_isNull() {
    assertNull(UriSecrets.hide(null));
  }
}
