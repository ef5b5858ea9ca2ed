package io.tokenreel.model.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tokenreel.model.ChildJvm;
import io.tokenreel.model.EncodeDigest;
import io.tokenreel.model.Models;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class PyTorchStartTest {

  @TempDir Path temporary;

  /** Both unpack the natives and write the default model into one empty folder. */
  @Test
  void start_ofTwoJvmsAtOnceWithoutAHome_giveTheSameTokens() throws Exception {
    List<String> options =
        List.of("-Djava.io.tmpdir=" + temporary, "-Duser.home=/nonexistent", "-Xmx256m");
    Process one = ChildJvm.start(options, EncodeDigest.class, Models.DEFAULT);
    Process two = ChildJvm.start(options, EncodeDigest.class, Models.DEFAULT);
    assertEquals(ChildJvm.lastLine(one), ChildJvm.lastLine(two));
  }
}
