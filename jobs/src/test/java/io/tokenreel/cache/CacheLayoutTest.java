package io.tokenreel.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Locale;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CacheLayoutTest {

  private final Locale before = Locale.getDefault(Locale.Category.FORMAT);

  @AfterEach
  void restore() {
    Locale.setDefault(Locale.Category.FORMAT, before);
  }

  @Test
  void names_machineWithDigitsOfItsOwn_haveThoseThatReadersExpect() {
    Locale.setDefault(Locale.Category.FORMAT, Locale.forLanguageTag("ar-EG-u-nu-arab"));
    assertEquals("\u0667", "%d".formatted(7), "the locale has no digits of its own");
    CacheLayout layout = new CacheLayout(new Path("/cache"));
    Path file = layout.file(CacheTable.TOKENS, 7, 1);
    assertEquals("000007-00001.parquet", file.getName());
    assertTrue(CacheLayout.isTableFile(file));
    assertEquals("000007.json", layout.journal(7).getName());
    assertEquals("000007", layout.staging(7).getName());
  }
}
