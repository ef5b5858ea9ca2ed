"""Rows as tensors of PyTorch, which is imported where a tensor is made and nowhere else."""

from __future__ import annotations

import ctypes
import importlib
from typing import Any

import numpy as np

from tokenreel.cache._errors import MissingPackageError
from tokenreel.cache._rows import VideoTokens

_DTYPES = {"f32": "float32", "f16": "float16", "bf16": "bfloat16"}


def torch_for(what: str) -> Any:
    """PyTorch.

    Args:
        what: what needs it, for the message.

    Raises:
        MissingPackageError: it is not installed.
    """
    try:
        return importlib.import_module("torch")
    except ImportError as error:
        raise MissingPackageError(f"{what} needs PyTorch: pip install 'tokenreel[torch]'") from error


def tensor_of(row: VideoTokens) -> Any:
    """The tokens as a tensor of the shape of `row.tokens`.

    It has the stored dtype and shares memory with the row where PyTorch has that dtype; it is float32 where it has not.
    """
    torch = torch_for("a tensor of tokens")
    shape = (len(row.token_index), row.dim) if row.planes == 1 else (len(row.token_index), row.planes, row.dim)
    if row.dtype not in _DTYPES:
        return torch.from_numpy(np.ascontiguousarray(row.float32())).reshape(shape)
    dtype = getattr(torch, _DTYPES[row.dtype])
    if not row.data.nbytes:
        return torch.empty(shape, dtype=dtype)
    # A read-only buffer makes PyTorch warn that a tensor can be written to. What it is given is the memory alone, and its owner.
    address = np.frombuffer(row.data, np.uint8).ctypes.data
    memory: Any = (ctypes.c_ubyte * row.data.nbytes).from_address(address)
    memory.owner = row.data
    return torch.frombuffer(memory, dtype=dtype).reshape(shape)
