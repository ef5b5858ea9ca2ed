"""A sweep from outside: a YAML file in, tables, logs and a report out, read back by DuckDB, plain Python and an HTML parser."""

import hashlib
import html.parser
import json
import statistics
import sys

import duckdb
import pytest

import launch

pytestmark = pytest.mark.slow

COMPRESSIONS = ["none", "random:retention=0.25"]
VIDEOS = 4
OPEN = 6

# The generated questions without their options, answered freely and judged by a language model.
OPEN_TASK = """
annotations: [questions.jsonl]
videos: ["videos/{{ video_id }}"]
gold: {column: answer, form: words}
prompt: "{{ question }}"
scoring: "generate:tokens=8"
metric: {name: gpt_eval_accuracy, scale: 100}
judge:
  model: judge
  score-metric: gpt_eval_score
  max-tokens: 64
  system: "Compare."
  user: "{{ answer }}|{{ pred }}"
logs:
  gpt_eval_score: {Correctness: pred, score: judge_score}
  gpt_eval_accuracy: {Correctness: pred, score: judge_score}
versions: {lmms-eval-0.3.4: {}}
"""

# Behind the example of docs/pipelines.md: PySpark saves and loads the stages, and its own search takes them.
SAVED_AND_SEARCHED = """
from pyspark.ml import PipelineModel
from pyspark.ml.tuning import TrainValidationSplit

tail.write().overwrite().save("tail")
loaded = PipelineModel.load("tail").stages
assert [stage.extractParamMap() for stage in loaded] == [stage.extractParamMap() for stage in tail.stages]
accuracy.write().overwrite().save("accuracy")
assert AnswerAccuracyEvaluator.load("accuracy").extractParamMap() == accuracy.extractParamMap()

pipeline = Pipeline(stages=tail.stages)
search = TrainValidationSplit(estimator=pipeline, estimatorParamMaps=[grid[0], grid[-2]], evaluator=accuracy, trainRatio=0.0)
found = search.fit(features)
print("found", *found.validationMetrics, found.bestModel.stages[0].getOrDefault("compression"))
"""


@pytest.fixture(scope="module")
def sweep(tmp_path_factory, cluster):
    """Two benchmarks, one of them with open answers, swept on the executors of a standalone cluster."""
    folder = tmp_path_factory.mktemp("sweep")
    (folder / "open.yaml").write_text(OPEN_TASK, encoding="utf-8")
    config = folder / "sweep.yaml"
    config.write_text(
        "\n".join(
            [
                f"output: {folder / 'out'}",
                "task:",
                f"  - generated:videos={VIDEOS},questions=5",
                f"  - {folder / 'open.yaml'}:limit={OPEN},root={folder / 'out' / f'generated-{VIDEOS}-5'}",
                "sampling: uniform:frames=16",
                f"compression: {json.dumps(COMPRESSIONS)}",
                "examples: 1",
            ]
        ),
        encoding="utf-8",
    )
    summary = json.loads(launch.submit("sweep", "--config", config, "--json", conf=cluster).stdout.splitlines()[-1])
    assert summary["failures"] == []
    return folder / "out", summary["results"]


def test_results_are_those_of_the_samples(sweep):
    folder, results = sweep
    samples = dict(
        duckdb.sql(
            f"SELECT compression, avg(score) FROM '{folder}/samples/*.parquet' WHERE task = 'generated' GROUP BY ALL HAVING count(*) = {5 * VIDEOS}"
        ).fetchall()
    )
    rows = duckdb.sql(
        f"SELECT compression, score, questions, videos, token_share, difference FROM '{folder}/results/*.parquet' WHERE task = 'generated' AND \"group\" = '' ORDER BY 1"
    ).fetchall()
    assert [row[0] for row in rows] == COMPRESSIONS == sorted(samples)
    for compression, score, questions, videos, share, difference in rows:
        assert score == pytest.approx(samples[compression])
        assert (questions, videos) == (5 * VIDEOS, VIDEOS)
        assert share == (1 if compression == "none" else pytest.approx(97 / 401))
        assert difference is None if compression == "none" else difference == pytest.approx(score - samples["none"])
    assert {result["cell"]["compression"] for result in results} == set(COMPRESSIONS)


