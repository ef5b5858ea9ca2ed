"""From generated videos to a table of answers, driven from outside: the demo, spark-submit, clusters, reruns, other readers."""

import duckdb
import pyarrow.parquet
import pytest

import launch

SPECS = ["none", "vidcom2:retention=0.25"]
ANSWER = ["--scoring", "options", "--option-form", "text"]
VIDEOS = 6
KEY = ("video_id", "question_id", "encoder", "decoder", "sampling", "compression", "template", "kv", "scoring")
RUN_COLUMNS = {"created_at", "prefill_ms", "decode_ms"}


def answers(cache):
    """Rows of answers/ by key, without what must differ between runs."""
    rows = pyarrow.parquet.read_table(cache / "answers").to_pylist()
    keyed = {tuple(row[name] for name in KEY): {k: v for k, v in row.items() if k not in RUN_COLUMNS} for row in rows}
    assert len(keyed) == len(rows), "a key of answers is there twice"
    return keyed


def answer(scenes, cache, output, *more, run=launch.summary, **options):
    questions = scenes / "questions.jsonl"
    return run("answer", "--cache", cache, "--questions", questions, "--output", output, *ANSWER, *more, **options)


@pytest.fixture(scope="module")
def scenes(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scenes")
    launch.command("scenes", "--output", folder, "--videos", VIDEOS, "--split", "test", "--first", 1000)
    return folder


@pytest.fixture(scope="module")
def cache(scenes):
    output = scenes / "cache"
    summary = launch.precompute(scenes / "videos", output, "--sampling", "uniform:frames=16", "--compression", *SPECS)
    assert (summary["videos"], summary["ok"]) == (VIDEOS, VIDEOS), summary
    return output


@pytest.fixture(scope="module")
def answered(scenes, cache):
    """The answers of one process, which was asked half of the questions first: the second run answers only what is new."""
    lines = (scenes / "questions.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    half = scenes / "half"
    half.mkdir()
    (half / "questions.jsonl").write_text("".join(lines[: len(lines) // 2]), encoding="utf-8")
    answer(half, cache, scenes / "answers")
    summary = answer(scenes, cache, scenes / "answers")
    (run,) = summary["runs"]
    assert run["questions"] == len(lines) * len(SPECS), summary
    assert run["already_committed"] == len(lines) // 2 * len(SPECS), summary
    return scenes / "answers"


@pytest.mark.slow
def test_demo_is_right_and_its_tables_are_read_by_duckdb(tmp_path):
    folder = tmp_path / "demo"
    printed = launch.tokenreel("demo", "--output", folder, "--videos", 4).stdout
    assert printed.count(".mp4  ") == 4
    rows = duckdb.sql(
        f"SELECT compression, count(*), avg(correct::int), avg(visual_tokens) FROM '{folder}/cache/answers/**/*.parquet' GROUP BY ALL ORDER BY 1"
    ).fetchall()
    (all_tokens, asked, right, tokens), (quarter, asked_again, right_at_quarter, kept) = rows
    assert (all_tokens, quarter) == ("none", "vidcom2:retention=0.25")
    assert asked == asked_again >= 16
    assert right >= 0.9 and right_at_quarter >= 0.85, rows
    assert 0.24 <= kept / tokens <= 0.26, rows
    for _, _, share, _ in rows:
        assert f"({100 * share:.1f}%)" in printed


@pytest.mark.slow
def test_rows_say_what_was_asked_and_what_it_cost(answered):
    for row in answers(answered).values():
        assert row["reason"] is None, row
        assert row["response"] == row["options"][row["choice"]]
        assert row["correct"] == (row["response"] == row["target"])
        assert row["prompt"].count("<video>") == 1 and row["question"] in row["prompt"]
        assert row["prompt_tokens"] > row["visual_tokens"] > 0
        assert row["kv_bytes_peak"] >= row["kv_bytes_end"] > 0
        assert len(row["option_log_likelihoods"]) == len(row["option_tokens"]) == len(row["options"])


@pytest.mark.slow
def test_answers_of_executors_in_one_run_are_those_of_one_process_in_two(scenes, cache, answered, cluster, tmp_path):
    def submit(*arguments):
        launch.submit(*arguments, "--quiet", conf=cluster)

    answer(scenes, cache, tmp_path / "answers", run=submit)
    assert answers(tmp_path / "answers") == answers(answered)


@pytest.mark.slow
def test_pruned_keys_and_values_leave_memory_and_are_named_in_the_row(scenes, cache, answered, tmp_path):
    kv = "dycoke:layer=1,prune=0.7,refresh=0.9,mode=paper,reserve=drop"
    answer(scenes, cache, tmp_path / "answers", "--kv", kv, "--compression", "none")
    pruned = answers(tmp_path / "answers")
    full = {key[:2]: row for key, row in answers(answered).items() if row["compression"] == "none"}
    assert {key[KEY.index("kv")] for key in pruned} == {kv}
    assert pruned.keys() and {key[:2] for key in pruned} == full.keys()
    for key, row in pruned.items():
        two_words = max(row["option_tokens"]) > 1
        assert row["kv_bytes_end"] < 0.6 * full[key[:2]]["kv_bytes_end"] or not two_words, row


@pytest.mark.slow
def test_questions_without_a_video_are_rows_and_another_encoder_is_refused(scenes, cache, tmp_path):
    questions = tmp_path / "questions.csv"
    questions.write_text('video_id,question_id,question,options\nabsent.mp4,1,What colour is the circle?,"[""red"", ""blue""]"\n', encoding="utf-8")
    launch.command("answer", "--cache", cache, "--questions", questions, "--output", tmp_path / "answers", *ANSWER)
    for row in answers(tmp_path / "answers").values():
        assert row["reason"] == "no_tokens" and "absent" not in row["detail"] and row["response"] is None
    model = launch.RESOURCES / "goldens" / "llava_onevision_tiny"
    refused = answer(scenes, cache, tmp_path / "other", "--model", model, run=launch.command, expect=2).stderr
    assert "(default)]" in refused and "llava_onevision_tiny is llava_onevision@" in refused
    assert not (tmp_path / "other").exists()
