"""Rows as data sets of PyTorch; skipped where it is not installed."""

import pickle
import warnings

import ml_dtypes
import numpy as np
import pyarrow as pa
import pytest
from caches import CacheWriter, row

from tokenreel.cache import CacheNotFoundError, PromptError, SettingError, VideoNotFoundError

torch = pytest.importorskip("torch")

from torch.utils.data import DataLoader  # noqa: E402

from tokenreel.torch import TokenDataset, pack, pad  # noqa: E402

LLAVA = "llava_onevision@0123456789abcdef0123"
QWEN = "qwen2_vl@0123456789abcdef0123"


@pytest.fixture
def folder(tmp_path):
    """Five videos, the fifth with two tokens and the others with four."""
    made = [row(f"{number}", encoder=LLAVA, number=number) for number in range(4)]
    short = row("4", encoder=LLAVA, number=4, token_index=[1, -1], values=np.ones((2, 3), "<f4"))
    return CacheWriter(tmp_path / "cache").wave(1, [*made, short]).folder


def test_a_sample_has_what_its_row_has(folder):
    data = TokenDataset(folder)
    assert len(data) == 5
    sample = data[4]
    assert sample["id"] == "4"
    assert torch.equal(sample["tokens"], torch.ones(2, 3))
    assert (sample["index"].tolist(), sample["index"].dtype) == ([1, -1], torch.int32)
    assert (sample["positions"].tolist(), sample["positions"].dtype) == ([0, 1], torch.int64)
    assert sample["columns"] == {"number": 4}


def test_samples_of_several_encoders_are_refused(tmp_path):
    CacheWriter(tmp_path).wave(
        1, [row("a", encoder=LLAVA), row("b", encoder=QWEN, layout="plain", token_index=[0, 1, 2, 3]), row("c", encoder=LLAVA)]
    )
    with pytest.raises(SettingError, match="of one encoder; got llava_onevision@.* of 2, qwen2_vl@.* of 1 videos: name encoder="):
        TokenDataset(tmp_path)
    assert [sample["id"] for sample in TokenDataset(tmp_path, ["a", "c"])] == ["a", "c"]
    samples = [TokenDataset(tmp_path, encoder=encoder)[0] for encoder in (LLAVA, QWEN)]
    for batched in (pad, pack):
        with pytest.raises(ValueError, match="must have one encoder, one dtype and one width of tokens; got .* name the encoder"):
            batched(samples)


@pytest.mark.parametrize(("name", "dtype"), [("f32", torch.float32), ("f16", torch.float16), ("bf16", torch.bfloat16)])
def test_tokens_have_the_stored_dtype_and_can_be_written_to(tmp_path, name, dtype):
    values = np.arange(12).reshape(4, 3).astype({"f32": "<f4", "f16": "<f2", "bf16": ml_dtypes.bfloat16}[name])
    CacheWriter(tmp_path).wave(1, [row("a", encoder=LLAVA, values=values, dtype=name)])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        data = TokenDataset(tmp_path)
        tokens = data[0]["tokens"]
        tokens += 1
    assert tokens.dtype == dtype
    assert torch.equal(tokens.float(), torch.arange(12.0).reshape(4, 3) + 1)
    assert torch.equal(data[0]["tokens"].float(), torch.arange(12.0).reshape(4, 3)), "each sample has memory of its own"


def test_tokens_of_int8_are_float32(tmp_path):
    codes, scales = np.arange(-6, 6, dtype=np.int8).reshape(4, 3), np.array([1, 0.5, 2, 0], "<f4")
    CacheWriter(tmp_path).wave(1, [row("a", encoder=LLAVA, values=codes, dtype="int8", scales=scales.tobytes())])
    tokens = TokenDataset(tmp_path)[0]["tokens"]
    assert tokens.dtype == torch.float32
    assert torch.equal(tokens, torch.from_numpy(codes * scales[:, None]))


def test_samples_of_a_table_have_its_columns(folder):
    rows = [{"video_id": "3", "question": "?", "number": "own"}, {"video_id": "3", "question": "!", "number": None}]
    for samples in [rows, pa.Table.from_pylist(rows), pa.Table.from_pylist(rows).to_pandas()]:
        data = TokenDataset(folder, samples)
        assert [data[place]["columns"] for place in range(2)] == [
            {"number": "own", "question": "?"},
            {"number": None, "question": "!"},
        ], type(samples)
    assert [TokenDataset(folder, iter(["2", "0"]))[place]["id"] for place in range(2)] == ["2", "0"]


