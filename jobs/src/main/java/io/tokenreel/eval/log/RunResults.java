package io.tokenreel.eval.log;

import io.tokenreel.eval.result.Result;
import io.tokenreel.eval.task.PlainJson;
import io.tokenreel.eval.task.Task;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * {@code results.json} of a run, field by field as lmms-eval has it. What this project does not
 * have is null, or {@code N/A} where upstream has a number; no field claims to be lmms-eval's run.
 */
final class RunResults {

  private static final String MODEL_SOURCE = "tokenreel";

  private final RunLog.Run run;
  private final List<LoggedTask> tasks;
  private final List<Result> results;

  RunResults(RunLog.Run run, List<LoggedTask> tasks, List<Result> results) {
    this.run = run;
    this.tasks = tasks;
    this.results = results;
  }

  String json() {
    Map<String, Object> root = new LinkedHashMap<>();
    root.put("results", results());
    root.put("group_subtasks", subtasks());
    root.put("configs", each(RunResults::config));
    root.put("versions", each(task -> task.task().version()));
    root.put("n-shot", each(task -> 0));
    root.put("higher_is_better", each(RunResults::higherIsBetter));
    root.put("n-samples", each(LoggedTask::samples));
    root.put("config", config());
    root.put("git_hash", null);
    if (LogShape.of(run.version()) == LogShape.LATE) {
      root.put("git_branch", null);
      root.put(
          "lmms_eval_version", "none: %s, following %s".formatted(run.writer(), run.version()));
    }
    root.put("date", run.date());
    if (LogShape.of(run.version()) == LogShape.LATE) {
      root.put("usage", Map.of());
    }
    root.put("task_hashes", each(LoggedTask::hash));
    root.put("model_source", MODEL_SOURCE);
    root.put("model_name", run.cell().model());
    root.put("model_name_sanitized", run.folder());
    for (String none :
        List.of(
            "system_instruction",
            "system_instruction_sha",
            "fewshot_as_multiturn",
            "chat_template",
            "chat_template_sha",
            "start_time",
            "end_time",
            "total_evaluation_time_seconds")) {
      root.put(none, null); // a cell's answers may come from several runs
    }
    return PlainJson.write(root);
  }

  private Map<String, Object> each(Function<LoggedTask, Object> value) {
    Map<String, Object> each = new TreeMap<>();
    tasks.forEach(task -> each.put(task.name(), value.apply(task)));
    return each;
  }

  /** A group has an entry without a number: upstream gives MVBench none. */
  private Map<String, Object> results() {
    Map<String, Object> entries = new LinkedHashMap<>();
    for (LoggedTask task : tasks) {
      if (task.parent() != null) {
        entries.putIfAbsent(task.parent(), pair(" ", " ", "alias", task.parent()));
      }
      entries.put(task.name(), task.results(results));
    }
    return entries;
  }

  /** In this order, unlike {@link Map#of}. */
  private static Map<String, Object> pair(String one, Object first, String two, Object second) {
    Map<String, Object> pair = new LinkedHashMap<>();
    pair.put(one, first);
    pair.put(two, second);
    return pair;
  }

  private Map<String, List<String>> subtasks() {
    Map<String, List<String>> subtasks = new LinkedHashMap<>();
    for (LoggedTask task : tasks) {
      if (task.parent() == null) {
        subtasks.put(task.name(), List.of());
      } else {
        subtasks.computeIfAbsent(task.parent(), group -> new ArrayList<>()).add(task.name());
      }
    }
    return subtasks;
  }

  private static Map<String, Boolean> higherIsBetter(LoggedTask task) {
    Map<String, Boolean> higher = new LinkedHashMap<>();
    task.metrics().forEach(metric -> higher.put(metric, true));
    return higher;
  }

  private static Map<String, Object> config(LoggedTask logged) {
    Task task = logged.task();
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("task", logged.name());
    config.put("doc_to_text", task.prompt());
    config.put("doc_to_target", task.gold() == null ? null : task.gold().column());
    config.put("output_type", "generate_until");
    config.put("generation_kwargs", LogShape.arguments(task));
    config.put(
        "metric_list",
        logged.metrics().stream()
            .map(metric -> pair("metric", metric, "higher_is_better", true))
            .toList());
    config.put("num_fewshot", 0);
    config.put("metadata", List.of(Map.of("version", task.version())));
    return config;
  }

  private Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("model", MODEL_SOURCE);
    config.put(
        "model_args",
        "pretrained=%s,sampling=%s,compression=%s,kv=%s"
            .formatted(
                run.cell().model(),
                run.cell().sampling(),
                run.cell().compression(),
                run.cell().kv()));
    config.put("cell", run.cell()); // specs have commas of their own
    config.put("batch_size", null);
    config.put("batch_sizes", List.of());
    for (String none : List.of("device", "use_cache", "limit")) {
      config.put(none, null);
    }
    config.put("bootstrap_iters", 0);
    config.put("gen_kwargs", null);
    for (String seed : List.of("random_seed", "numpy_seed", "torch_seed", "fewshot_seed")) {
      config.put(seed, null);
    }
    return config;
  }
}
