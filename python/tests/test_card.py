"""Cards of encoders, and comparing checkpoints with them."""

import hashlib
import json
import struct

import numpy as np
import pytest
from caches import CARD, ENCODER, CacheWriter, row

from tokenreel.cache import (
    CardNotFoundError,
    CheckpointError,
    DamagedCacheError,
    EncoderCard,
    NewerCacheError,
    TokenCache,
    verify_checkpoint,
)

SETTINGS = "rows 2\nname ünïcode 🎬"
TENSORS = {
    "visual.a.weight": np.arange(6, dtype="<f4").reshape(2, 3),
    "visual.b.bias": np.arange(4, dtype="<f2"),
    "visual.c": np.array(7, dtype="<f4"),
    "visual.d": np.zeros((0, 3), "<f4"),
}
LANGUAGE = {"model.embed_tokens.weight": np.ones((5, 2), "<f4")}


def safetensors(file, tensors):
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for name, values in tensors.items():
        dtype = {"<f4": "F32", "<f2": "F16"}[values.dtype.str]
        end = len(data) + values.nbytes
        header[name] = {"dtype": dtype, "shape": list(values.shape), "data_offsets": [len(data), end]}
        data += values.tobytes()
    text = json.dumps(header).encode()
    file.write_bytes(struct.pack("<Q", len(text)) + text + data)


def card_of(tensors, settings=SETTINGS, **changes):
    """A card whose revision is written out as the Java class Revision has it."""
    said = f"settings {len(settings.encode('utf-16-le')) // 2}\n{settings}\n".encode()
    for name in sorted(tensors):
        values = tensors[name]
        dtype = {"<f4": "F32", "<f2": "F16"}[values.dtype.str]
        said += f"{name} {dtype} [{', '.join(map(str, values.shape))}]\n".encode() + values.tobytes()
    revision = hashlib.sha256(said).hexdigest()[:20]
    made = {
        "encoder": f"qwen2_vl@{revision}",
        "family": "Qwen2-VL",
        "architecture": "Qwen2VLForConditionalGeneration",
        "dim": 3,
        "planes": 1,
        "layout": "plain",
        "axes": 3,
        "tokens_per_second": None,
        "merge_size": 2,
        "settings": settings,
        "tensors": tuple(sorted(tensors)),
    }
    return EncoderCard(**(made | changes))


@pytest.fixture
def folder(tmp_path):
    safetensors(tmp_path / "model.safetensors", {**TENSORS, **LANGUAGE})
    return tmp_path


def test_a_card_is_read_as_it_was_written(tmp_path):
    writer = CacheWriter(tmp_path).wave(1, [row("a")]).card(tokens_per_second=2.0, merge_size=2, axes=3, tensors=["b", "a"])
    card = TokenCache.open(tmp_path).encoder_card(ENCODER)
    assert card == EncoderCard(**{**CARD, "tokens_per_second": 2.0, "merge_size": 2, "axes": 3, "tensors": ("a", "b")})
    assert TokenCache.open(writer.folder).lookup("a").card == card, "a row has its encoder's"


def test_a_card_of_a_version_without_merge_size_is_read(tmp_path):
    writer = CacheWriter(tmp_path).wave(1, [row("a")]).card()
    older = {name: value for name, value in CARD.items() if name != "merge_size"}
    (writer.folder / "_encoders" / f"{ENCODER}.json").write_text(json.dumps({"schema": 1, **older}))
    assert TokenCache.open(tmp_path).encoder_card(ENCODER) == EncoderCard(**{**CARD, "merge_size": None})


def test_a_cache_without_a_card_says_what_writes_one(tmp_path):
    cache = TokenCache.open(CacheWriter(tmp_path).wave(1, [row("a")]).folder)
    with pytest.raises(CardNotFoundError, match=f"no card _encoders/{ENCODER}.json: .* precompute into the cache with this version"):
        cache.encoder_card(ENCODER)
    with pytest.raises(CardNotFoundError, match="precompute into the cache"):
        _ = cache.lookup("a").card


@pytest.mark.parametrize("encoder", ["../tower@1", "Tower@1", ""])
def test_a_name_that_no_card_has_is_not_sought(tmp_path, encoder):
    CacheWriter(tmp_path / "cache").wave(1, [row("a")])
    (tmp_path / "tower@1.json").write_text("{}")
    with pytest.raises(CardNotFoundError, match="no card"):
        TokenCache.open(tmp_path / "cache").encoder_card(encoder)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is no encoder's card"),
        ("[]", "is no encoder's card"),
        ('{"schema": 1}', "is no encoder's card .*tokens_per_second"),
        (json.dumps({"schema": 1, **CARD, "encoder": "tower@2"}), f"must be the card of '{ENCODER}', .* got 'tower@2'"),
        (json.dumps({"schema": 1, **CARD, "axes": 2}), "1 or 3 axes; got .* with 2"),
    ],
)
def test_a_damaged_card_is_said(tmp_path, text, message):
    writer = CacheWriter(tmp_path).wave(1, [row("a")]).card()
    (writer.folder / "_encoders" / f"{ENCODER}.json").write_text(text)
    with pytest.raises(DamagedCacheError, match=message):
        TokenCache.open(tmp_path).encoder_card(ENCODER)