@pytest.mark.parametrize("world_size", [1, 2, 3, 7])
def test_ranks_have_equally_many_samples_and_all_of_them_together(folder, world_size):
    shards = [TokenDataset(folder, rank=rank, world_size=world_size) for rank in range(world_size)]
    assert {len(shard) for shard in shards} == {-(-5 // world_size)}
    ids = [[shard[place]["id"] for place in range(len(shard))] for shard in shards]
    assert {each for shard in ids for each in shard} == set("01234")
    assert ids[0] == [str(number % 5) for number in range(0, len(shards[0]) * world_size, world_size)]


@pytest.mark.parametrize("context", ["fork", "spawn"])
@pytest.mark.parametrize("collate", [None, pad])
def test_workers_give_what_one_process_gives(folder, context, collate):
    data = TokenDataset(folder)
    _ = data[0]  # the parent has the cache open
    size = 2 if collate else None
    found = [*DataLoader(data, batch_size=size, collate_fn=collate, num_workers=2, multiprocessing_context=context)]
    expected = [*DataLoader(data, batch_size=size, collate_fn=collate)]
    assert len(found) == len(expected) == (3 if collate else 5)
    for one, other in zip(found, expected, strict=True):
        assert one["id"] == other["id"]
        for name in ["tokens", "index", "positions"]:
            assert torch.equal(one[name], other[name]), name


def test_a_pickled_data_set_has_no_cache_open(folder):
    data = TokenDataset(folder, ["1"], compression="vidcom2:retention=0.5")
    _ = data[0]
    assert pickle.loads(pickle.dumps(data))._opened is None
    assert pickle.loads(pickle.dumps(data))[0]["id"] == "1"


def test_pad_fills_up_to_the_longest(folder):
    data = TokenDataset(folder)
    batch = pad([data[0], data[4]])
    assert batch["id"] == ["0", "4"]
    assert batch["columns"] == [{"number": 0}, {"number": 4}]
    assert batch["mask"].tolist() == [[True] * 4, [True, True, False, False]]
    assert batch["tokens"].shape == (2, 4, 3)
    assert torch.equal(batch["tokens"][0], data[0]["tokens"])
    assert torch.equal(batch["tokens"][1], torch.tensor([[1.0] * 3, [1.0] * 3, [0.0] * 3, [0.0] * 3]))
    assert batch["index"].tolist() == [[0, 2, 3, -1], [1, -1, -1, -1]]
    assert batch["positions"].tolist() == [[0, 1, 2, 3], [0, 1, 0, 0]]


def test_pack_puts_samples_one_after_the_other(folder):
    data = TokenDataset(folder)
    batch = pack([data[4], data[0]])
    assert torch.equal(batch["tokens"], torch.cat([data[4]["tokens"], data[0]["tokens"]]))
    assert (batch["ends"].tolist(), batch["ends"].dtype) == ([0, 2, 6], torch.int32)
    assert batch["index"].tolist() == [1, -1, 0, 2, 3, -1]
    assert batch["positions"].tolist() == [0, 1, 0, 1, 2, 3]


def test_three_axes_have_the_batch_where_transformers_has_it(tmp_path):
    made = [row(name, encoder=QWEN, token_index=[0, 2, 3], values=np.zeros((3, 3), "<f4")) for name in "ab"]
    made.append(row("c", encoder=QWEN, token_index=[3], values=np.zeros((1, 3), "<f4")))
    data = TokenDataset(CacheWriter(tmp_path).wave(1, made).folder)
    assert data[0]["positions"].tolist() == [[0, 1, 1], [0, 0, 0], [0, 0, 1]]
    assert pad([data[0], data[2]])["positions"].tolist() == [[[0, 1, 1], [1, 0, 0]], [[0, 0, 0], [0, 0, 0]], [[0, 0, 1], [1, 0, 0]]]
    assert pack([data[0], data[2]])["positions"].shape == (3, 4)


def test_planes_stay_apart(tmp_path):
    data = TokenDataset(CacheWriter(tmp_path).wave(1, [row("a", encoder=LLAVA, planes=3, dim=1, values=np.arange(12, dtype="<f4"))]).folder)
    assert pad([data[0], data[0]])["tokens"].shape == (2, 4, 3, 1)


def test_qwen3_needs_a_tokenizer_to_count_its_texts(tmp_path):
    class Letters:
        def encode(self, text, add_special_tokens):
            return list(text)

    index = [0, 2, 3]
    made = row("a", encoder="qwen3_vl@0123456789abcdef0123", token_index=index, frame_index=[0, 1, 2, 3], values=np.zeros((3, 3), "<f4"))
    CacheWriter(tmp_path).wave(1, [made])
    with pytest.raises(PromptError, match="positions of Qwen3-VL depend on the texts among a video's steps: give the model's tokenizer"):
        TokenDataset(tmp_path)[0]
    first, second = len("<0.0 seconds><|vision_start|>"), len("<|vision_end|><0.1 seconds><|vision_start|>")
    rows = TokenDataset(tmp_path, tokenizer=Letters())[0]["positions"]
    assert rows[0].tolist() == [first, first + 2 + second, first + 2 + second]


def test_tokens_of_an_exported_encoder_have_no_positions(tmp_path):
    data = TokenDataset(CacheWriter(tmp_path).wave(1, [row("a", encoder="djl@0123456789abcdef0123")]).folder)
    assert "positions" not in data[0]
    assert "positions" not in pad([data[0]])
    assert "positions" not in pack([data[0]])


def test_samples_of_several_models_are_no_batch(tmp_path):
    wide = row("b", encoder=LLAVA, dim=1, values=np.zeros(4, "<f4"))
    data = TokenDataset(CacheWriter(tmp_path).wave(1, [row("a", encoder=LLAVA), wide]).folder)
    for collate in [pad, pack]:
        with pytest.raises(ValueError, match="one dtype and one width of tokens; got .* name the encoder"):
            collate([data[0], data[1]])


def test_wrong_arguments_are_said(folder):
    for rank, world_size in [(1, 1), (-1, 2), (0, 0)]:
        with pytest.raises(ValueError, match=f"rank must be from 0 to world_size - 1; got rank {rank} of {world_size}"):
            TokenDataset(folder, rank=rank, world_size=world_size)
    for samples in [[{"id": "1"}], [1], [{"video_id": 1}], ["1", {"video_id": "2"}], [{"video_id": "2"}, "1"]]:
        with pytest.raises(ValueError, match="samples must all be ids, or all have a text in video_id; got"):
            TokenDataset(folder, samples)
    with pytest.raises(ValueError, match="samples must have one sample at least; got none"):
        TokenDataset(folder, [])
    for alone in ["1", {"video_id": "1"}]:
        with pytest.raises(TypeError, match="samples must be a list of ids, a table or dicts; got .* alone: put it into a list"):
            TokenDataset(folder, alone)
    with pytest.raises(CacheNotFoundError, match=r"has no video of .*'none'.*: TokenCache.settings\(\) lists"):
        TokenDataset(folder, compression="none")


def test_samples_that_could_only_fail_when_they_are_drawn_are_refused_at_once(tmp_path):
    folder = (
        CacheWriter(tmp_path)
        .wave(1, [row("a", encoder=LLAVA), row("a", encoder=LLAVA, compression="none"), row("b", encoder=LLAVA)])
        .folder
    )
    with pytest.raises(VideoNotFoundError, match=r"no tokens of video 'nobody', which is among the samples: TokenCache.ids\(\)"):
        TokenDataset(folder, ["b", "nobody"])
    with pytest.raises(SettingError, match=r"video 'b' must have one row of .*'none'.*; got none: name compression="):
        TokenDataset(folder, ["a", "b"], compression="none")
    for samples in [None, ["a"], [{"video_id": "a"}]]:
        with pytest.raises(SettingError, match=r"video 'a' must have one row of .*; got Setting\(.*; Setting\(.*: name compression="):
            TokenDataset(folder, samples)
    assert len(TokenDataset(folder, compression="none")) == 1
    assert len(TokenDataset(folder, ["b"])) == 1
