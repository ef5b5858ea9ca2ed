package io.tokenreel.model.decoder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.model.DeviceChoice;
import io.tokenreel.model.FedVideo;
import io.tokenreel.model.LanguageInfo;
import io.tokenreel.model.LanguageModel;
import io.tokenreel.model.Models;
import io.tokenreel.model.VideoPrompt;
import io.tokenreel.model.VideoReading;
import io.tokenreel.model.kv.KvSpec;
import io.tokenreel.model.prompt.PromptTemplates;
import io.tokenreel.testing.RunSeed;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is answered about a video depends on the video and the question alone. */
class VideoReadingTest {

  private static final List<String> OPTIONS =
      List.of("A", "a red circle", "B", "two blue squares and nothing else");
  private static final int NEW_TOKENS = 6;

  private static LanguageModel model;

  @BeforeAll
  static void open() {
    model =
        Models.openLanguage(
            GoldenLanguage.FOLDER.toString(), DeviceChoice.CPU, new Configuration());
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static VideoPrompt prompt(String question) {
    return prompt(question, FedVideo.ofRows(new float[0], GoldenLanguage.HIDDEN));
  }

  private static VideoPrompt prompt(String question, FedVideo video) {
    return model.prompts(PromptTemplates.CHAT).of(question, video);
  }

  private static VideoReading read(float[] rows) {
    FedVideo video = FedVideo.ofRows(rows, GoldenLanguage.HIDDEN);
    return model.read(prompt("", video), video);
  }

  private static List<String> questions(Random random) {
    return IntStream.range(0, 6)
        .mapToObj(i -> "What is it" + " that moves".repeat(1 + random.nextInt(8)) + "?")
        .toList();
  }

  /** All that an answer is, without what it took. */
  private static String answer(VideoReading video, String question, KvSpec kv) {
    String after = prompt(question).after();
    VideoReading.Generated words = video.generate(after, kv, NEW_TOKENS);
    VideoReading.Scored scored = video.score(after, OPTIONS, kv);
    return "%s %s %s %s %s %s"
        .formatted(
            words.tokens(),
            scored.logits(),
            scored.logLikelihoods(),
            scored.tokens(),
            words.cost().kv(),
            scored.cost().kv());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "full",
        "dycoke:layer=1,prune=0.5,refresh=0.9999",
        "dycoke:layer=2,prune=0.7,reserve=drop",
        "dycoke:layer=3,prune=0.7,mode=release"
      })
  void answers_inAnyOrderAndCompany_areTheSameToTheBit(String spec) {
    long seed = RunSeed.VALUE;
    Random random = new Random(seed);
    KvSpec kv = KvSpec.parse(spec);
    float[] visual = GoldenLanguage.visual("none");
    List<String> questions = new ArrayList<>(questions(random));
    List<String> alone = new ArrayList<>();
    for (String question : questions) {
      try (VideoReading video = read(visual)) {
        alone.add(answer(video, question, kv));
      }
    }
    List<Integer> order = new ArrayList<>(List.of(0, 1, 2, 3, 4, 5));
    Collections.shuffle(order, random);
    try (VideoReading video = read(visual)) {
      for (int i : order) {
        assertEquals(alone.get(i), answer(video, questions.get(i), kv), spec + ", seed " + seed);
      }
      assertTrue(video.resident().working() > 0);
    }
  }

  @Test
  void answers_ofTwoThreads_areThoseOfOne() throws InterruptedException {
    float[] visual = GoldenLanguage.visual("none");
    String question = "What colour is the circle?";
    String[] found = new String[4];
    List<Thread> threads =
        IntStream.range(0, found.length)
            .mapToObj(
                i ->
                    new Thread(
                        () -> {
                          try (VideoReading video = read(visual)) {
                            found[i] = answer(video, question, KvSpec.FULL);
                          }
                        }))
            .toList();
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    for (String answer : found) {
      assertEquals(found[0], answer);
    }
    assertTrue(found[0] != null && found[0].startsWith("["), found[0]);
  }

