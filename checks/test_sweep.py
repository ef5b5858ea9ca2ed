"""A sweep from outside: a YAML file in, tables and a report out, read back by DuckDB and an HTML parser."""

import html.parser
import json
import sys

import duckdb
import pytest

import launch

COMPRESSIONS = ["none", "random:retention=0.25"]
VIDEOS = 4

# Behind the README's example: PySpark saves and loads the stages, and its own search takes them.
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
def sweep(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sweep")
    config = folder / "sweep.yaml"
    config.write_text(
        "\n".join(
            [
                f"output: {folder / 'out'}",
                f"task: generated:videos={VIDEOS},questions=5",
                "sampling: uniform:frames=16",
                f"compression: {json.dumps(COMPRESSIONS)}",
                "examples: 1",
            ]
        ),
        encoding="utf-8",
    )
    summary = launch.summary("sweep", "--config", config)
    assert summary["failures"] == []
    return folder / "out", summary["results"]


def test_results_are_those_of_the_samples(sweep):
    folder, results = sweep
    samples = dict(
        duckdb.sql(f"SELECT compression, avg(score) FROM '{folder}/samples/*.parquet' GROUP BY ALL HAVING count(*) = {5 * VIDEOS}").fetchall()
    )
    rows = duckdb.sql(
        f"SELECT compression, score, questions, videos, token_share, difference FROM '{folder}/results/*.parquet' WHERE \"group\" = '' ORDER BY 1"
    ).fetchall()
    assert [row[0] for row in rows] == COMPRESSIONS == sorted(samples)
    for compression, score, questions, videos, share, difference in rows:
        assert score == pytest.approx(samples[compression])
        assert (questions, videos) == (5 * VIDEOS, VIDEOS)
        assert share == (1 if compression == "none" else pytest.approx(97 / 401))
        assert difference is None if compression == "none" else difference == pytest.approx(score - samples["none"])
    assert {result["cell"]["compression"] for result in results} == set(COMPRESSIONS)


def test_readme_pipeline_gives_the_sweeps_numbers(sweep, tmp_path):
    """The README's MLlib example, run as it stands on the sweep's own videos."""
    folder, _ = sweep
    (tmp_path / "scenes").symlink_to(folder / f"generated-{VIDEOS}-5")
    (tmp_path / "jobs").symlink_to(launch.ROOT / "jobs")
    example = tmp_path / "example.py"
    example.write_text(launch.readme_example("ParamGridBuilder") + SAVED_AND_SEARCHED, encoding="utf-8")
    *printed, found = launch.finished([sys.executable, example], launch.ENVIRONMENT, 0, tmp_path).stdout.splitlines()
    rows = {(line.split()[0], line.split()[1]): [float(word) for word in line.split()[2:]] for line in printed}
    assert len(rows) == len(printed) == 6, printed
    assert all(missing == 0 for _, missing, _ in rows.values()), printed
    assert found == f"found {rows[COMPRESSIONS[0], 'full'][0]} {rows[COMPRESSIONS[1], 'full'][0]} none"
    scores = duckdb.sql(f"SELECT compression, kv, score, token_share FROM '{folder}/results/*.parquet' WHERE \"group\" = ''").fetchall()
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
    launch.tokenreel("report", "--results", folder)
    assert report.read_text(encoding="utf-8") == text


def test_second_run_answers_nothing_anew(sweep):
    folder, _ = sweep
    answers = f"SELECT count(*), max(created_at)::varchar FROM '{folder}/answers/**/*.parquet'"
    before = duckdb.sql(answers).fetchall()
    printed = launch.tokenreel("sweep", "--config", folder.parent / "sweep.yaml").stderr
    assert f"{2 * 5 * VIDEOS} answers, {2 * 5 * VIDEOS} are there" in printed
    assert duckdb.sql(answers).fetchall() == before


def test_refusals_come_before_any_work(tmp_path):
    refused = launch.tokenreel(
        "sweep", "--output", tmp_path / "out", "--task", "videomme:root=/nowhere", "--compression", "none", expect=2
    )
    assert "annotations cannot be read" in refused.stderr
    assert not (tmp_path / "out").exists()
