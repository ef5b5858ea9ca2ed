package io.tokenreel.eval.task;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;

/**
 * A made-up benchmark in its published layout: a few annotations and empty video files, and what
 * must come out of them.
 *
 * @param task its name
 * @param annotations files below the root to their rows as JSON
 * @param videos files below the root that are there
 * @param prompt of the first question, to the byte
 * @param video of the first question
 * @param responses one per question
 * @param scores by version, one per question: {@code 1}, {@code 0}, {@code -} where left out; of a
 *     task with a judge, {@code j}
 */
public record TaskFixture(
    String task,
    Map<String, List<String>> annotations,
    List<String> videos,
    String prompt,
    String video,
    List<String> responses,
    Map<String, String> scores) {

  /** Writes the files as they are published. */
  public void write(SparkSession spark, Path root) {
    try {
      for (String video : videos) {
        Path file = root.resolve(video);
        Files.createDirectories(file.getParent());
        Files.write(file, new byte[0]);
      }
      for (Map.Entry<String, List<String>> each : annotations.entrySet()) {
        Path file = root.resolve(each.getKey());
        Files.createDirectories(file.getParent());
        if (each.getKey().endsWith(".json")) {
          Files.writeString(file, "[" + String.join(",\n", each.getValue()) + "]");
        } else if (each.getKey().endsWith(".jsonl")) {
          Files.write(file, each.getValue());
        } else {
          parquet(spark, each.getValue(), file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void parquet(SparkSession spark, List<String> rows, Path file) throws IOException {
    Path json = Files.write(file.resolveSibling("rows.jsonl"), rows);
    Path folder = file.resolveSibling("written");
    spark.read().json(json.toString()).coalesce(1).write().parquet(folder.toString());
    try (Stream<Path> parts = Files.list(folder)) {
      Path part =
          parts.filter(each -> each.toString().endsWith(".parquet")).findFirst().orElseThrow();
      Files.move(part, file);
    }
    Files.delete(json);
  }

  public static List<TaskFixture> all() {
    return List.of(
        videomme(),
        videommeWithSubtitles(),
        mvbench(),
        mlvuDev(),
        mlvuTest(),
        longVideoBench(),
        egoSchemaSubset(),
        egoSchema(),
        nextQa(),
        perceptionTest(),
        activityNetQa(),
        generated());
  }

  private static Map<String, String> both(String scores) {
    return versions(scores, scores);
  }

  private static Map<String, String> versions(String early, String late) {
    Map<String, String> versions = new LinkedHashMap<>();
    versions.put("lmms-eval-0.3.4", early);
    versions.put("lmms-eval-0.7.2", late);
    return versions;
  }

  private static final String VIDEOMME_ROW =
      """
      {"video_id":"%1$s","videoID":"v%1$s","question_id":"%1$s-1","question":"What is  \\"it\\"? ",
       "options":["A. A cat.","B. A dog.","C. {{ one }}","D. None"],"answer":"%2$s",
       "duration":"short","domain":"Knowledge","sub_category":"Astronomy","task_type":"Counting"}
      """;

  private static List<String> videommeRows() {
    return Stream.of("1 B", "2 C", "3 A")
        .map(each -> VIDEOMME_ROW.formatted((Object[]) each.split(" ")).replace("\n", ""))
        .toList();
  }

  private static TaskFixture videomme() {
    return new TaskFixture(
        "videomme",
        Map.of("videomme/test-00000-of-00001.parquet", videommeRows()),
        List.of("data/v1.MP4", "data/v2.mkv"),
        "Select the best answer to the following multiple-choice question based on the video and the subtitles. Respond with only the letter (A, B, C, or D) of the correct option.\nWhat is  \"it\"? \nA. A cat.\nB. A dog.\nC. {{ one }}\nD. None\n\nAnswer with the option's letter from the given choices directly.",
        "data/v1.MP4",
        List.of("B", "The best option is (B) Cat", "nothing"),
        versions("100", "110"));
  }

  private static TaskFixture videommeWithSubtitles() {
    return new TaskFixture(
        "videomme_w_subtitle",
        Map.of("videomme/test-00000-of-00001.parquet", videommeRows()),
        List.of("data/v1.mp4"),
        "This video's subtitles are listed below: \nNo subtitles available\nSelect the best answer to the following multiple-choice question based on the video and the subtitles. Respond with only the letter (A, B, C, or D) of the correct option.\nWhat is  \"it\"? \nA. A cat.\nB. A dog.\nC. {{ one }}\nD. None\nThe best answer is:",
        "data/v1.mp4",
        List.of("B", "C.", "(A)"),
        both("111"));
  }

  private static TaskFixture mvbench() {
    Map<String, List<String>> files = new LinkedHashMap<>();
    Task task = Tasks.of("mvbench", null, null);
    for (String subset : task.subsets().keySet()) {
      files.put(
          "json/" + subset + ".json",
          List.of(
              """
              {"video":"a.mp4","question":"Which one?","candidates":["up","down","up"],"answer":"up"}
              """));
    }
    return new TaskFixture(
        "mvbench",
        files,
        List.of("ssv2_video_mp4/a.mp4"),
        "Question:Which one?\nOption:\n(A) up\n(B) down\n(C) up\nOnly give the best option.\n",
        "ssv2_video_mp4/a.mp4",
        Stream.concat(Stream.of("(A) up", "a dog", "B", ""), Stream.generate(() -> "A.").limit(16))
            .toList(),
        both("110-" + "1".repeat(16)));
  }

  private static TaskFixture mlvu(
      String task, String prompt, String type, Map<String, String> scores) {
    String row =
        """
        {"video_name":"%s","question":"How many?\\n(A) 1\\n(B) 2\\n","answer":"%s","task_type":"%s"}
        """;
    return new TaskFixture(
        task,
        Map.of(
            "data/test-00000-of-00001.parquet",
            List.of(
                row.formatted("1.mp4", "B", "count"),
                row.formatted("2.mp4", "A", "count"),
                row.formatted("2.mp4", "B", type))),
        List.of("1.mp4", "2.mp4"),
        prompt,
        "1.mp4",
        List.of("B) 2", "A.", "B"),
        scores);
  }

  private static TaskFixture mlvuDev() {
    return mlvu(
        "mlvu_dev",
        "How many?\n(A) 1\n(B) 2\n\nOnly give the best option.\nBest option: (",
        "needle",
        versions("101", "111"));
  }

  private static TaskFixture mlvuTest() {
    return mlvu(
        "mlvu_test", "How many?\n(A) 1\n(B) 2\n", "needleQA", Map.of("lmms-eval-0.7.2", "111"));
  }

  private static TaskFixture longVideoBench() {
    String row =
        """
        {"id":"x_%1$s","video_path":"x.mp4","question":"When?","option0":"now","option1":"later","option2":"never",
         "option3":"N/A","option4":"N/A","correct_choice":%1$s,"duration_group":60,"question_category":"E2O"}
        """;
    return new TaskFixture(
        "longvideobench_val_v",
        Map.of(
            "data/validation-00000-of-00001.parquet",
            Stream.of("1", "0", "2").map(each -> row.formatted(each).replace("\n", "")).toList()),
        List.of("videos/x.mp4"),
        "When?\nA. now\nB. later\nC. never\nAnswer with the option's letter from the given choices directly.\n",
        "videos/x.mp4",
        List.of("B", "The answer is A", "none of them"),
        both("110"));
  }

  private static String egoRow(String index, String answer) {
    return """
        {"video_idx":"%s","question":"What does c do?","option":["A. runs away","B. eats food","C. sits","D. plays","E. reads"],"answer":%s}
        """
        .formatted(index, answer);
  }

  private static final String EGO_PROMPT =
      "What does c do?\nA. runs away\nB. eats food\nC. sits\nD. plays\nE. reads\nAnswer with the option's letter from the given choices directly.";

  private static TaskFixture egoSchemaSubset() {
    return new TaskFixture(
        "egoschema_subset",
        Map.of(
            "Subset/test-00000-of-00001.parquet",
            List.of(egoRow("p", "\"1\""), egoRow("q", "\"4\""), egoRow("r", "\"0\""))),
        List.of("videos/p.MP4"),
        EGO_PROMPT,
        "videos/p.MP4",
        List.of("B. eats food", "(E)", "C: sits"),
        both("110"));
  }

  private static TaskFixture egoSchema() {
    return new TaskFixture(
        "egoschema",
        Map.of("GENERATION/test-00000-of-00001.parquet", List.of(egoRow("p", "null"))),
        List.of("videos/p.mp4"),
        EGO_PROMPT,
        "videos/p.mp4",
        List.of("B"),
        both("?"));
  }

  private static TaskFixture nextQa() {
    String row =
        """
        {"video":4010069381,"question":" why did he fall ","a0":"tired ","a1":"drunk","a2":" ice","a3":"pushed","a4":"dance","answer":%d,"type":"CW"}
        """;
    return new TaskFixture(
        "nextqa_mc_test",
        Map.of("MC/test-00000-of-00001.parquet", List.of(row.formatted(2), row.formatted(0))),
        List.of("NExTVideo/4010069381.mp4"),
        "why did he fall\nA. tired\nB. drunk\nC. ice\nD. pushed\nE. dance",
        "NExTVideo/4010069381.mp4",
        List.of("C. ice", "I would say that he was drunk"),
        both("10"));
  }

  private static TaskFixture perceptionTest() {
    String row =
        """
        {"video_name":"video_8","question":"Is it on?","options":["yes","no","unclear"],"answer_id":%d,"area":"physics","reasoning":"descriptive","tag":["motion"],"question_id":"%d"}
        """;
    return new TaskFixture(
        "perceptiontest_val_mc",
        Map.of(
            "mc_question_val/validation-00000-of-00001.parquet",
            List.of(row.formatted(0, 0), row.formatted(1, 1))),
        List.of("videos/video_8.mp4"),
        "Is it on?\nA. yes\nB. no\nC. unclear\nAnswer with the option's letter from the given choices directly.",
        "videos/video_8.mp4",
        List.of("A. yes", "b"),
        both("10"));
  }

  private static TaskFixture activityNetQa() {
    String row =
        """
        {"video_name":"1QIUV7WYKXg","question":"is the athlete from USA","answer":"%s","question_id":"v_1QIUV7WYKXg_%d","type":3}
        """;
    return new TaskFixture(
        "activitynetqa",
        Map.of(
            "data/test-00000-of-00001.parquet",
            List.of(row.formatted("yes", 0), row.formatted("no", 1))),
        List.of("all_test/v_1QIUV7WYKXg.webm", "all_test/v_1QIUV7WYKXg.mkv"),
        "Is the athlete from usa? Answer the question using a single word or phrase.",
        "all_test/v_1QIUV7WYKXg.webm",
        List.of("yes", "yes"),
        both("jj"));
  }

  private static TaskFixture generated() {
    return new TaskFixture(
        "generated",
        Map.of(
            "questions.jsonl",
            List.of(
                """
                {"video_id":"a.mp4","question_id":"a-1","question":"What colour?","options":["cyan","red"],"answer":"red","kind":"colour"}
                """
                    .strip())),
        List.of("videos/a.mp4"),
        "What colour?",
        "videos/a.mp4",
        List.of("red"),
        Map.of("tokenreel-1", "1"));
  }
}
