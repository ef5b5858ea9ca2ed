package io.tokenreel.stage;

import io.tokenreel.model.FedVideo;
import io.tokenreel.model.LanguageModel;
import io.tokenreel.model.NotFiniteException;
import io.tokenreel.model.OutOfDeviceMemoryException;
import io.tokenreel.model.VideoPrompt;
import io.tokenreel.model.VideoPrompts;
import io.tokenreel.model.VideoReading;
import io.tokenreel.model.kv.KvSpec;
import io.tokenreel.model.prompt.OptionLetters;
import io.tokenreel.model.prompt.Scoring;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** Answers the questions of one video after the other. */
final class Answerer {

  private static final double NANOS_PER_MILLI = 1e6;

  private final QuestionColumn column;
  private final LanguageModel model;
  private final VideoPrompts prompts;
  private final KvSpec kv;
  private final Scoring scoring;
  private final boolean warmUp;

  Answerer(
      QuestionColumn column,
      LanguageModel model,
      VideoPrompts prompts,
      KvSpec kv,
      Scoring scoring,
      boolean warmUp) {
    this.column = column;
    this.model = model;
    this.prompts = prompts;
    this.kv = kv;
    this.scoring = scoring;
    this.warmUp = warmUp;
  }

  /** Channels of a visual token. */
  int dim() {
    return model.info().dim();
  }

  /**
   * One answer per question, in their order; one that could not be got has an error instead.
   *
   * @param questions of the column
   */
  Object[] answers(FedVideo visual, List<Row> questions) {
    if (warmUp && !questions.isEmpty()) {
      WarmUp.before(model, kv + " " + scoring, () -> answered(visual, questions.subList(0, 1)));
    }
    return answered(visual, questions);
  }

  private Object[] answered(FedVideo fed, List<Row> questions) {
    Object[] answers = new Object[questions.size()];
    VideoReading video = null;
    String read = null;
    try {
      for (int i = 0; i < answers.length; i++) {
        Row question = questions.get(i);
        try {
          List<String> options = column.options(question);
          VideoPrompt prompt = prompts.of(text(question, options), fed);
          if (!prompt.before().equals(read)) {
            close(video);
            video = null; // if the next line fails, there is nothing to close
            video = model.read(prompt, fed);
            read = prompt.before();
          }
          if (i == answers.length - 1) {
            video.expectLastQuestion();
          }
          answers[i] = answer(column.id(question), video, prompt, options);
        } catch (IllegalArgumentException | NotFiniteException | OutOfDeviceMemoryException e) {
          answers[i] = failed(column.id(question), e.getMessage());
        }
      }
    } finally {
      close(video);
    }
    return answers;
  }

  /** An error for each question about a video whose tokens were refused. */
  Object[] refused(List<Row> questions, String why) {
    return questions.stream().map(question -> failed(column.id(question), why)).toArray();
  }

  private static void close(VideoReading video) {
    if (video != null) {
      video.close();
    }
  }

  private String text(Row question, List<String> options) {
    if (options.isEmpty() && !scoring.generates()) {
      throw new IllegalArgumentException(
          "scoring '%s' needs options; the question has none".formatted(scoring));
    }
    if (options.size() > OptionLetters.MOST) {
      throw new IllegalArgumentException(
          "a question may have at most %d options; got %d"
              .formatted(OptionLetters.MOST, options.size()));
    }
    String text = column.text(question);
    return options.isEmpty() ? text : scoring.form().text(text, options);
  }

  private Row answer(String id, VideoReading video, VideoPrompt prompt, List<String> options) {
    if (scoring.generates()) {
      VideoReading.Generated said = video.generate(prompt.after(), kv, scoring.newTokens());
      return row(id, prompt, said.text(), null, null, video, said.tokens().size(), said.cost());
    }
    List<String> sayings = scoring.form().answers(options);
    VideoReading.Scored scored = video.score(prompt.after(), sayings, kv);
    return row(
        id, prompt, sayings.get(scored.choice()), scored.choice(), scored, video, 0, scored.cost());
  }

  private static Row row(
      String id,
      VideoPrompt prompt,
      String response,
      Integer choice,
      VideoReading.Scored scored,
      VideoReading video,
      int newTokens,
      VideoReading.Cost cost) {
    return RowFactory.create(
        id,
        prompt.text(),
        response,
        choice,
        scored == null ? null : scored.logits().toArray(),
        scored == null ? null : scored.logLikelihoods().toArray(),
        scored == null ? null : scored.tokens().toArray(),
        video.visualTokens(),
        cost.promptTokens(),
        newTokens,
        (video.nanos() + cost.prefillNanos()) / NANOS_PER_MILLI,
        cost.decodeNanos() / NANOS_PER_MILLI,
        cost.kv().bytesPeak(),
        cost.kv().bytesEnd(),
        cost.kv().device(),
        cost.kv().reserveBytesPeak(),
        cost.kv().reserveBytesEnd(),
        cost.kv().reserveDevice().orElse(null),
        null);
  }

  private static Row failed(String id, String error) {
    List<Object> values = new ArrayList<>();
    values.add(id);
    while (values.size() < StageSchemas.ANSWER_ERROR) {
      values.add(null);
    }
    values.add(error.replace("\n", "\\n"));
    return RowFactory.create(values.toArray());
  }
}
