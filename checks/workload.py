"""What the checks of other lines of Spark and of Spark Connect run: every command, and every stage in a pipeline."""

import os

import pyarrow.parquet

import launch
import once
import tables

ANSWER = ["--scoring", "options", "--option-form", "text"]
SPECS = ["none", "vidcom2:retention=0.25"]


def scenes():
    """Three rendered videos with their questions; not to be written to."""
    return once.made("scenes", lambda folder: launch.command("scenes", "--output", folder, "--videos", 3, "--split", "test", "--first", 1000))


def expected():
    """The tables that the Spark of the build leaves by the launcher's commands; not to be written to."""
    return once.made("expected", lambda folder: leave_tables(scenes(), folder, launch.command))


def pipeline():
    """What the pipeline leaves by the Spark that the build has; not to be written to."""
    return once.made("pipeline", lambda folder: leave_pipeline(scenes(), folder, folder / "saved"))


def leave_tables(scenes, folder, run):
    """Makes each kind of table, by the launcher's commands, by spark-submit's, or in a session."""
    leave_tokens_and_answers(scenes, folder, run)
    run("compress", "--features", folder / "cache", "--output", folder / "compressed", "--compression", "dycoke:prune=0.7", "frames:keep=1/4")
    run("verify", "--cache", folder / "cache")


def leave_tokens_and_answers(scenes, folder, run):
    precompute = ["--sampling", "uniform:frames=8", "--keep-features", "--videos-per-commit", "2", "--compression", *SPECS]
    run("precompute", "--input", scenes / "videos", "--output", folder / "cache", *precompute)
    run("answer", "--cache", folder / "cache", "--questions", scenes / "questions.jsonl", "--output", folder / "cache", *ANSWER)


def leave_pipeline(scenes, folder, saved):
    """Runs pipeline.py by the spark-submit of the PySpark that this process imports."""
    settings = ["--jars", launch.JAR, "--driver-memory", "3g", "--master", "local[2]"]
    command = [launch.SPARK_HOME / "bin" / "spark-submit", *settings, launch.ROOT / "checks" / "pipeline.py", scenes, folder, saved]
    environment = launch.ENVIRONMENT
    path = os.pathsep.join(filter(None, [str(launch.PACKAGE), environment.get("PYTHONPATH")]))
    launch.finished(command, {**environment, "PYTHONPATH": path}, 0)


def piped(folder):
    """The rows that a pipeline left, in their order."""
    rows = pyarrow.parquet.read_table(folder).to_pylist()
    return sorted(rows, key=lambda row: (row["video_id"], row["question_id"]))


def all_rows(folder):
    """Every table that leave_tables leaves, but for what must differ between runs."""
    return {
        **tokens_and_answers(folder),
        "compressed": tables.tokens(folder / "compressed"),
        "selections": tables.rows(folder / "compressed", "selections", ("video_id", "compression")),
    }


def tokens_and_answers(folder):
    answers = ("video_id", "question_id", "encoder", "decoder", "sampling", "compression", "template", "kv", "scoring")
    drop = {"prefill_ms", "decode_ms"}
    answered = tables.rows(folder / "cache", "answers", answers)
    return {
        "tokens": tables.tokens(folder / "cache"),
        "features": tables.features(folder / "cache"),
        "outcomes": tables.outcomes(folder / "cache"),
        "answers": {key: {name: value for name, value in row.items() if name not in drop} for key, row in answered.items()},
    }


def assert_same_rows(folder):
    here, there = all_rows(folder), all_rows(expected())
    assert {name: len(rows) for name, rows in here.items()} == {name: len(rows) for name, rows in there.items()}
    for name, rows in there.items():
        assert rows and here[name] == rows, name
