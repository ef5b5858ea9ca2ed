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
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          https://h/my video.mp4?token=S | https://h/my video.mp4?token=***
          https://h/it's.mp4?sig=S | https://h/it's.mp4?sig=***
          https://h/v.mp4?name=it's&X-Amz-Signature=S | https://h/v.mp4?name=***&X-Amz-Signature=***
          https://h/v.mp4?name=a b "c" <d>&sig=S | https://h/v.mp4?name=***&sig=***
          ftp://ada:love'lace@host/x | ftp://ada:***@host/x
          ftp://ada:love lace@host/x | ftp://ada:***@host/x
          https://h/a.mp4?S | https://h/a.mp4?***
          https://h/a.mp4?S&T=U#t=1 | https://h/a.mp4?***&T=***#t=1
          https://host/a.mp4?id=3&X-Amz-Signature=5b#t=1 | https://host/a.mp4?id=***&X-Amz-Signature=***#t=1
          file:///a b's?x=1.mp4 | file:///a b's?x=1.mp4
          a b's?x=1.mp4 | a b's?x=1.mp4
          """)
  void hideIn_uriOfAnyCharacters_keepsTheRest(String uri, String expected) {
    assertEquals(expected, UriSecrets.hideIn(uri));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          video 'https://h/it's.mp4?sig=S', which is gone | video 'https://h/it's.mp4?sig=***', which is gone
          cannot read 'https://h/a?b=c'. Why? | cannot read 'https://h/a?b=***'. Why?
          https://h/my video of may.mp4?token=S: 404 | https://h/my video of may.mp4?token=*** 404
          read ftp://a:b@h/x and https://u:p@c/d?e=f | read ftp://a:***@h/x and https://u:***@c/d?e=***
          is https://h/a.mp4 there? No | is https://h/a.mp4 there? No
          ftp://ada:love'lace@host/x is gone | ftp://ada:***@host/x is gone
          """)
  void hide_uriAmongWords_keepsTheWords(String text, String expected) {
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
    assertNull(UriSecrets.hideIn(null));
  }
}