def test_a_newer_card_is_refused(tmp_path):
    CacheWriter(tmp_path).wave(1, [row("a")]).card(schema=2)
    with pytest.raises(NewerCacheError, match="is of version 2, and this package knows versions up to 1"):
        TokenCache.open(tmp_path).encoder_card(ENCODER)


def test_a_checkpoint_with_the_cards_tensors_is_verified(folder):
    verify_checkpoint(card_of(TENSORS), folder)
    card = card_of(TENSORS)
    verify_checkpoint(card_of(TENSORS, encoder=card.encoder + "+bf16"), str(folder))


@pytest.mark.parametrize("prefix", ["vision_tower.", "model.vision_tower.", "model.vision_tower.vision_tower.vision_model."])
def test_names_of_every_layout_of_llava_are_known(tmp_path, prefix):
    values = np.ones(3, "<f4")
    stored = {f"{prefix}encoder.layers.0.mlp.fc1.bias": values, "model.mm_projector.2.bias": values, "image_newline": values}
    safetensors(tmp_path / "model.safetensors", stored)
    names = ["vision_tower.encoder.layers.0.mlp.fc1.bias", "multi_modal_projector.linear_2.bias", "image_newline"]
    verify_checkpoint(card_of(dict.fromkeys(names, values)), tmp_path)


def test_shards_are_read_where_the_index_names_them(folder):
    (folder / "model.safetensors").unlink()
    shards = {"a.safetensors": ["visual.a.weight", "visual.c"], "b.safetensors": ["visual.b.bias", "visual.d"]}
    for shard, names in shards.items():
        safetensors(folder / shard, {f"model.{name}": TENSORS[name] for name in names})
    weight_map = {f"model.{name}": shard for shard, names in shards.items() for name in names}
    weight_map["model.embed_tokens.weight"] = "of the language side.safetensors"  # is not opened
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": weight_map}))
    verify_checkpoint(card_of(TENSORS), folder)


@pytest.mark.parametrize("change", ["value", "dtype", "shape", "settings"])
def test_another_revision_is_refused(folder, change):
    card = card_of(TENSORS, settings=SETTINGS + ("!" if change == "settings" else ""))
    values = TENSORS["visual.a.weight"]
    other = {"value": values + 1, "dtype": values.astype("<f2"), "shape": values.reshape(3, 2), "settings": values}[change]
    safetensors(folder / "model.safetensors", {**TENSORS, "visual.a.weight": other})
    if change == "settings":
        card = card_of(TENSORS, encoder=card.encoder)
    with pytest.raises(CheckpointError, match=r"rows are of encoder 'qwen2_vl@.* has revision [0-9a-f]{20} of it: serve the checkpoint"):
        verify_checkpoint(card, folder)


def test_a_missing_tensor_is_named(folder):
    card = card_of({**TENSORS, "visual.e": np.ones(1, "<f4")})
    with pytest.raises(CheckpointError, match=r"lacks the tensor 'visual.e' of encoder .* it has 4 of 5"):
        verify_checkpoint(card, folder)


def test_a_tensor_that_is_there_twice_is_refused(folder):
    safetensors(folder / "model.safetensors", {**TENSORS, "model.visual.c": TENSORS["visual.c"]})
    with pytest.raises(CheckpointError, match=r"has the tensor 'visual.c' twice"):
        verify_checkpoint(card_of(TENSORS), folder)


def test_a_folder_without_safetensors_is_refused(tmp_path):
    with pytest.raises(CheckpointError, match=r"has neither model.safetensors nor model.safetensors.index.json"):
        verify_checkpoint(card_of(TENSORS), tmp_path)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is no safetensors file"),
        (b"version https://git-lfs.github.com/spec/v1", "is no safetensors file"),
        (struct.pack("<Q", 2) + b"[]", "is no safetensors file"),
    ],
)
def test_what_is_no_safetensors_file_is_refused(tmp_path, data, message):
    (tmp_path / "model.safetensors").write_bytes(data)
    with pytest.raises(CheckpointError, match=message):
        verify_checkpoint(card_of(TENSORS), tmp_path)


def test_a_file_that_was_cut_short_is_refused(folder):
    file = folder / "model.safetensors"
    file.write_bytes(file.read_bytes()[:-50])
    with pytest.raises(CheckpointError, match="bytes, and its tensor '.*' ends at .*: download it again"):
        verify_checkpoint(card_of(TENSORS), folder)


def test_an_exported_encoder_has_nothing_to_compare(folder):
    card = card_of({}, encoder="djl@0123456789abcdef0123", architecture=None)
    with pytest.raises(CheckpointError, match="has no tensors to compare .* it is an exported file"):
        verify_checkpoint(card, folder)
