"""prompt_embeds against the tokens that Transformers gives for the tiny checkpoints; skipped where it is not installed."""

from dataclasses import replace

import numpy as np
import pytest
from caches import CacheWriter, row
from goldens import checkpoint, config, golden, qwen_row

from tokenreel.cache import CheckpointError, PromptError, TokenCache, prompt_embeds
from tokenreel.sglang import precomputed_inputs

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

QUARTER = "vidcom2:retention=0.25"
TOKENS = 24


def model(family):
    return transformers.AutoModelForImageTextToText.from_pretrained(checkpoint(family), attn_implementation="eager").eval()


def greedy(loaded, inputs):
    return loaded.generate(**inputs, max_new_tokens=TOKENS, do_sample=False, repetition_penalty=1.0)[0].tolist()


def llava_row(folder, loaded, kept=None):
    """The row of LLaVA-OneVision's golden, with the closing image_newline."""
    pooled = golden("llava_onevision")[0]["pooled"]
    values = pooled.reshape(-1, pooled.shape[-1])
    index = np.arange(len(values)) if kept is None else kept
    closing = loaded.model.image_newline.detach().numpy()[None]
    made = row(
        "a",
        encoder="llava_onevision@0123456789abcdef0123",
        frames=len(pooled),
        grid_height=3,
        grid_width=3,
        tokens_per_frame=9,
        dim=values.shape[1],
        token_index=[*index.tolist(), -1],
        frame_seconds=[0.0] * len(pooled),
        values=np.concatenate([values[index], closing]),
    )
    return TokenCache.open(CacheWriter(folder).wave(1, [made]).folder).lookup("a")


@pytest.mark.parametrize("compression", ["none", QUARTER, "vidcom2:retention=0.5", "dycoke:prune=0.7"])
def test_llava_onevision_says_what_transformers_says(tmp_path, compression):
    tensors, texts = golden("llava_onevision")
    loaded = model("llava_onevision")
    video = llava_row(tmp_path, loaded, tensors.get(f"{compression}.keep"))
    assert greedy(loaded, prompt_embeds(video, texts["question"], loaded)) == tensors[f"{compression}.greedy"].tolist()


RULES = [
    ("qwen2_vl", "max", "@max"),
    ("qwen2_vl", "merged_grid", ""),
    ("qwen2_5_vl", "max", "@max"),
    ("qwen2_5_vl", "max_int_seconds", "@max_int_seconds"),
    ("qwen2_5_vl", "merged_grid", ""),
    ("qwen3_vl", "max", "@single"),
    ("qwen3_vl", "merged_grid", "@single"),
]


@pytest.mark.parametrize("compression", ["none", QUARTER])
@pytest.mark.parametrize(("family", "rule", "run"), RULES)
def test_qwens_families_say_what_transformers_says(tmp_path, family, rule, run, compression):
    tensors, texts = golden(family)
    loaded = model(family)
    inputs = prompt_embeds(qwen_row(family, tmp_path, tensors.get(f"{compression}.keep")), texts["question"], loaded, rule=rule)
    assert np.array_equal(inputs["position_ids"][:, 0], tensors[f"{compression}{run}.position_ids"])
    assert greedy(loaded, inputs) == tensors[f"{compression}{run}.greedy"].tolist()


def test_a_tokenizer_or_a_processor_may_be_given(tmp_path):
    loaded = model("qwen2_vl")
    video = qwen_row("qwen2_vl", tmp_path)
    expected = prompt_embeds(video, "?", loaded)
    tokenizer = transformers.AutoTokenizer.from_pretrained(checkpoint("qwen2_vl"))

    class Processor:
        chat_template = tokenizer.chat_template

    Processor.tokenizer = tokenizer
    loaded.config._name_or_path = "nowhere"
    for given in [tokenizer, Processor()]:
        assert torch.equal(prompt_embeds(video, "?", loaded, given)["inputs_embeds"], expected["inputs_embeds"])


def test_a_rule_that_there_is_not_is_refused(tmp_path):
    video = qwen_row("qwen2_vl", tmp_path)
    with pytest.raises(ValueError, match="rule must be one of max, max_int_seconds, merged_grid; got 'least'"):
        prompt_embeds(video, "?", None, rule="least")


