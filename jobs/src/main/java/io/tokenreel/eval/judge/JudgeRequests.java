package io.tokenreel.eval.judge;

import io.tokenreel.eval.parse.ReasoningTags;
import io.tokenreel.eval.task.Judge;
import io.tokenreel.eval.task.PlainJson;
import io.tokenreel.eval.task.Task;
import io.tokenreel.jinja.JinjaTemplate;
import java.io.Serializable;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * A task's requests to its judge, in the form of OpenAI's Batch API, which vLLM's and others' batch
 * runners take too: chat completions at temperature 0. Thread-safe.
 */
public final class JudgeRequests implements Serializable {

  private static final long serialVersionUID = 1;
  private static final long MOST_CHARACTERS = 1 << 20;
  private static final int DIGEST = 32; // hex digits of 64, which tell all answers apart

  private final String task;
  private final Judge judge;
  private final ReasoningTags reasoning;
  private final String model;
  private final transient JinjaTemplate system;
  private final transient JinjaTemplate user;

  /**
   * @param task one that a language model judges
   * @param model who is asked
   */
  public JudgeRequests(Task task, String model) {
    this(task.name(), task.judge(), task.reasoning(), model);
  }

  private JudgeRequests(String task, Judge judge, ReasoningTags reasoning, String model) {
    this.task = task;
    this.judge = judge;
    this.reasoning = reasoning;
    this.model = model;
    this.system = JinjaTemplate.text(judge.system(), MOST_CHARACTERS);
    this.user = JinjaTemplate.text(judge.user(), MOST_CHARACTERS);
  }

  /** Templates are not sent to another machine but parsed there. */
  private Object readResolve() {
    return new JudgeRequests(task, judge, reasoning, model);
  }

  /**
   * A request.
   *
   * @param customId names the question and everything that is asked: the judge, its instruction and
   *     the answer; the same in every run
   * @param line the request as a line of JSON
   */
  public record JudgeRequest(String customId, String line) {}

  /**
   * Asks whether an answer is right.
   *
   * @param docId the question's
   * @param doc its annotation, column to value
   * @param answer what is judged, once reasoning is taken out of it
   */
  public JudgeRequest of(int docId, Map<String, ?> doc, String answer) {
    Map<String, Object> values = new HashMap<>(doc);
    values.put("pred", reasoning.removed(answer));
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("model", model);
    body.put(
        "messages",
        List.of(message("system", system.render(values)), message("user", user.render(values))));
    body.put("temperature", 0);
    body.put("max_tokens", judge.maxTokens());
    String digest = DigestUtils.sha256Hex(PlainJson.write(body)).substring(0, DIGEST);
    String customId = String.join("-", task, String.valueOf(docId), digest);
    Map<String, Object> request = new LinkedHashMap<>();
    request.put("custom_id", customId);
    request.put("method", "POST");
    request.put("url", "/v1/chat/completions");
    request.put("body", body);
    return new JudgeRequest(customId, PlainJson.write(request));
  }

  private static Map<String, String> message(String role, String content) {
    Map<String, String> message = new LinkedHashMap<>();
    message.put("role", role);
    message.put("content", content);
    return message;
  }
}
