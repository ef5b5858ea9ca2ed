package io.tokenreel.eval.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tokenreel.eval.judge.JudgeReply.State;
import io.tokenreel.eval.task.Task;
import io.tokenreel.eval.task.Tasks;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JudgeReplyTest {

  private static final Task TASK = Tasks.of("activitynetqa", "lmms-eval-0.7.2", null);
  private static final Map<String, Object> DOC =
      Map.of("question", "is the athlete from USA", "answer", "{{ yes }}");

  private static String reply(String body) {
    return "{\"id\":\"batch_req_1\",\"custom_id\":\"a\",\"response\":{\"status_code\":200,\"body\":%s},\"error\":null}"
        .formatted(body);
  }

  private static String body(String content) {
    return "{\"model\":\"m\",\"choices\":[{\"message\":{\"role\":\"assistant\",\"content\":\"%s\"}}]}"
        .formatted(content);
  }

  @Test
  void of_batchOutput_givesVerdictAndJudge() {
    assertEquals(
        Optional.of(new JudgeReply("a", State.READ, "m", new Verdict("yes", 4))),
        JudgeReply.of(reply(body("{'pred': 'yes', 'score': 4}"))));
  }

  @Test
  void of_errors_areFailed() {
    Optional<JudgeReply> failed = Optional.of(new JudgeReply("a", State.FAILED, null, null));
    assertEquals(
        failed,
        JudgeReply.of(
            "{\"custom_id\":\"a\",\"response\":null,\"error\":{\"code\":\"batch_expired\"}}"));
    assertEquals(
        failed,
        JudgeReply.of("{\"custom_id\":\"a\",\"response\":{\"status_code\":429,\"body\":{}}}"));
  }

  @Test
  void of_noVerdictOrNoJudge_isUnreadable() {
    Optional<JudgeReply> unreadable =
        Optional.of(new JudgeReply("a", State.UNREADABLE, null, null));
    assertEquals(unreadable, JudgeReply.of(reply(body("yes"))));
    assertEquals(unreadable, JudgeReply.of(reply(body("{'pred': 'yes', 'score': 1e400}"))));
    assertEquals(unreadable, JudgeReply.of(reply("{}")));
    assertEquals(unreadable, JudgeReply.of(reply("{\"model\":\"m\",\"choices\":[]}")));
    assertEquals(
        unreadable,
        JudgeReply.of(reply(body("{'pred': 'yes', 'score': 4}").replace("\"model\":\"m\",", ""))));
  }

  @Test
  void of_otherLines_areNone() {
    assertEquals(Optional.empty(), JudgeReply.of("no JSON"));
    assertEquals(Optional.empty(), JudgeReply.of("{\"id\":\"x\"}"));
    assertEquals(Optional.empty(), JudgeReply.of("[]"));
  }

  @Test
  void better_ofTwo_isTheLastThatCanBeRead() {
    JudgeReply one = new JudgeReply("a", State.READ, "m", new Verdict("yes", 4));
    JudgeReply two = new JudgeReply("a", State.READ, "m", new Verdict("no", 1));
    JudgeReply failed = new JudgeReply("a", State.FAILED, null, null);
    assertEquals(two, JudgeReply.better(one, two));
    assertEquals(one, JudgeReply.better(one, failed));
    assertEquals(one, JudgeReply.better(failed, one));
  }

  @Test
  void request_ofAnAnswer_isABatchLineWithUpstreamsWords() throws IOException {
    JsonNode request =
        new ObjectMapper().readTree(new JudgeRequests(TASK, "m").of(7, DOC, "Yes").line());
    assertEquals("POST", request.get("method").textValue());
    assertEquals("/v1/chat/completions", request.get("url").textValue());
    JsonNode body = request.get("body");
    assertEquals("m", body.get("model").textValue());
    assertEquals(0, body.get("temperature").intValue());
    assertEquals(64, body.get("max_tokens").intValue());
    assertEquals("system", body.at("/messages/0/role").textValue());
    assertEquals(
        "Please evaluate the following video-based question-answer pair:\n\nQuestion: is the athlete from USA\nCorrect Answer: {{ yes }}\nPredicted Answer: Yes\n\nProvide your evaluation only as a yes/no and score where the score is an integer value between 0 and 5, with 5 indicating the highest meaningful match. Please generate the response in the form of a Python dictionary string with keys 'pred' and 'score', where value of 'pred' is  a string of 'yes' or 'no' and value of 'score' is in INTEGER, not STRING.DO NOT PROVIDE ANY OTHER OUTPUT TEXT OR EXPLANATION. Only provide the Python dictionary string. For example, your response should look like this: {'pred': 'yes', 'score': 4.8}.",
        body.at("/messages/1/content").textValue());
  }

  @Test
  void request_id_standsForQuestionAnswerAndJudge() throws Exception {
    JudgeRequests requests = new JudgeRequests(TASK, "m");
    String id = requests.of(7, DOC, "Yes").customId();
    assertEquals(id, sent(requests).of(7, DOC, "Yes").customId());
    assertNotEquals(id, requests.of(7, DOC, "yes").customId());
    assertNotEquals(id, requests.of(8, DOC, "Yes").customId());
    assertNotEquals(id, new JudgeRequests(TASK, "n").of(7, DOC, "Yes").customId());
  }

  private static JudgeRequests sent(JudgeRequests requests) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(requests);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return (JudgeRequests) in.readObject();
    }
  }
}
