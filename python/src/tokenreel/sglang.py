"""What SGLang's engine takes in the place of a video, for Qwen's families.

    import sglang
    from tokenreel.cache import TokenCache
    from tokenreel.sglang import precomputed_inputs

    engine = sglang.Engine(model_path=checkpoint)
    row = TokenCache.open("cache").lookup("clips/a.mp4", compression="vidcom2:retention=0.25")
    engine.generate(**precomputed_inputs(row, "What happens?", tokenizer), sampling_params={"temperature": 0, "max_new_tokens": 64})

Needs PyTorch; SGLang itself is not imported. The layout is that of SGLang 0.5.23: multimodal/processors/qwen_vl.py and base_processor.py.
"""

from __future__ import annotations

from typing import Any

from tokenreel.cache import CheckpointError, PromptError, VideoTokens
from tokenreel.cache._positions import family_of
from tokenreel.cache._prompts import prompt_parts, three_axes
from tokenreel.cache._tensors import tensor_of, torch_for

__all__ = ["precomputed_inputs"]

_MERGE = 2  # patches of a token's side


def precomputed_inputs(row: VideoTokens, question: str, tokenizer: Any) -> dict[str, Any]:
    """Arguments of `sglang.Engine.generate` for a question about a video: `input_ids`, and `video_data` with one item.

    The item has the tokens as `precomputed_embeddings` [n, planes * D], and the prompt's positions as `mrope_positions` [3, L] and
    `mrope_position_delta`, by the rule `max` of `tokenreel.cache.positions`; so tokens that were pruned keep their places, and SGLang
    computes neither frames nor positions. Its format is `processor_output`: what 0.5.23 does with the `feature` of the format
    `precomputed_embedding` is to give it to Qwen's vision tower as pixels.

    The text is what `tokenreel answer` feeds: the checkpoint's own chat template around the video and the question.

    Args:
        row: what a lookup gave, of Qwen2-VL, Qwen2.5-VL or Qwen3-VL.
        question: the question's text, as the user's message has it.
        tokenizer: the checkpoint's tokenizer or processor, of Transformers.

    Raises:
        CheckpointError: the row is of another family.
        PromptError: the row has numbers that are not finite, or lacks a column that the prompt needs.
    """
    torch = torch_for("precomputed_inputs")
    family = family_of(row)
    if family.axes == 1:
        raise CheckpointError(f"SGLang takes precomputed tokens of Qwen's families; the row of video '{row.video_id}' is of {family.name}")
    values = tensor_of(row).reshape(len(row.token_index), -1)
    if not bool(torch.isfinite(values).all()):
        raise PromptError(f"tokens of video '{row.video_id}' are not all finite: precompute it again")
    ids, blocks = prompt_parts(row, question, tokenizer)
    pad = getattr(tokenizer, "tokenizer", tokenizer).convert_tokens_to_ids(family.placeholder)
    whole: list[int] = []
    for text, block in zip(ids[:-1], blocks, strict=True):
        whole += text + [pad] * (block.stop - block.start)
    whole += ids[-1]
    places = three_axes(row, ids, blocks)
    item = {
        "format": "processor_output",
        "modality": "VIDEO",
        "precomputed_embeddings": values,
        "video_grid_thw": torch.tensor([[row.frames, row.grid_height * _MERGE, row.grid_width * _MERGE]]),
        "mrope_positions": torch.from_numpy(places),
        "mrope_position_delta": torch.tensor([[int(places[0, -1]) + 1 - len(whole)]]),
    }
    return {"input_ids": whole, "video_data": [item]}
