"""Positions of rows in prompts, against those that Transformers gives for the tiny checkpoints of jobs/src/test/resources/goldens."""

from dataclasses import replace

import numpy as np
import pytest
from caches import CARD, CacheWriter, row
from goldens import config, golden, qwen_row

from tokenreel.cache import CardNotFoundError, DamagedCacheError, PromptError, TokenCache, positions, step_texts


def visual(family, ids="input_ids"):
    """Which of the golden's input ids stand for the video's tokens."""
    return golden(family)[0][ids] == config(family)["video_token_id"]


@pytest.mark.parametrize("kept", [None, "vidcom2:retention=0.25"])
@pytest.mark.parametrize(
    ("family", "rule", "run"),
    [
        ("qwen2_vl", "merged_grid", ""),
        ("qwen2_vl", "max", "@max"),
        ("qwen2_5_vl", "merged_grid", ""),
        ("qwen2_5_vl", "max", "@max"),
        ("qwen2_5_vl", "max_int_seconds", "@max_int_seconds"),
    ],
)
def test_positions_of_one_block_are_those_of_transformers(tmp_path, family, rule, run, kept):
    tensors, _ = golden(family)
    places = tensors[f"{kept or 'none'}{run}.position_ids"]
    marks = visual(family)
    before, total = int(np.argmax(marks)), int(marks.sum())
    made = qwen_row(family, tmp_path, tensors[f"{kept}.keep"] if kept else None)
    found = positions(made, before, rule=rule)
    count = len(made.token_index)
    assert found.rows.dtype == np.int64
    assert np.array_equal(found.rows, places[:, before : before + count])
    assert found.starts.tolist() == [before]
    assert found.after == places[0, before + count]
    assert places.shape[1] == len(marks) - total + count


@pytest.mark.parametrize("rule", ["max", "max_int_seconds", "merged_grid"])
@pytest.mark.parametrize("kept", [None, "vidcom2:retention=0.25"])
def test_positions_of_a_block_per_step_are_those_of_transformers(tmp_path, kept, rule):
    tensors, _ = golden("qwen3_vl")
    places = tensors[f"{kept or 'none'}@single.position_ids"]
    marks = visual("qwen3_vl", "input_ids@single")
    edges = np.flatnonzero(np.diff(np.concatenate([[0], marks, [0]])))
    firsts, ends = edges[::2], edges[1::2]
    between = (firsts - np.concatenate([[0], ends[:-1]])).tolist()
    keep = tensors[f"{kept}.keep"] if kept else np.arange(int(marks.sum()))
    made = qwen_row("qwen3_vl", tmp_path, keep)
    found = positions(made, between=between, rule=rule)
    whole = tensors["none@single.position_ids"]
    assert np.array_equal(found.rows, whole[:, np.flatnonzero(marks)[keep]])
    assert found.starts.tolist() == [whole[0, first] for first in firsts]
    assert found.after == places[0, places.shape[1] - (len(marks) - ends[-1])]
    assert np.array_equal(positions(made, 7, between=between).rows, found.rows + 7)


def test_step_texts_are_those_of_transformers(tmp_path):
    _, texts = golden("qwen3_vl")
    made = qwen_row("qwen3_vl", tmp_path)
    pads = "<|video_pad|>" * made.tokens_per_frame
    assert f"{pads.join(step_texts(made))}{pads}<|vision_end|>" in texts["expanded_prompt@single"]


def test_positions_of_llava_are_places_in_the_sequence(tmp_path):
    for name in ["llava_onevision@0123456789abcdef0123", "llava_qwen@0123456789abcdef0123+bf16", "folder@0123456789abcdef"]:
        made = TokenCache.open(CacheWriter(tmp_path / name).wave(1, [row("a", encoder=name)]).folder).lookup("a")
        found = positions(made, 5)
        assert (found.rows.tolist(), found.starts.tolist(), found.after) == ([5, 6, 7, 8], [5], 9)
        assert found.rows.dtype == np.int64


def test_positions_without_a_column_say_which_and_how_to_get_it(tmp_path):
    for family, column in [("qwen2_5_vl", "source_rate"), ("qwen2_5_vl", "frame_index"), ("qwen2_5_vl", "source_frames")]:
        made = qwen_row(family, tmp_path / column, **{column: None})
        with pytest.raises(PromptError, match=f"video 'a' has no {column}, which the prompt of Qwen2.5-VL needs: .*precompute the video"):
            positions(made)
    made = qwen_row("qwen3_vl", tmp_path / "qwen3", frame_index=None)
    with pytest.raises(PromptError, match="has no frame_index, which the prompt of Qwen3-VL needs"):
        step_texts(made)
    positions(qwen_row("qwen2_vl", tmp_path / "qwen2", frame_index=None, source_rate=None))


def test_positions_of_qwen2_5_need_its_card(tmp_path):
    made = qwen_row("qwen2_5_vl", tmp_path)
    with pytest.raises(CardNotFoundError, match="was not read from a cache"):
        positions(replace(made, cards=None))
    writer = CacheWriter(tmp_path / "other").wave(1, [row("b")])
    with pytest.raises(CardNotFoundError, match="no card _encoders/qwen2_5_vl@0123456789abcdef0123.json"):
        positions(replace(made, cards=TokenCache.open(writer.folder).lookup("b").cards))
    writer.card(**{**CARD, "encoder": made.encoder})
    with pytest.raises(DamagedCacheError, match="must have tokens_per_second; got null"):
        positions(replace(made, cards=TokenCache.open(writer.folder).lookup("b").cards))


def test_positions_of_a_row_that_does_not_fit_are_refused(tmp_path):
    qwen2, qwen3 = qwen_row("qwen2_vl", tmp_path / "2"), qwen_row("qwen3_vl", tmp_path / "3")
    with pytest.raises(PromptError, match="has tokens without: precompute it again"):
        positions(replace(qwen2, token_index=np.full_like(qwen2.token_index, -1)))
    with pytest.raises(PromptError, match="between is of families with a text before each step; Qwen2-VL's video is one block"):
        positions(qwen2, between=[1])
    for between in [None, [1]]:
        with pytest.raises(PromptError, match=r"between must count the tokens of each of the 3 texts that step_texts\(row\) gives; got"):
            positions(qwen3, between=between)
    with pytest.raises(PromptError, match="texts among steps are Qwen3-VL's; the row of video 'a' is of Qwen2-VL"):
        step_texts(qwen2)
    with pytest.raises(PromptError, match="encoded by 'djl@0123456789abcdef0123', which has no language model"):
        positions(replace(qwen2, encoder="djl@0123456789abcdef0123"))
    with pytest.raises(ValueError, match="rule must be one of max, max_int_seconds, merged_grid; got 'least'"):
        positions(qwen2, rule="least")
