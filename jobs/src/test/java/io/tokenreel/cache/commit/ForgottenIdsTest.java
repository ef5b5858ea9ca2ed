package io.tokenreel.cache.commit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tokenreel.cache.CacheFiles;
import io.tokenreel.cache.CacheRows;
import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.lookup.TokenCache;
import io.tokenreel.cache.verify.CacheVerifier;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.apache.commons.io.FileUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The list of the videos that an output takes no more, and how the others are found then. */
@Tag("slow")
class ForgottenIdsTest extends RemovalOutputs {

  @Test
  void forgotten_ids_areHeldAgainstInputsByDigestsAlone() throws IOException {
    Path output = cache();
    forget(output, CacheFiles.StepListener.NONE, SECRET);
    ForgottenIds forgotten = ForgottenIds.of(new Configuration(), output);
    assertEquals(List.of(SECRET), forgotten.among(IDS));
    assertEquals(
        5, forgotten.leftOutOf(CacheRows.tokens(IDS, CacheRows.HALF).select("video_id")).count());
    assertFalse(Files.readString(local(output).resolve("_forgotten")).contains(SECRET));
  }

  @Test
  void forgotten_secondListStoppedAtAnyStep_keepsTheFirst() throws IOException {
    Path output = cache();
    forget(output, CacheFiles.StepListener.NONE, SECRET);
    String second = IDS.get(2);
    for (String stop : List.of("written ._forgotten.tmp", "replaced _forgotten")) {
      Path stopped = copy(output, "stopped");
      assertThrows(Killed.class, () -> forget(stopped, killAt(stop), second));
      List<String> expected =
          stop.startsWith("written") ? List.of(SECRET) : List.of(SECRET, second);
      assertEquals(expected, ForgottenIds.of(new Configuration(), stopped).among(IDS), stop);
      recover(stopped);
      assertEquals(expected, ForgottenIds.of(new Configuration(), stopped).among(IDS), stop);
      FileUtils.deleteDirectory(local(stopped).toFile());
    }
    // As an older version left it, which deleted the list before the next one had its name.
    Files.move(local(output).resolve("_forgotten"), local(output).resolve("._forgotten.tmp"));
    assertEquals(List.of(SECRET), ForgottenIds.of(new Configuration(), output).among(IDS));
    forget(output, CacheFiles.StepListener.NONE, second);
    assertEquals(List.of(SECRET, second), ForgottenIds.of(new Configuration(), output).among(IDS));
    Files.delete(local(output).resolve("_forgotten"));
    Files.writeString(local(output).resolve("._forgotten.tmp"), "{\"salt\":");
    assertEquals(List.of(), ForgottenIds.of(new Configuration(), output).among(IDS));
  }

  @Test
  void forget_asManyAsABucketOfTheIndexHolds_leavesTheOthersToBeFound() throws IOException {
    Path output = output("many");
    List<String> ids = CacheRows.ids(0, 70);
    try (TokenCacheWriter writer = TokenCacheWriter.open(SPARK, output)) {
      WaveCommit wave = writer.nextWave();
      wave.stage(CacheTable.TOKENS, CacheRows.tokens(ids, CacheRows.HALF, CacheRows.WHOLE));
      wave.stage(CacheTable.OUTCOMES, CacheRows.outcomes("r", ids));
      wave.commit();
      writer.saveRun(CacheRows.run("r", 70, CacheRows.HALF, CacheRows.WHOLE).finished());
    }
    for (int gone : List.of(1, 35, 69)) {
      List<String> forgotten = ids.subList(0, gone);
      forget(output, CacheFiles.StepListener.NONE, forgotten.toArray(new String[0]));
      TokenCache cache = TokenCache.open(new Configuration(), output);
      for (String id : forgotten) {
        assertEquals(List.of(), cache.lookup(id), id);
      }
      for (String id : ids.subList(gone, ids.size())) {
        assertTokens(cache, id);
      }
      assertEquals(List.of(), CacheVerifier.verify(SPARK, output));
    }
  }
}
