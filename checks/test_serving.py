"""A vLLM server that answers from a cache by ids of videos, against Transformers on the same rows.

    bin/check --serving

installs the server once, 6 GB; `bin/check --all` has these checks where it is installed. Checkpoints are random and tiny.
"""

import base64
import concurrent.futures
import io
import json
import pathlib
import shutil
import sys
import tempfile

import numpy as np
import PIL.Image
import pytest

import launch

sys.path.insert(0, str(launch.ROOT / "checks" / "serving"))
sys.path.insert(0, str(launch.ROOT / "python" / "tests"))

import server  # noqa: E402
from caches import CacheWriter, row  # noqa: E402
from tokenreel.cache import TokenCache  # noqa: E402
from tokenreel.vllm import request_part  # noqa: E402

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not server.is_installed(), reason="the server is not installed: bin/check --serving installs it"),
]

NONE, QUARTER, DYCOKE = "none", "vidcom2:retention=0.25", "dycoke:prune=0.7"
FRAMES = 32
FIRST, SECOND, LATER, OTHER = "test-000000.mp4", "test-000001.mp4", "test-000002.mp4", "test-000003.mp4"
ODD = "größe/50% off?#1&content=+ .mp4"  # the first one again


@pytest.fixture(scope="module")
def scratch():
    """A folder outside pytest's own, since some of its caches are damaged on purpose."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="tokenreel-serving"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def videos(scratch):
    """Folders of videos: those of the cache, one that is committed later, and one of another checkpoint."""
    launch.command("scenes", "--output", scratch / "scenes", "--videos", 4, "--split", "test", "--quiet")
    for name, files in [("videos", [FIRST, SECOND]), ("later", [LATER]), ("other", [OTHER])]:
        (scratch / name).mkdir()
        for file in files:
            shutil.copy(scratch / "scenes" / "videos" / file, scratch / name)
    odd = scratch / "videos" / ODD
    odd.parent.mkdir()
    shutil.copy(scratch / "videos" / FIRST, odd)
    return scratch


@pytest.fixture(scope="module")
def models(scratch, site):
    server.checkpoints(scratch / "models", site, scratch)
    return scratch / "models"


def precompute(source, cache, model, *compressions, sampling=f"uniform:frames={FRAMES}"):
    options = ["--model", model, "--token-dtype", "f32", "--compute-dtype", "f32", "--sampling", sampling]
    summary = launch.precompute(source, cache, *options, "--compression", *compressions)
    assert summary["failed"] == 0, summary


def by_id(video_id, **fields):
    query = "&".join(f"{name}={value}" for name, value in fields.items())
    return {"type": "image_embeds", "image_embeds": f"tokenreel:{video_id}" + (f"?{query}" if query else "")}


@pytest.fixture(scope="module")
def cache(videos, models):
    """Rows of the served checkpoint, and of a video those of another one alone."""
    folder = videos / "cache"
    precompute(videos / "videos", folder, models / "llava_onevision", NONE, QUARTER, DYCOKE)
    precompute(videos / "other", folder, launch.RESOURCES / "goldens" / "llava_onevision_tiny", NONE)
    return folder


WITHOUT_PLUGIN = {"VLLM_MEDIA_CONNECTOR": "http"}  # vLLM's own name of its own connector


@pytest.fixture(scope="module")
def options(videos):
    limits = ["--limit-mm-per-prompt", '{"image": 2, "video": 1}', "--allowed-local-media-path", videos]
    return [*limits, "--media-io-kwargs", f'{{"video": {{"num_frames": {FRAMES}}}}}']


@pytest.fixture(scope="module")
def up(cache, videos, models, site, options):
    with server.serving(models / "llava_onevision", cache, site, videos, *options) as started:
        yield started


def raw(file):
    return {"type": "video_url", "video_url": {"url": f"file://{file}"}}


def picture(colour):
    data = io.BytesIO()
    PIL.Image.new("RGB", (96, 64), colour).save(data, "PNG")
    return {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{base64.b64encode(data.getvalue()).decode()}"}}


@pytest.fixture
def equal(cache, videos, models, site):
    """Checks answers, each of (video_id, compression, prompt, tokens), against Transformers."""

    def check(answers):
        expected = server.reference(models / "llava_onevision", cache, [answer[:3] for answer in answers], site, videos)
        assert [answer[3] for answer in answers] == expected

    return check


def test_rows_by_id_give_the_answers_of_transformers(up, equal):
    answers = []
    for video_id, compression in [(FIRST, NONE), (FIRST, QUARTER), (FIRST, DYCOKE), (SECOND, QUARTER)]:
        status, answer = up.ask(by_id(video_id, compression=compression))
        assert status == 200, answer
        answers.append((video_id, compression, *answer))
    assert len({tuple(tokens) for _, _, _, tokens in answers}) == len(answers)
    equal(answers)


def test_the_file_itself_gives_the_answer_of_its_rows(up, videos):
    status, answer = up.ask(raw(videos / "videos" / FIRST))
    assert status == 200, answer
    assert up.ask(by_id(FIRST, compression=NONE))[1][1] == answer[1]


def test_videos_and_pictures_are_answered_as_without_the_plugin(up, cache, videos, models, site, options):
    parts = [raw(videos / "videos" / SECOND), picture("red"), picture("blue")]
    answers = [up.ask(part) for part in parts]
    assert [status for status, _ in answers] == [200] * 3, answers
    with server.serving(models / "llava_onevision", cache, site, videos, *options, **WITHOUT_PLUGIN) as without:
        assert [without.ask(part) for part in parts] == answers
        assert without.ask(by_id(FIRST, compression=NONE))[0] != 200


def test_the_part_of_request_part_is_answered(up, cache):
    part = request_part(TokenCache.open(cache), FIRST, compression=QUARTER)
    assert up.ask(part) == up.ask(by_id(FIRST, compression=QUARTER))


def test_an_id_of_odd_characters_is_answered(up, cache):
    part = request_part(TokenCache.open(cache), ODD, compression=QUARTER)
    assert up.ask(part) == up.ask(by_id(FIRST, compression=QUARTER))


def test_eight_clients_at_once(up, equal):
    asked = [(video_id, compression) for video_id in (FIRST, SECOND) for compression in (NONE, QUARTER, DYCOKE)]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda each: up.ask(by_id(each[0], compression=each[1])), asked * 4))
    assert {status for status, _ in answers} == {200}
    equal([(*each, *answer) for each, (_, answer) in zip(asked * 4, answers)])


def test_two_videos_in_a_request(up):
    parts = [by_id(FIRST, compression=QUARTER), by_id(SECOND, compression=QUARTER), {"type": "text", "text": server.QUESTION}]
    messages = [{"role": "user", "content": parts}]
    status, answer = up.post({**server.body(parts[0]), "messages": messages})
    assert status == 200, answer


@pytest.mark.parametrize(
    ("part", "said"),
    [
        (by_id("no.mp4"), "has no tokens of video 'no.mp4'"),
        (by_id(FIRST), "name one by ?compression="),
        (by_id(FIRST, compression="vidcom2:retention=0.5"), "has no row of compression vidcom2:retention=0.5"),
        (by_id(OTHER), "another checkpoint or revision"),
        (by_id(FIRST, compression=NONE, content="0" * 16), "has changed"),
        (by_id(FIRST, retention="0.25"), "'retention=0.25' after its question mark"),
        ({"type": "image_embeds", "image_embeds": "tokenreel:"}, "names no video"),
        ({"type": "image_embeds", "image_embeds": "tokenreel:50%.mp4"}, "not percent-encoded"),
        ({"type": "video_embeds", "video_embeds": f"tokenreel:{FIRST}?compression=none"}, "as a part of type image_embeds"),
    ],
)
def test_refusal(up, part, said):
    refused(up, part, said)


def test_rows_that_are_not_finite_are_refused(up, cache):
    whole = TokenCache.open(cache).lookup(FIRST, compression=NONE)
    values = whole.float32().copy()
    values[3, 5] = np.nan
    append(cache, whole, "nan.mp4", values)
    refused(up, by_id("nan.mp4"), "are not finite")


def test_rows_of_another_width_are_refused(up, cache):
    whole = TokenCache.open(cache).lookup(FIRST, compression=NONE)
    append(cache, whole, "narrow.mp4", np.zeros((len(whole.token_index), 32), np.float32), dim=32)
    refused(up, by_id("narrow.mp4"), "1 planes of 32 channels")


def test_rows_whose_file_is_gone_are_refused_until_it_is_back(up, cache):
    whole = TokenCache.open(cache).lookup(FIRST, compression=NONE)
    file = append(cache, whole, "moved.mp4", whole.float32())
    away = file.rename(cache / "away")
    refused(up, by_id("moved.mp4"), "cannot be read just now")
    away.rename(file)
    assert up.ask(by_id("moved.mp4"))[0] == 200


def test_tables_of_a_newer_version_are_refused(up, cache):
    newer = cache / "_schema-99"
    newer.touch()
    try:
        refused(up, by_id("unknown.mp4"), "use a newer tokenreel", and_then=False)
    finally:
        newer.unlink()
    assert up.ask(by_id(FIRST, compression=QUARTER))[0] == 200


def test_a_wave_that_is_committed_meanwhile_is_served(up, cache, videos, models, equal):
    assert up.ask(by_id(LATER))[0] == 400
    precompute(videos / "later", cache, models / "llava_onevision", QUARTER)
    status, answer = up.ask(by_id(LATER))
    assert status == 200, answer
    equal([(LATER, QUARTER, *answer)])


def test_the_commands_of_the_docs_give_a_streamed_answer(videos, models, site):
    """They run as they stand, but for the names of folders, the port, and the installation, which is the environment of this check."""
    script = launch.docs_commands("serving.md", "curl -N")
    folder, model = videos / "six", models / "llava_onevision"
    port = launch.free_port()
    replacements = {
        "/models/llava-onevision-qwen2-7b-ov-hf": model,
        "VIDEOS": videos / "videos",
        "a/b.mp4": FIRST,
        "localhost:8000": f"127.0.0.1:{port}",
        "--enable-mm-embeds": f"--enable-mm-embeds --host 127.0.0.1 --port {port}",
        'python3 -m venv server && server/bin/pip install vllm==0.32.0 "./python[vllm]"': "test -x server/bin/vllm",
    }
    for text, instead in replacements.items():
        assert text in script, text
        script = script.replace(text, str(instead))
    (folder / "server" / "bin").mkdir(parents=True)
    for name, module in [("python", ""), ("vllm", "-m vllm.entrypoints.cli.main ")]:
        shim = folder / "server" / "bin" / name
        shim.write_text(f'#!/bin/sh\nexec {sys.executable} {module}"$@"\n', encoding="utf-8")
        shim.chmod(0o755)
    (folder / "bin").symlink_to(launch.ROOT / "bin")
    *events, last = server.streamed(script, server.environment(site, videos), folder)
    assert last == "[DONE]"
    chunks = [json.loads(event) for event in events]
    assert len(chunks) > 2
    assert all(chunk["model"] == "llava" and "delta" in chunk["choices"][0] for chunk in chunks)


# What else reads a cache with PyTorch, of which this environment has the only installation.


def test_the_tests_of_the_package_that_need_torch_pass(site, videos):
    tests = ["test_torch.py", "test_prompts.py"]
    pytest_ = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-rs", *tests]
    done = launch.finished(pytest_, server.environment(site, videos), 0, launch.ROOT / "python" / "tests")
    assert " passed" in done.stdout
    assert " skipped" not in done.stdout, done.stdout


def test_the_example_fine_tunes_from_a_cache(site, videos):
    scenes, cache = videos / "scenes", videos / "fine-tuned"
    launch.precompute(scenes / "videos", cache, "--sampling", "uniform:frames=8", "--compression", QUARTER)
    model = launch.ROOT / "jobs" / "src" / "main" / "resources" / "io" / "tokenreel" / "model" / "default_model"
    command = [sys.executable, launch.ROOT / "python" / "examples" / "finetune.py", "--model", model, "--cache", cache, "--compression", QUARTER]
    command += ["--questions", scenes / "questions.jsonl", "--steps", 12, "--batch", 4, "--workers", 1, "--verify"]
    printed = launch.finished(command, server.environment(site, videos), 0).stdout
    losses = [float(line.split()[-1]) for line in printed.splitlines() if line.startswith("step ")]
    assert len(losses) == 12
    assert sum(losses[-3:]) < 0.8 * sum(losses[:3]), losses


# Qwen's families, by the encoder-cache connector.

HALF, EXACT, LESS = "evs:prune=0.5", "vidcom2:retention=0.5,exact=vllm", "vidcom2:retention=0.4"
ENCODER_CACHE = {"ec_connector": "TokenReelEncoderCache", "ec_connector_module_path": "tokenreel.vllm.encoder_cache", "ec_role": "ec_consumer"}
VIDEOS_ALONE = ["--limit-mm-per-prompt", '{"image": 0, "video": 2}']
UNGUARDED = ["--ec-transfer-config", json.dumps(ENCODER_CACHE), *VIDEOS_ALONE]
GUARDED = [*UNGUARDED, "--middleware", "tokenreel.vllm.Guard"]


@pytest.fixture(scope="module")
def qwen_cache(videos, models):
    """One cache with rows of all of Qwen's families."""
    folder = videos / "qwen"
    for family in ("qwen2_vl", "qwen2_5_vl", "qwen3_vl"):
        precompute(videos / "videos", folder, models / family, NONE, HALF, EXACT, LESS, sampling="uniform:frames=8")
    return folder


