package io.tokenreel.video;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class VideoFormatTest {

  /** Of formats that name other files, or in which a hole is known. */
  private static final List<String> NEVER =
      List.of("hls", "dash", "concat", "sdp", "imf", "vobsub", "image2", "image2pipe", "magicyuv");

  @Test
  void markdown_isTheTableOfTheDocs() throws IOException {
    Path docs = Path.of("docs", "formats.md");
    String text = Files.readString(Files.exists(docs) ? docs : Path.of("..").resolve(docs));
    int start = text.indexOf("<!-- formats -->\n") + "<!-- formats -->\n".length();
    String table = text.substring(start, text.indexOf("<!-- /formats -->"));
    assertEquals(VideoFormat.markdown().strip(), table.strip());
  }

  @Test
  void allEndings_areLowerCaseAndOfOneFormatEach() {
    List<String> endings =
        Arrays.stream(VideoFormat.values()).flatMap(format -> format.endings().stream()).toList();
    assertEquals(endings.size(), new HashSet<>(endings).size());
    assertTrue(endings.stream().allMatch(ending -> ending.matches("[a-z0-9]+")), "" + endings);
    assertEquals(endings, VideoFormat.allEndings());
  }

  @Test
  void allowedNames_leaveOutWhatReadsOtherFilesOrHasAHole() {
    for (String name : NEVER) {
      assertFalse(VideoFormat.allDemuxers().contains(name), name);
      assertFalse(VideoFormat.allDecoders().contains(name), name);
    }
  }
}