def test_pipeline_of_the_docs_gives_the_sweeps_numbers(sweep, site, tmp_path):
    """The MLlib example of docs/pipelines.md, run as it stands on the sweep's own videos."""
    folder, _ = sweep
    (tmp_path / "scenes").symlink_to(folder / f"generated-{VIDEOS}-5")
    example = tmp_path / "example.py"
    example.write_text(launch.docs_example("pipelines.md", "ParamGridBuilder") + SAVED_AND_SEARCHED, encoding="utf-8")
    environment = {**launch.ENVIRONMENT, "PYTHONPATH": str(site)}
    *printed, found = launch.finished([sys.executable, example], environment, 0, tmp_path).stdout.splitlines()
    rows = {(line.split()[0], line.split()[1]): [float(word) for word in line.split()[2:]] for line in printed}
    assert len(rows) == len(printed) == 6, printed
    assert all(missing == 0 for _, missing, _ in rows.values()), printed
    assert found == f"found {rows[COMPRESSIONS[0], 'full'][0]} {rows[COMPRESSIONS[1], 'full'][0]} none"
    scores = duckdb.sql(f"SELECT compression, kv, score, token_share FROM '{folder}/results/*.parquet' WHERE task = 'generated' AND \"group\" = ''").fetchall()
    assert [(compression, kv) for compression, kv, _, _ in sorted(scores)] == [(compression, "full") for compression in COMPRESSIONS]
    for compression, kv, score, share in scores:
        accuracy, _, tokens = rows[compression, kv]
        assert (accuracy, tokens / rows["none", "full"][2]) == (score, share), compression


class References(html.parser.HTMLParser):
    """What a page would load."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found += [value for name, value in attrs if name in ("src", "href", "xlink:href") and value]


def test_report_needs_no_network_and_is_made_anew(sweep):
    folder, _ = sweep
    report = folder / "report.html"
    text = report.read_text(encoding="utf-8")
    page = References()
    page.feed(text)
    assert page.found and all(value.startswith(("#", "data:")) for value in page.found)
    assert text.count("<svg") >= 4 and "random:retention=0.25" in text
    report.unlink()
    launch.command("report", "--results", folder)
    assert report.read_text(encoding="utf-8") == text


def logged(folder, version, task):
    """Of each cell its results.json and the lines of a task's samples, as scripts for lmms-eval's output read them."""
    for results in sorted(folder.glob(f"lmms-eval/{version}/*/*_results.json")):
        samples = results.with_name(results.name.replace("_results.json", f"_samples_{task}.jsonl"))
        yield json.loads(results.read_text(encoding="utf-8")), [json.loads(line) for line in samples.read_text(encoding="utf-8").splitlines()]


def digest(text):
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def test_logs_in_lmms_evals_layout_agree_with_results(sweep):
    folder, _ = sweep
    scores = dict(duckdb.sql(f"SELECT compression, score FROM '{folder}/results/*.parquet' WHERE task = 'generated' AND \"group\" = ''").fetchall())
    cells = list(logged(folder, "tokenreel-1", "generated"))
    assert {results["config"]["cell"]["compression"] for results, _ in cells} == set(COMPRESSIONS)
    for results, lines in cells:
        points = [line["accuracy"]["score"] for line in lines]
        entry = results["results"]["generated"]
        assert [line["doc_id"] for line in lines] == list(range(5 * VIDEOS))
        assert entry["accuracy,none"] == pytest.approx(100 * statistics.mean(points))
        assert entry["accuracy,none"] == pytest.approx(100 * scores[results["config"]["cell"]["compression"]])
        assert entry["accuracy_stderr_clt,none"] == pytest.approx(statistics.stdev(points) / len(points) ** 0.5)
        assert entry["accuracy_stderr,none"] == "N/A"
        assert results["n-samples"]["generated"] == {"original": 5 * VIDEOS, "effective": 5 * VIDEOS}
        assert results["higher_is_better"] == {"generated": {"accuracy": True}} and results["group_subtasks"] == {"generated": []}
        assert results["task_hashes"]["generated"] == digest("".join(f"sample_{i}{line['doc_hash']}" for i, line in enumerate(lines)))
        for line in lines:
            assert line["accuracy"]["score"] == float(line["accuracy"]["pred"] == line["accuracy"]["answer"])
            assert line["filtered_resps"].lower() == line["target"].lower() or line["accuracy"]["score"] == 0
            assert line["input"] == line["accuracy"]["question"] and line["doc_hash"] == digest("null")


def test_logs_of_an_early_version_have_its_shape(sweep):
    folder, _ = sweep
    for results, lines in logged(folder, "lmms-eval-0.3.4", "open"):
        assert results["results"]["open"]["gpt_eval_accuracy,none"] in ("N/A", pytest.approx(accuracy(lines)))
        assert results["n-samples"]["open"] == {"original": 5 * VIDEOS, "effective": OPEN}
        for line in lines:
            assert line["resps"] == [line["filtered_resps"]] and line["target"] == line["doc"]["answer"]
            assert line["prompt_hash"] == digest(line["input"]) and line["target_hash"] == digest(line["target"])
            assert line["arguments"] == {"max_new_tokens": 8}


def accuracy(lines):
    """As lmms-eval's activitynetqa aggregates it; 0 without a verdict."""
    verdicts = [line["gpt_eval_accuracy"]["Correctness"] for line in lines]
    judged = verdicts.count("yes") + verdicts.count("no")
    return 100 * verdicts.count("yes") / judged if judged else 0