@pytest.fixture(scope="module")
def encoders(qwen_cache):
    """The encoders of that cache by their families."""
    return {setting.encoder.split("@")[0]: setting.encoder for setting in TokenCache.open(qwen_cache).settings()}


def family_answers(up, cache, encoder, asked):
    """Answers of a server, each (video_id, compression, prompt, tokens), to parts as request_part makes them."""
    opened, answers = TokenCache.open(cache), []
    for video_id, compression in asked:
        status, answer = up.ask(request_part(opened, video_id, compression=compression, encoder=encoder))
        assert status == 200, answer
        answers.append((video_id, compression, *answer))
    assert len({tuple(tokens) for _, _, _, tokens in answers}) == len(answers)
    return answers


def equal_to_transformers(model, cache, encoder, answers, site, scratch):
    asked = [answer[:3] for answer in answers]
    assert [answer[3] for answer in answers] == server.reference(model, cache, asked, site, scratch, encoder)


@pytest.mark.parametrize("family", ["qwen2_vl", "qwen2_5_vl", "qwen3_vl"])
def test_whole_rows_of_qwen(family, qwen_cache, encoders, videos, models, site):
    model, encoder = models / family, encoders[family]
    part = request_part(TokenCache.open(qwen_cache), FIRST, compression=NONE, encoder=encoder)
    with server.serving(model, qwen_cache, site, videos, *GUARDED) as up:
        answers = family_answers(up, qwen_cache, encoder, [(FIRST, NONE), (SECOND, NONE)])
        assert up.ask(part)[1] == answers[0][2:]
        row = TokenCache.open(qwen_cache).lookup(FIRST, NONE, encoder)
        grid = {"video_grid_thw": [row.frames, 2 * row.grid_height, 2 * row.grid_width]}
        pruned = request_part(TokenCache.open(qwen_cache), FIRST, compression=HALF, encoder=encoder)
        for refusal, said in [
            (part | {"uuid": "unknown"}, "must be its reference"),
            ({**part, "video_embeds": grid, "uuid": "unknown"}, "names no row of a cache"),
            ({**part, "video_embeds": grid, "uuid": part["uuid"].replace(FIRST, "no.mp4")}, "has no tokens of video 'no.mp4'"),
            ({**part, "video_embeds": {"video_grid_thw": [1, 2, 2]}}, "must have video_grid_thw"),
            (part | {"video_embeds": f"tokenreel:{FIRST}", "uuid": f"tokenreel:{FIRST}"}, "name one by ?compression="),
            (pruned, "vLLM 0.32" if family != "qwen2_5_vl" else "--video-pruning-rate 0.5"),
            (by_id(FIRST, compression=NONE), "request_part"),
        ]:
            status, sentence = up.ask(refusal)
            assert (status, said in sentence) == (400, True), sentence
            assert up.ask(part)[0] == 200
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            assert {str(each[1]) for each in pool.map(up.ask, [part] * 8)} == {str(answers[0][2:])}
    equal_to_transformers(model, qwen_cache, encoder, answers, site, videos)