def test_inputs_have_the_models_dtype(tmp_path):
    loaded = model("qwen3_vl").to(torch.bfloat16)
    inputs = prompt_embeds(qwen_row("qwen3_vl", tmp_path), "?", loaded)
    planes = inputs["mm_encoder_outputs"]["video"]
    assert inputs["inputs_embeds"].dtype == planes.pooler_output[0].dtype == planes.deepstack_features[1][0].dtype == torch.bfloat16
    assert inputs["attention_mask"].shape == inputs["inputs_embeds"].shape[:2] == inputs["position_ids"].shape[1:]


def test_rows_that_do_not_fit_the_model_are_refused(tmp_path):
    loaded = model("qwen2_vl")
    video = qwen_row("qwen2_vl", tmp_path / "a")
    with pytest.raises(CheckpointError, match=r"is of Qwen2.5-VL and feeds a Qwen2_5_VLForConditionalGeneration; got a Qwen2VL"):
        prompt_embeds(qwen_row("qwen2_5_vl", tmp_path / "b"), "?", loaded)
    half = replace(video, dim=video.dim // 2, planes=2)
    with pytest.raises(CheckpointError, match="has 32 channels, and the model's embeddings have 64"):
        prompt_embeds(half, "?", loaded)
    values = np.array(video.tokens)
    values[3, 5] = np.inf
    with pytest.raises(PromptError, match="tokens of video 'a' are not all finite: precompute it again"):
        prompt_embeds(replace(video, data=memoryview(values.tobytes())), "?", loaded)
    with pytest.raises(PromptError, match=r"a prompt must hold <\|video_pad\|> once, where the video goes; got:"):
        prompt_embeds(video, "<|video_pad|>", loaded)


def test_qwen3_is_refused_where_planes_do_not_fit_or_cannot_be_given(tmp_path, monkeypatch):
    loaded = model("qwen3_vl")
    video = qwen_row("qwen3_vl", tmp_path)
    flat = replace(video, planes=1, data=video.data[: video.data.nbytes // 3])
    with pytest.raises(CheckpointError, match="has 1 planes, and the model takes 3"):
        prompt_embeds(flat, "?", loaded)
    monkeypatch.setattr(loaded, "forward", lambda inputs_embeds, position_ids: None)
    with pytest.raises(PromptError, match="install a version whose forward takes mm_encoder_outputs"):
        prompt_embeds(video, "?", loaded)


def test_a_checkpoint_without_a_template_is_refused(tmp_path):
    loaded = model("qwen2_vl")
    tokenizer = transformers.AutoTokenizer.from_pretrained(checkpoint("qwen2_vl"))
    tokenizer.chat_template, tokenizer.name_or_path = None, str(tmp_path)
    with pytest.raises(PromptError, match="has no chat template: give a tokenizer"):
        prompt_embeds(qwen_row("qwen2_vl", tmp_path / "cache"), "?", loaded, tokenizer)


@pytest.mark.parametrize("compression", ["none", QUARTER])
@pytest.mark.parametrize(("family", "run"), [("qwen2_vl", "@max"), ("qwen2_5_vl", "@max"), ("qwen3_vl", "@single")])
def test_sglangs_inputs_have_the_prompt_that_transformers_has(tmp_path, family, run, compression):
    tensors, texts = golden(family)
    video = qwen_row(family, tmp_path, tensors.get(f"{compression}.keep"))
    inputs = precomputed_inputs(video, texts["question"], transformers.AutoTokenizer.from_pretrained(checkpoint(family)))
    [item] = inputs["video_data"]
    places = tensors[f"{compression}{run}.position_ids"]
    assert np.array_equal(item["mrope_positions"], places)
    assert item["mrope_position_delta"].tolist() == [[tensors[f"{compression}{run}.next_position"][0] - places.shape[1]]]
    assert item["precomputed_embeddings"].shape == (len(video.token_index), video.planes * video.dim)
    if compression == "none":
        assert inputs["input_ids"] == tensors["input_ids@single" if family == "qwen3_vl" else "input_ids"].tolist()
    assert inputs["input_ids"].count(config(family)["video_token_id"]) == len(video.token_index)


def test_sglang_takes_no_tokens_of_llava(tmp_path):
    video = TokenCache.open(CacheWriter(tmp_path).wave(1, [row("a", encoder="llava_onevision@0123456789abcdef0123")]).folder).lookup("a")
    with pytest.raises(
        CheckpointError, match="SGLang takes precomputed tokens of Qwen's families; the row of video 'a' is of LLaVA-OneVision"
    ):
        precomputed_inputs(video, "?", None)