def judged(request):
    """What a server's batch runner makes of a request, its model being one that knows equal words."""
    answer, _, pred = request["body"]["messages"][1]["content"].partition("|")
    verdict = {"pred": "yes", "score": 5} if answer.lower() == pred.lower() else {"pred": "no", "score": 1}
    body = {"model": "words", "choices": [{"index": 0, "message": {"role": "assistant", "content": str(verdict)}}]}
    return {"id": "1", "custom_id": request["custom_id"], "response": {"status_code": 200, "body": body}, "error": None}


def test_open_answers_wait_for_a_judge(sweep):
    folder, results = sweep
    waiting = [result for result in results if result["task"] == "open"]
    assert [result["judging"]["waiting"] for result in waiting] == [OPEN, OPEN]
    assert all(result["score"] is None for result in waiting)
    assert all(result["score"] is not None for result in results if result["task"] == "generated")
    assert "not scored" in (folder / "report.html").read_text(encoding="utf-8")


def test_second_run_answers_nothing_anew_and_takes_the_judges_replies(sweep):
    folder, _ = sweep
    requests = [json.loads(line) for line in (folder / "judge/requests/open-0.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len({request["custom_id"] for request in requests}) == len(requests)
    replies = "".join(json.dumps(judged(request)) + "\n" for request in requests)
    (folder / "judge/replies/output.jsonl").write_text(replies, encoding="utf-8")
    answers = f"SELECT count(*), max(created_at)::varchar FROM '{folder}/answers/**/*.parquet'"
    before = duckdb.sql(answers).fetchall()
    printed = launch.tokenreel("sweep", "--config", folder.parent / "sweep.yaml").stderr
    asked = 2 * (5 * VIDEOS + OPEN)
    assert f"{asked} answers, {asked} are there" in printed
    assert duckdb.sql(answers).fetchall() == before
    assert "judged by words" in printed and not (folder / "judge/requests").exists()
    cells = list(logged(folder, "lmms-eval-0.3.4", "open"))
    assert len(cells) == len(COMPRESSIONS)
    for results, lines in cells:
        entry = results["results"]["open"]
        assert entry["gpt_eval_accuracy,none"] == pytest.approx(accuracy(lines))
        assert entry["gpt_eval_score,none"] == pytest.approx(statistics.mean(line["gpt_eval_score"]["score"] for line in lines))
        assert {line["gpt_eval_accuracy"]["Correctness"] for line in lines} <= {"yes", "no"}
    rows = duckdb.sql(f"SELECT score, judges FROM '{folder}/results/*.parquet' WHERE task = 'open'").fetchall()
    assert sorted(100 * row[0] for row in rows) == pytest.approx(sorted(accuracy(lines) for _, lines in cells))
    assert all(row[1] == ["words"] for row in rows)


def test_refusals_come_before_any_work(tmp_path):
    refused = launch.tokenreel("sweep", "--output", tmp_path / "out", "--task", "videomme:root=/nowhere", "--compression", "none", expect=2)
    assert "annotations cannot be read" in refused.stderr
    assert not (tmp_path / "out").exists()
