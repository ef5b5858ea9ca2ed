"""TokenReel's tokens and answers of a twin, next to those of Transformers."""

import fractions
import json

import av
import numpy as np
import pyarrow.parquet

import launch

TOKENS, LOGITS = 2e-4, 5e-4  # absolute
NEAR_TIE = 2e-3  # a greedy choice with a smaller gap between first and second may fall either way
RUNS = {"none": "none", "vidcom2": "vidcom2:retention=0.25"}


def video(file, clip, rate):
    """Writes a clip [frames, height, width, 3] without loss."""
    with av.open(str(file), "w") as container:
        stream = container.add_stream("ffv1", rate=fractions.Fraction(rate).limit_denominator(1001))
        stream.height, stream.width = clip.shape[1:3]
        stream.pix_fmt = "bgr0"
        for frame in clip:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(frame), format="rgb24").reformat(format="bgr0")))
        container.mux(stream.encode())


def run(folder, said, options):
    """What differs, one line each."""
    clip = np.load(folder / "clip.npy")
    video(folder / "clip.mkv", clip, said["rate"])
    model, cache = f"{folder / 'model'}{options}", folder / "cache"
    tokens = ["--token-dtype", "f32", "--keep-features", "--compression", *RUNS.values(), "--sampling", f"uniform:frames={len(clip)}"]
    launch.command("precompute", "--input", folder / "clip.mkv", "--output", cache, "--model", model, "--device", "cpu", *tokens)
    (outcome,) = pyarrow.parquet.read_table(cache / "outcomes").to_pylist()
    if outcome["outcome"] != "OK":
        return [f"outcome {outcome['outcome']}: {outcome['reason']} {outcome['detail']}"]
    question = {"video_id": "clip.mkv", "question_id": "1", "question": said["question"], "options": said["options"]}
    (folder / "questions.jsonl").write_text(json.dumps(question) + "\n", encoding="utf-8")
    for scoring in ["options", "generate"]:
        some = ["--scoring", scoring, "--device", "cpu", *(["--max-new-tokens", said["new_tokens"]] if scoring == "generate" else [])]
        launch.command("answer", "--cache", cache, "--questions", folder / "questions.jsonl", "--output", cache, "--model", model, *some)
    return [*_tokens(folder, cache, said), *_answers(folder, cache, said)]


def _tokens(folder, cache, said):
    expected = np.load(folder / "expected.npz")
    visual = expected["visual"].transpose(1, 0, 2)  # [rows, planes, channels]
    rows = {row["compression"]: row for row in pyarrow.parquet.read_table(cache / "tokens").to_pylist()}
    found = {name: _matrix(rows[spec]) for name, spec in RUNS.items()}
    grid = np.array(rows["none"]["token_index"])
    if found["none"].shape != visual.shape:
        yield f"tokens are {found['none'].shape}, expected {visual.shape}"
        return
    yield from _far("tokens", found["none"], visual, TOKENS)
    (features,) = pyarrow.parquet.read_table(cache / "features").to_pylist()
    block = np.frombuffer(features["block"]["data"], "<f4").reshape(-1, *visual.shape[1:])
    yield from _far("features", block, visual[grid >= 0], TOKENS)
    index = np.array(rows[RUNS["vidcom2"]]["token_index"])
    if said["selection_margin"] > 1e-4:
        if not np.array_equal(index[index >= 0], expected["keep"]):
            yield f"kept {index[index >= 0].tolist()}, expected {expected['keep'].tolist()}, margin {said['selection_margin']}"
        else:
            yield from _far("kept tokens", found["vidcom2"][index >= 0], visual[grid >= 0][expected["keep"]], TOKENS)


def _answers(folder, cache, said):
    expected = np.load(folder / "expected.npz")
    rows = pyarrow.parquet.read_table(cache / "answers").to_pylist()
    assert len(rows) == 4
    for row in rows:
        name = "none" if row["compression"] == "none" else "vidcom2"
        if row["reason"]:
            yield f"{name}: {row['reason']} {row['detail']}"
            continue
        if name == "vidcom2" and said["selection_margin"] <= 1e-4:
            continue
        if row["prompt"] != said["prompt"]:
            yield f"{name}: prompt {row['prompt']!r}, expected {said['prompt']!r}"
        if row["option_logits"]:
            yield from _far(f"{name}: logits", np.array(row["option_logits"]), expected[f"{name}.option_logits"], LOGITS)
        elif expected[f"{name}.margins"].min() > NEAR_TIE and row["response"].strip() != said["texts"][name].strip():
            yield f"{name}: says {row['response']!r}, expected {said['texts'][name]!r}"


def _matrix(row):
    return np.frombuffer(row["tokens"], "<f4").reshape(row["token_count"], -1, row["dim"])


def _far(what, found, expected, most):
    difference = abs(found.astype(np.float64) - expected).max(initial=0) if found.shape == expected.shape else np.inf
    if not difference <= most:
        yield f"{what} differ by {difference:.2e}, at most {most} expected"
