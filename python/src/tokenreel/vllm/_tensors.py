"""Rows as tensors."""

from __future__ import annotations

import numpy as np
import torch

from tokenreel.cache import VideoTokens
from tokenreel.vllm._feed import evs_rows
from tokenreel.vllm._model import ServedModel


def rows(video: VideoTokens) -> torch.Tensor:
    """The rows [n, planes * D], in the stored type where torch computes with it, else float32."""
    if video.dtype == "bf16":
        tensor = torch.frombuffer(bytearray(video.data), dtype=torch.bfloat16)
    elif video.dtype == "f16":
        tensor = torch.from_numpy(video.tokens.astype(np.float16))
    else:
        tensor = torch.from_numpy(video.float32())
    return tensor.reshape(len(video.token_index), -1)


def encoder_output(video: VideoTokens, model: ServedModel) -> torch.Tensor:
    """What the model's encoder would have given for the video: rows, and with a pruning rate their positions too."""
    if model.pruning is None:
        return rows(video)
    return torch.from_numpy(evs_rows(video, model))