def test_an_unknown_uuid_without_the_guard_fails_alone(qwen_cache, encoders, videos, models, site):
    part = request_part(TokenCache.open(qwen_cache), FIRST, compression=NONE, encoder=encoders["qwen2_5_vl"])
    grid = {"video_grid_thw": [4, 18, 22]}
    with server.serving(models / "qwen2_5_vl", qwen_cache, site, videos, *UNGUARDED) as up:
        for uuid in ["unknown", part["uuid"].replace(FIRST, "no.mp4")]:
            assert up.ask({**part, "video_embeds": grid, "uuid": uuid})[0] == 500
            assert up.ask(part)[0] == 200
        assert up.ask({**part, "video_embeds": {"video_grid_thw": [2, 18, 22]}})[0] == 500
        assert up.ask(part)[0] == 200


def test_pruned_rows_of_qwen2_5_vl(qwen_cache, encoders, videos, models, site):
    """vLLM 0.32 on a CPU leaves out the switch that its own pruning needs; pruning_on_cpu.py sets it, as the GPU's runner does."""
    model, encoder = models / "qwen2_5_vl", encoders["qwen2_5_vl"]
    start, rate = [server.FOLDER / "pruning_on_cpu.py"], ["--video-pruning-rate", "0.5"]
    with server.serving(model, qwen_cache, site, videos, *GUARDED, *rate, start=start) as up:
        answers = family_answers(up, qwen_cache, encoder, [(FIRST, HALF), (SECOND, HALF), (FIRST, EXACT)])
        for compression in (NONE, LESS):
            status, sentence = up.ask(request_part(TokenCache.open(qwen_cache), FIRST, compression=compression, encoder=encoder))
            assert (status, "198 places" in sentence) == (400, True), sentence
    equal_to_transformers(model, qwen_cache, encoder, answers, site, videos)


