package io.tokenreel.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.model.DeviceChoice;
import io.tokenreel.model.FedVideo;
import io.tokenreel.model.LanguageInfo;
import io.tokenreel.model.LanguageModel;
import io.tokenreel.model.Models;
import io.tokenreel.model.OutOfDeviceMemoryException;
import io.tokenreel.model.VideoPrompt;
import io.tokenreel.model.VideoPrompts;
import io.tokenreel.model.VideoReading;
import io.tokenreel.model.kv.KvSpec;
import io.tokenreel.model.prompt.PromptTemplates;
import io.tokenreel.model.prompt.Scoring;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Test;
import scala.jdk.javaapi.CollectionConverters;

class AnswererTest {

  private static final List<Row> QUESTIONS =
      Stream.of("first", "second")
          .map(
              id ->
                  RowFactory.create(
                      id,
                      "Which one?",
                      CollectionConverters.asScala(List.of("a circle", "a square")).toSeq()))
          .toList();

  /** A model with room for one visual row. */
  private record Crowded(LanguageModel model) implements LanguageModel {

    @Override
    public LanguageInfo info() {
      return model.info();
    }

    @Override
    public VideoPrompts prompts(String template) {
      return model.prompts(template);
    }

    @Override
    public VideoReading read(VideoPrompt prompt, FedVideo video) {
      if (video.rows().length > video.dim()) {
        throw new OutOfDeviceMemoryException("no room for it");
      }
      return model.read(prompt, video);
    }

    @Override
    public void close() {
      model.close();
    }
  }

  private static Answerer answerer(LanguageModel model, String scoring, boolean warmUp) {
    return new Answerer(
        new QuestionColumn(0, 0, 1, 2),
        model,
        model.prompts(PromptTemplates.CHAT),
        KvSpec.parse("full"),
        Scoring.parse(scoring),
        warmUp);
  }

  @Test
  void answers_questionsWithNulls_haveTheReason() {
    List<Row> questions =
        Arrays.asList(
            null,
            RowFactory.create("no text", null, null),
            RowFactory.create(
                "no option",
                "Which one?",
                CollectionConverters.asScala(Arrays.asList("a circle", null)).toSeq()),
            RowFactory.create(null, "What?", null));
    try (LanguageModel model =
        Models.openLanguage(Models.DEFAULT, DeviceChoice.CPU, new Configuration())) {
      Answerer answerer = answerer(model, "generate", true);
      int dim = answerer.dim();
      Object[] answers = answerer.answers(FedVideo.ofRows(new float[dim], dim), questions);
      List<String> errors =
          Arrays.stream(answers)
              .map(answer -> ((Row) answer).getString(StageSchemas.ANSWER_ERROR))
              .toList();
      assertEquals("expected the text of a question; got NULL", errors.get(0));
      assertEquals("expected the text of a question; got NULL", errors.get(1));
      assertEquals(
          "expected a text for every option of a question; got NULL among [a circle, null]",
          errors.get(2));
      assertNull(errors.get(3)); // whoever asked can still tell by its place
    }
  }

  @Test
  void answers_videoThatTheDeviceHasNoRoomFor_haveTheReasonAndTheNextVideoIsAnswered() {
    try (LanguageModel model =
        new Crowded(Models.openLanguage(Models.DEFAULT, DeviceChoice.CPU, new Configuration()))) {
      Answerer answerer = answerer(model, "options", false);
      int dim = answerer.dim();
      Object[] refused = answerer.answers(FedVideo.ofRows(new float[2 * dim], dim), QUESTIONS);
      assertEquals(2, refused.length);
      for (Object answer : refused) {
        assertEquals("no room for it", ((Row) answer).getString(StageSchemas.ANSWER_ERROR));
      }
      Object[] given = answerer.answers(FedVideo.ofRows(new float[dim], dim), QUESTIONS);
      for (Object answer : given) {
        assertTrue(((Row) answer).isNullAt(StageSchemas.ANSWER_ERROR));
        assertFalse(((Row) answer).isNullAt(2), "a response");
      }
    }
  }
}
