"""Rows as tensors."""

from __future__ import annotations

import torch

from tokenreel.cache import VideoTokens
from tokenreel.cache._tensors import tensor_of
from tokenreel.vllm._feed import evs_rows
from tokenreel.vllm._model import ServedModel


def rows(video: VideoTokens) -> torch.Tensor:
    """The rows [n, planes * D], in the stored type where torch computes with it, else float32; a copy, which the server may write to."""
    tensor: torch.Tensor = tensor_of(video).reshape(len(video.token_index), video.planes * video.dim).clone()
    return tensor


def encoder_output(video: VideoTokens, model: ServedModel) -> torch.Tensor:
    """What the model's encoder would have given for the video: rows, and with a pruning rate their positions too."""
    if model.pruning is None:
        return rows(video)
    return torch.from_numpy(evs_rows(video, model))