def test_videos_are_answered_as_without_the_connectors(qwen_cache, encoders, videos, models, site):
    model, file = models / "qwen2_5_vl", raw(videos / "videos" / FIRST)
    more = ["--allowed-local-media-path", videos]
    part = request_part(TokenCache.open(qwen_cache), FIRST, compression=NONE, encoder=encoders["qwen2_5_vl"])
    with server.serving(model, qwen_cache, site, videos, *GUARDED, *more) as up:
        answers = [up.ask(each) for each in (part, file, part, file)]
        assert [status for status, _ in answers] == [200] * 4, answers
        assert answers[:2] == answers[2:]
    with server.serving(model, qwen_cache, site, videos, *VIDEOS_ALONE, *more, **WITHOUT_PLUGIN) as without:
        assert without.ask(file) == answers[1]


@pytest.mark.parametrize(("compression", "rate"), [(NONE, ()), (HALF, ("--video-pruning-rate", "0.5"))])
def test_exported_files_give_the_answers_of_rows_by_id(compression, rate, qwen_cache, encoders, videos, models, site):
    """A server without the plugin, whose own connector reads the files."""
    model, encoder = models / "qwen2_5_vl", encoders["qwen2_5_vl"]
    files = videos / f"ec-{len(rate)}"
    launch.command("export", "--for", "vllm-ec", "--cache", qwen_cache, "--encoder", encoder, "--compression", compression, "--output", files)
    connector = {"ec_connector": "ECExampleConnector", "ec_role": "ec_consumer", "ec_connector_extra_config": {"shared_storage_path": str(files)}}
    more = ["--ec-transfer-config", json.dumps(connector), *VIDEOS_ALONE, *rate]
    asked = {line["video_id"]: line["part"] for line in map(json.loads, (files / "requests.jsonl").read_text(encoding="utf-8").splitlines())}
    with server.serving(model, qwen_cache, site, videos, *more, start=[server.FOLDER / "pruning_on_cpu.py"], **WITHOUT_PLUGIN) as up:
        answers = []
        for video_id in (FIRST, SECOND):
            status, answer = up.ask(asked[video_id])
            assert status == 200, answer
            answers.append((video_id, compression, *answer))
    equal_to_transformers(model, qwen_cache, encoder, answers, site, videos)


def append(cache, like, video_id, values, **more):
    """Commits a wave with one row like another one, and gives its file."""
    writer = CacheWriter.__new__(CacheWriter)
    writer.folder, writer.slots = cache, {}
    wave = 1 + max(int(file.name.split("-")[0]) for file in (cache / "tokens").glob("*.parquet"))
    same = ["encoder", "sampling", "compression", "frames", "grid_height", "grid_width", "tokens_per_frame", "dim", "layout"]
    fields = {name: getattr(like, name) for name in same} | {"token_count": len(values), "token_index": like.token_index.tolist()}
    writer.wave(wave, [row(video_id, values=values.astype("<f4"), frame_seconds=like.frame_seconds.tolist(), **(fields | more))])
    return cache / "tokens" / f"{wave:06d}-00000.parquet"


def refused(up, part, said, and_then=True):
    """A part gives HTTP 400 and one sentence, and the next request is answered."""
    status, sentence = up.ask(part)
    assert status == 400, (status, sentence)
    assert said in sentence
    assert "\n" not in sentence
    if and_then:
        assert up.ask(by_id(FIRST, compression=QUARTER))[0] == 200
