package io.tokenreel.eval;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tokenreel.eval.judge.JudgeReply;
import io.tokenreel.eval.judge.JudgeRequests;
import io.tokenreel.eval.judge.Verdict;
import io.tokenreel.eval.task.AnswerScorer;
import io.tokenreel.eval.task.PlainJson;
import io.tokenreel.eval.task.Subtitles;
import io.tokenreel.eval.task.Task;
import io.tokenreel.eval.task.TaskQuestion;
import io.tokenreel.eval.task.TaskReader;
import io.tokenreel.eval.task.Tasks;
import io.tokenreel.model.prompt.OptionLetters;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * What lmms-eval's own functions give, as checks/upstream/vectors.py writes it, beside what this
 * project gives. Each method returns the differences.
 */
public final class UpstreamVectors {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** A letter that upstream draws at random. */
  private static final String DRAWN = "~";

  /** A task of subsets is asked as this one. */
  private static final String SUBSET = "action_count";

  private final Path folder;
  private final Map<String, Task> tasks = new HashMap<>();
  private int compared;

  public UpstreamVectors(Path folder) {
    this.folder = folder;
  }

  /** How many values were compared since. */
  public int compared() {
    return compared;
  }

  /** Calls a check with every line of a file, and with the list that it puts differences into. */
  public List<String> differences(String file, BiConsumer<JsonNode, List<String>> check) {
    List<String> differences = new ArrayList<>();
    try (BufferedReader in = Files.newBufferedReader(folder.resolve(file))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        check.accept(JSON.readTree(line), differences);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return differences;
  }

  private void compare(String what, Object upstream, Object ours, List<String> differences) {
    compared++;
    if (!Objects.equals(upstream, ours)) {
      differences.add("%s: upstream %s, here %s".formatted(what, shown(upstream), shown(ours)));
    }
  }

  private static String shown(Object value) {
    return value instanceof String text ? PlainJson.write(text) : String.valueOf(value);
  }

  /** The task that a line is of. */
  public Task task(JsonNode line) {
    return tasks.computeIfAbsent(
        line.get("task").textValue() + " " + line.get("version").textValue(),
        name -> Tasks.of(name.split(" ")[0], name.split(" ")[1], null));
  }

  /** Questions of annotations. */
  public static List<TaskQuestion> questions(Task task, List<JsonNode> docs) {
    List<Map<String, Object>> rows =
        docs.stream().map(doc -> PlainJson.read(doc.toString())).toList();
    try {
      return new TaskReader(
              task,
              new TaskReader.Files() {
                @Override
                public List<Map<String, Object>> annotations(String pattern) {
                  boolean asked = task.subsets().size() == 1 || pattern.contains(SUBSET);
                  return asked ? rows : List.of();
                }

                @Override
                public boolean present(String video) {
                  return true;
                }

                @Override
                public String subtitles(String file, String video) {
                  return Subtitles.NONE;
                }
              })
          .read();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A question's prompt, and what its responses are worth, or what their judge is asked. */
  public void scores(JsonNode line, List<String> differences) {
    Task task = task(line);
    TaskQuestion question = questions(task, List.of(line.get("doc"))).get(0);
    String name = task.name() + " " + task.version();
    compare(name + " prompt", line.get("prompt").textValue(), question.prompt(), differences);
    for (JsonNode asked : line.path("asked")) {
      JudgeRequests requests = new JudgeRequests(task, task.judge().model());
      String response = asked.get(0).textValue();
      String request = requests.of(0, question.doc(), response).line();
      compare(
          name + " judge of " + shown(response),
          asked.get(1).textValue(),
          digest(request),
          differences);
    }
    if (line.has("responses")) {
      AnswerScorer scorer = new AnswerScorer(task);
      boolean places = line.at("/responses/0/1").isNumber() || line.at("/responses/1/1").isNumber();
      for (JsonNode response : line.get("responses")) {
        response(name, scorer, question, response, places, differences);
      }
    }
  }

  private void response(
      String name,
      AnswerScorer scorer,
      TaskQuestion question,
      JsonNode expected,
      boolean places,
      List<String> differences) {
    String response = expected.get(0).textValue();
    AnswerScorer.Scored scored = scorer.score(response, question.options(), question.gold());
    String what = "%s on %s with options %s".formatted(name, shown(response), question.options());
    JsonNode pred = expected.get(1);
    boolean drawn =
        (pred.isTextual() && pred.textValue().equals(DRAWN))
            || (name.startsWith("egoschema") && pred.asInt() < 0);
    if (!pred.isNull()) {
      String choice = scored.parsed().choice();
      compare(
          what,
          drawn ? "GUESSED" : pred.asText(),
          switch (scored.parsed().reading()) {
            case GUESSED -> "GUESSED";
            case READ, UNREAD -> places ? String.valueOf(OptionLetters.place(choice)) : choice;
          },
          differences);
    }
    compare(what + ", score", expected.get(2).asDouble(), scored.score(), differences);
    compare(what + ", left out", expected.get(3).booleanValue(), scored.leftOut(), differences);
  }

  private static String digest(String request) {
    try {
      JsonNode messages = JSON.readTree(request).at("/body/messages");
      String both =
          messages.get(0).get("content").textValue()
              + "\n"
              + messages.get(1).get("content").textValue();
      return DigestUtils.sha256Hex(both.getBytes(StandardCharsets.UTF_8)).substring(0, 16);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A judge's reply: its word and its score. */
  public void verdict(JsonNode line, List<String> differences) {
    String reply = line.get(0).textValue();
    JsonNode verdict = line.get(1);
    boolean read = !verdict.isNull() && verdict.get(1).bigIntegerValue().bitLength() < Integer.SIZE;
    Map<String, Object> body =
        Map.of("model", "m", "choices", List.of(Map.of("message", Map.of("content", reply))));
    String batch = PlainJson.write(Map.of("custom_id", "a", "response", Map.of("body", body)));
    Optional<Verdict> ours = JudgeReply.of(batch).map(JudgeReply::verdict);
    compare(
        shown(reply),
        read ? verdict.get(0).textValue() + " " + verdict.get(1).bigIntegerValue() : null,
        ours.map(each -> each.pred() + " " + BigInteger.valueOf(each.score())).orElse(null),
        differences);
  }

  /**
   * A .srt file: what the sampled frames show. Upstream asks whether a frame's number lies between
   * those of an entry's start and end, cut to whole ones: that is the frame's end, in time.
   */
  public void subtitles(JsonNode line, List<String> differences) {
    String text = line.get(0).textValue();
    double fps = line.get(1).doubleValue();
    int frames = line.get(2).intValue();
    int sampled = line.get(3).intValue();
    double[] seconds =
        IntStream.range(0, sampled)
            .map(i -> sampled == 1 ? 0 : (int) (i * ((frames - 1) / (double) (sampled - 1))))
            .mapToDouble(frame -> (frame + 1 - 1e-6) / fps)
            .toArray();
    compare(shown(text), line.get(4).textValue(), Subtitles.of(text, seconds), differences);
  }
}
