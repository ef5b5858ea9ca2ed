"""A row and a question as `generate` of Transformers takes them.

The Java classes LlavaPrompts, QwenPrompts, TimeText and TimeInstruction are the specification: what is fed is what
`tokenreel answer` feeds, with the checkpoint's own chat template.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from tokenreel.cache._errors import CheckpointError, MissingPackageError, PromptError
from tokenreel.cache._positions import Family, Rule, family_of, positions, require_rule, required, step_texts
from tokenreel.cache._rows import VideoTokens
from tokenreel.cache._tensors import tensor_of, torch_for

_START, _END = "<|vision_start|>", "<|vision_end|>"
_TEMPLATE_FILES = ("chat_template.jinja", "chat_template.json", "processor_config.json")


def prompt_embeds(row: VideoTokens, question: str, model: Any, tokenizer: Any = None, *, rule: Rule = "max") -> dict[str, Any]:
    """What `model.generate(**prompt_embeds(row, question, model))` answers a question about a video from; no video is read.

        model = AutoModelForImageTextToText.from_pretrained(checkpoint)
        row = TokenCache.open("cache").lookup("clips/a.mp4", compression="vidcom2:retention=0.25")
        inputs = prompt_embeds(row, "What happens?", model)
        ids = model.generate(**inputs, max_new_tokens=64, do_sample=False)

    The text is what `tokenreel answer` feeds: the checkpoint's own chat template around the video and the question. `generate`
    applies `repetition_penalty` of generation_config.json, which
    `tokenreel answer` does not; `repetition_penalty=1.0` gives the same answers.

    Whether the model has the vision side that the row was computed with, this does not find out: `verify_checkpoint` does.

    Args:
        row: what a lookup gave.
        question: the question's text, as the user's message has it.
        model: a loaded model of the row's family: a class of Transformers, and for LLaVA-Video its language model, which
            Qwen2ForCausalLM loads.
        tokenizer: the checkpoint's tokenizer or processor; loaded from where the model came from where it is left out.
        rule: how positions go on after the video, as `positions` has it: of Qwen2-VL and Qwen2.5-VL, what `answer` has as
            `tokenreel_positions` in the model's name. The other families have the same positions by every rule.

    Returns:
        `inputs_embeds` [1, L, D] and `attention_mask` [1, L], in the model's dtype and on its device; for Qwen's families also
        `position_ids` [3, 1, L]; for Qwen3-VL also `mm_encoder_outputs`, which has the further planes of the rows.

    Raises:
        CheckpointError: the model is of another family or width than the row.
        PromptError: the row has numbers that are not finite, or lacks a column that the prompt needs; the template does not hold
            the video once; the model's code takes no planes.
        MissingPackageError: PyTorch or Transformers is not installed.
        ValueError: there is no such rule.
    """
    require_rule(rule)
    torch = torch_for("prompt_embeds")
    family = family_of(row)
    embedding = model.get_input_embeddings()
    weight = embedding.weight
    _check(row, family, model, int(weight.shape[-1]))
    values = tensor_of(row)
    if not bool(torch.isfinite(values).all()):
        raise PromptError(f"tokens of video '{row.video_id}' are not all finite: precompute it again")
    values = values.to(device=weight.device, dtype=weight.dtype)
    timed = bool(getattr(model.config, "add_time_instruction", False))
    ids, blocks = prompt_parts(row, question, tokenizer or _loaded(model), timed=timed)
    with torch.no_grad():
        texts = [embedding(torch.tensor(part, dtype=torch.long, device=weight.device)) for part in ids]
        fed = values if row.planes == 1 else _placeholders(model, embedding, len(values), torch)
        parts = [part for text, block in zip(texts[:-1], blocks, strict=True) for part in (text, fed[block])]
        inputs: dict[str, Any] = {"inputs_embeds": torch.cat([*parts, texts[-1]])[None]}
    inputs["attention_mask"] = torch.ones(inputs["inputs_embeds"].shape[:2], dtype=torch.long, device=weight.device)
    if family.axes > 1:
        inputs["position_ids"] = torch.from_numpy(three_axes(row, ids, blocks, rule)).to(weight.device)[:, None]
    if row.planes > 1:
        inputs["mm_encoder_outputs"] = {"video": _planes(values)}
    return inputs


def _check(row: VideoTokens, family: Family, model: Any, width: int) -> None:
    known = {type(model).__name__, *(getattr(model.config, "architectures", None) or ())}
    if not known.intersection(family.architectures):
        raise CheckpointError(
            f"the row of video '{row.video_id}' is of {family.name} and feeds a {' or '.join(family.architectures)};"
            f" got a {type(model).__name__}: load the checkpoint that the cache was computed with"
        )
    if row.dim != width:
        raise CheckpointError(
            f"the row of video '{row.video_id}' has {row.dim} channels, and the model's embeddings have {width}: load the checkpoint that"
            " the cache was computed with"
        )
    planes = 1 + len(getattr(getattr(model.config, "vision_config", None), "deepstack_visual_indexes", ()))
    if row.planes != planes:
        raise CheckpointError(f"the row of video '{row.video_id}' has {row.planes} planes, and the model takes {planes}")
    if planes > 1 and "mm_encoder_outputs" not in inspect.signature(model.forward).parameters:
        raise PromptError(
            f"{type(model).__name__} of the installed Transformers takes no visual features but those that it computes from pixels, and"
            f" {family.name}'s have planes: install a version whose forward takes mm_encoder_outputs, such as 5.23"
        )


def _loaded(model: Any) -> Any:
    """The tokenizer of the checkpoint that a model came from."""
    try:
        from transformers import AutoTokenizer
    except ImportError as error:
        raise MissingPackageError("prompt_embeds needs Transformers to load a tokenizer: pip install transformers") from error
    return AutoTokenizer.from_pretrained(model.config._name_or_path)


def prompt_parts(row: VideoTokens, question: str, given: Any, *, timed: bool = False) -> tuple[list[list[int]], list[slice]]:
    """Token ids of a prompt's texts, and the tokens of the video that stand among them.

    Args:
        row: the video's.
        question: the question's text.
        given: the checkpoint's tokenizer or processor.
        timed: whether the text after the video says when frames are shown, as LLaVA-Video may.

    Returns:
        ids of each text, of which one stands before each block of tokens and one after the last; and the blocks.
    """
    tokenizer, template = _tokenizer(given)
    family = family_of(row)
    before, after = _texts(row, family, _rendered(family, question, tokenizer, template), timed=timed)
    ids = [tokenizer.encode(text, add_special_tokens=False) for text in (*before, after)]
    return ids, list(_blocks(row, len(before)))


def three_axes(row: VideoTokens, ids: list[list[int]], blocks: list[slice], rule: Rule = "max") -> npt.NDArray[np.int64]:
    """Positions [3, L] of a prompt: texts, which have one position on all axes, and blocks in turn."""
    *before, after = map(len, ids)
    start, between = (0, before) if family_of(row).block_per_step else (before[0], None)
    placed = positions(row, start, rule=rule, between=between)
    parts: list[npt.NDArray[np.int64]] = []
    for start, block, text in zip(placed.starts, blocks, before, strict=True):
        parts += [np.broadcast_to(np.arange(start - text, start), (3, text)), placed.rows[:, block]]
    return np.concatenate([*parts, np.broadcast_to(placed.after + np.arange(after), (3, after))], axis=1)


def _tokenizer(given: Any) -> tuple[Any, str]:
    """The tokenizer, and the chat template."""
    tokenizer = getattr(given, "tokenizer", given)
    for holder in (given, tokenizer):
        template = getattr(holder, "chat_template", None)
        if isinstance(template, str):
            return tokenizer, template
    return tokenizer, _stored_template(str(tokenizer.name_or_path))


def _stored_template(checkpoint: str) -> str:
    """The template where a processor's files have it and the tokenizer's have not."""
    from transformers.utils import cached_file

    for name in _TEMPLATE_FILES:
        path = cached_file(checkpoint, name, _raise_exceptions_for_missing_entries=False)
        if path is not None:
            with open(path, encoding="utf-8") as file:
                text = file.read()
            template = text if name.endswith(".jinja") else json.loads(text).get("chat_template")
            if isinstance(template, str):
                return template
    raise PromptError(f"{checkpoint} has no chat template: give a tokenizer or a processor that has one as tokenizer=")


def _rendered(family: Family, question: str, tokenizer: Any, template: str) -> str:
    """The prompt, with a mark in the place of the video."""
    mark = family.placeholder
    content: Any = [{"type": "video"}, {"type": "text", "text": question}]
    if mark == "<image>":  # LLaVA-NeXT's content is one text
        content = f"{mark}\n{question}"
    rendered: str = tokenizer.apply_chat_template(
        [{"role": "user", "content": content}], chat_template=template, tokenize=False, add_generation_prompt=True
    )
    if rendered.count(mark) != 1:
        raise PromptError(f"a prompt must hold {mark} once, where the video goes; got:\n{rendered}")
    return rendered


def _texts(row: VideoTokens, family: Family, rendered: str, *, timed: bool) -> tuple[list[str], str]:
    """The texts before each block of the video's tokens, and the text after the last one."""
    before, after = rendered.split(family.placeholder)
    if timed:
        after = _time_instruction(row) + after
    if not family.block_per_step:
        return [before], after
    if not (before.endswith(_START) and after.startswith(_END)):
        raise PromptError(f"the chat template must have {_START} and {_END} around the video; got:\n{rendered}")
    first, *others = step_texts(row)
    return [before.removesuffix(_START) + first, *others], after  # the template's last mark ends the last step


