package io.tokenreel.eval.judge;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Optional;

/**
 * A line of a batch's output, in the form of OpenAI's Batch API.
 *
 * @param customId of the request that it answers
 * @param model who judged, as the reply names it; null unless READ
 * @param verdict null unless READ
 */
public record JudgeReply(String customId, State state, String model, Verdict verdict) {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int OK = 200;

  /** What a reply is. */
  public enum State {
    /** A verdict. */
    READ,
    /** The server's error. */
    FAILED,
    /** No verdict can be read from what the judge says, or the reply does not name the judge. */
    UNREADABLE
  }

  /**
   * Reads a line.
   *
   * @return empty where it is no JSON object with a {@code custom_id}
   */
  public static Optional<JudgeReply> of(String line) {
    JsonNode reply;
    try {
      reply = JSON.readTree(line);
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
    String customId = reply.path("custom_id").textValue();
    return customId == null ? Optional.empty() : Optional.of(of(customId, reply));
  }

  private static JudgeReply of(String customId, JsonNode reply) {
    JsonNode response = reply.path("response");
    if (reply.hasNonNull("error") || response.path("status_code").asInt(OK) != OK) {
      return new JudgeReply(customId, State.FAILED, null, null);
    }
    JsonNode body = response.path("body");
    String model = body.path("model").textValue();
    String content = body.path("choices").path(0).path("message").path("content").textValue();
    return Optional.ofNullable(model == null ? null : content)
        .flatMap(Verdict::of)
        .map(verdict -> new JudgeReply(customId, State.READ, model, verdict))
        .orElseGet(() -> new JudgeReply(customId, State.UNREADABLE, null, null));
  }

  /**
   * Of two replies to one request the one that counts: the last that can be read, else the last.
   */
  public static JudgeReply better(JudgeReply earlier, JudgeReply later) {
    return earlier.state == State.READ && later.state != State.READ ? earlier : later;
  }
}
