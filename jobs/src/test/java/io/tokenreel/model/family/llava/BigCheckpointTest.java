package io.tokenreel.model.family.llava;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.model.ChildJvm;
import io.tokenreel.model.EncodeDigest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weights are never on the Java heap. */
@Tag("slow")
class BigCheckpointTest {

  @TempDir Path folder;

  @Test
  void encode_checkpointOfThreeTimesTheHeap_isLoadedAndRuns() throws Exception {
    new SeededCheckpoint(new SiglipConfig(28, 14, 1024, 4096, 4, 16, 1e-6), 64, 9).write(folder);
    long megabytes = Files.size(folder.resolve("model.safetensors")) >> 20;
    assertTrue(megabytes >= 3 * 64, megabytes + " MB");
    // A direct buffer is no way around the heap either: its limit is the heap's size.
    String digest = ChildJvm.run(List.of("-Xmx64m"), EncodeDigest.class, folder.toString());
    assertTrue(digest.matches("[0-9a-f]{64}"), digest);
  }
}