  @Test
  void score_optionsOfManyTokens_countsThemAll() {
    try (VideoReading video = read(GoldenLanguage.visual("none"))) {
      String after = prompt("Which?").after();
      VideoReading.Scored scored =
          video.score(after, List.of("A", "BC", "red", "green blue"), KvSpec.FULL);
      for (int i = 0; i < scored.tokens().size(); i++) {
        assertTrue(scored.logLikelihoods().get(i) < 0);
        assertTrue(scored.tokens().get(i) >= 1);
      }
      assertEquals(1, scored.tokens().get(0));
      assertTrue(scored.tokens().get(3) > 2);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"full", "dycoke:layer=1,prune=0.7,reserve=drop"})
  void generate_theLastQuestion_keepsOnlyWhatItNeeds(String kv) {
    String after = prompt("What colour is the circle?").after();
    try (VideoReading video = read(GoldenLanguage.visual("none"))) {
      List<Integer> first = video.generate(after, KvSpec.parse(kv), NEW_TOKENS).tokens();
      long shared = video.resident().working();
      video.expectLastQuestion();
      assertEquals(first, video.generate(after, KvSpec.parse(kv), NEW_TOKENS).tokens());
      assertTrue(shared > 0);
      assertEquals(0, video.resident().working());
    }
  }

  @Test
  void generate_untilAnEndToken_stopsThere() {
    LanguageInfo info = model.info();
    assertEquals(List.of(382, 380), info.endTokens());
    assertTrue(info.decoder().matches("qwen2_4x64@[0-9a-f]{20}"), info.decoder());
    Random random = new Random(3);
    int ended = 0;
    for (int i = 0; i < 40; i++) {
      float[] visual = new float[8 * info.dim()];
      for (int k = 0; k < visual.length; k++) {
        visual[k] = (float) random.nextGaussian();
      }
      try (VideoReading video = read(visual)) {
        List<Integer> tokens = video.generate(prompt("What?").after(), KvSpec.FULL, 30).tokens();
        for (int k = 0; k < tokens.size() - 1; k++) {
          assertTrue(!info.endTokens().contains(tokens.get(k)), tokens.toString());
        }
        boolean end = info.endTokens().contains(tokens.get(tokens.size() - 1));
        assertTrue(end || tokens.size() == 30, tokens.toString());
        ended += end ? 1 : 0;
      }
    }
    assertTrue(ended > 0, "no answer ended by itself");
  }

  @Test
  void read_visualTokensThatAreNoNumbers_isAnErrorNotAnAnswer() {
    float[] visual = GoldenLanguage.visual("none");
    visual[70] = Float.NaN;
    try (VideoReading video = read(visual)) {
      String message =
          assertThrows(
                  IllegalStateException.class,
                  () -> video.generate(prompt("What?").after(), KvSpec.FULL, 3))
              .getMessage();
      assertTrue(message.contains("logits must be finite"), message);
    }
  }

  @Test
  void read_noVisualTokensOrOne_answers() {
    for (int tokens : new int[] {0, 1}) {
      try (VideoReading video = read(new float[tokens * 64])) {
        assertEquals(tokens, video.visualTokens());
        for (String kv : List.of("full", "dycoke:prune=0.7", "dycoke:prune=1,mode=release")) {
          assertEquals(
              NEW_TOKENS,
              video
                  .generate(prompt("What?").after(), KvSpec.parse(kv), NEW_TOKENS)
                  .tokens()
                  .size());
        }
      }
    }
  }

  /** The prompt is of another video, which only a look at the rows tells. */
  @Test
  void read_moreRowsThanPositions_isRefusedBeforeTheyAreCopied() {
    int rows = model.info().positions() + 1;
    FedVideo video =
        FedVideo.ofRows(new float[rows * GoldenLanguage.HIDDEN], GoldenLanguage.HIDDEN);
    String message =
        assertThrows(IllegalArgumentException.class, () -> model.read(prompt("What?"), video))
            .getMessage();
    assertTrue(message.contains("a sequence of %d tokens is longer".formatted(rows)), message);
  }

  @Test
  void read_partOfARow_saysHowWideRowsAre() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> read(new float[65])).getMessage();
    assertTrue(message.contains("whole rows of 64 channels"), message);
  }

  @Test
  void read_moreThanThePositions_saysWhatToDo() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> read(new float[64 * 4096])).getMessage();
    assertTrue(message.contains("4096 positions; keep fewer visual tokens"), message);
  }
}