def _time_instruction(row: VideoTokens) -> str:
    """When frames are shown, for LLaVA-Video: `time_instruciton` of LLaVA-NeXT's docs/LLaVA_Video_1003.md, and `load_video` there."""
    index, rate, frames = required(row, "frame_index"), required(row, "source_rate"), required(row, "source_frames")
    step = round(rate)
    one_a_second = step > 0 and np.array_equal(index, np.arange(0, frames, step))
    seconds = index / (step if one_a_second else rate)
    located = ",".join(f"{second:.2f}s" for second in seconds)
    return (
        f"The video lasts for {frames / rate:.2f} seconds, and {len(index)} frames are uniformly sampled from it."
        f" These frames are located at {located}.Please answer the following questions related to this video."
    )


def _blocks(row: VideoTokens, count: int) -> Iterator[slice]:
    """The tokens of each block: of the whole video, or of each step."""
    if count == 1:
        yield slice(0, len(row.token_index))
        return
    ends = np.searchsorted(row.token_index // row.tokens_per_frame, np.arange(1, count + 1))
    yield from (slice(int(first), int(end)) for first, end in zip([0, *ends[:-1]], ends, strict=True))


def _placeholders(model: Any, embedding: Any, count: int, torch: Any) -> Any:
    """What the model puts rows in the place of: embeddings of its token for a video."""
    return embedding(torch.full((count,), model.config.video_token_id, dtype=torch.long, device=embedding.weight.device))


def _planes(values: Any) -> Any:
    """Rows [n, planes, D] as Qwen3-VL's tower gives them."""
    from transformers.models.qwen3_vl.modeling_qwen3_vl import BaseModelOutputWithDeepstackFeatures

    first, *others = values.unbind(1)
    return BaseModelOutputWithDeepstackFeatures(pooler_output=[first], deepstack_features=[[plane] for plane in others])
