"""Writes the TorchScript helpers that the model package ships as resources.

DJL has no operator for fused attention nor for the tanh form of GELU; spelled out in single operators they cost a third of a
vision tower's time. A helper is code only: weights come in as arguments, so one file serves every checkpoint.

    python -m venv .venv && .venv/bin/pip install -r jobs/src/main/python/requirements.txt
    .venv/bin/python jobs/src/main/python/make_torchscript_helpers.py
"""

import io
import pathlib
import zipfile

import torch
from torch import Tensor
from torch.nn import functional as F

RESOURCES = pathlib.Path(__file__).resolve().parents[1] / "resources/io/tokenreel/model"


class SiglipLayer(torch.nn.Module):
    """One pre-norm encoder layer; x is [n, tokens, hidden], query, key and value weights are [heads, head size, hidden]."""

    def split_heads(self, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        projected = F.linear(x, weight.flatten(0, 1), bias)
        return projected.unflatten(2, [weight.size(0), weight.size(1)]).transpose(1, 2)

    def forward(
        self,
        x: Tensor,
        norm1_weight: Tensor,
        norm1_bias: Tensor,
        query_weight: Tensor,
        query_bias: Tensor,
        key_weight: Tensor,
        key_bias: Tensor,
        value_weight: Tensor,
        value_bias: Tensor,
        out_weight: Tensor,
        out_bias: Tensor,
        norm2_weight: Tensor,
        norm2_bias: Tensor,
        fc1_weight: Tensor,
        fc1_bias: Tensor,
        fc2_weight: Tensor,
        fc2_bias: Tensor,
        epsilon: Tensor,
    ) -> Tensor:
        eps = float(epsilon)
        normed = F.layer_norm(x, [x.size(2)], norm1_weight, norm1_bias, eps)
        attended = F.scaled_dot_product_attention(
            self.split_heads(normed, query_weight, query_bias),
            self.split_heads(normed, key_weight, key_bias),
            self.split_heads(normed, value_weight, value_bias),
        )
        x = x + F.linear(attended.transpose(1, 2).flatten(2), out_weight, out_bias)
        normed = F.layer_norm(x, [x.size(2)], norm2_weight, norm2_bias, eps)
        hidden = F.gelu(F.linear(normed, fc1_weight, fc1_bias), approximate="tanh")
        return x + F.linear(hidden, fc2_weight, fc2_bias)


def save(module: torch.nn.Module, name: str) -> None:
    """Saves without debug records, which hold source paths, and with fixed times, so that the same source gives the same bytes."""
    saved = io.BytesIO()
    torch.jit.save(torch.jit.script(module.eval()), saved)
    with zipfile.ZipFile(saved) as source, zipfile.ZipFile(RESOURCES / name, "w", zipfile.ZIP_STORED) as target:
        for record in source.namelist():
            if not record.endswith(".debug_pkl"):
                target.writestr(zipfile.ZipInfo(record), source.read(record))


if __name__ == "__main__":
    save(SiglipLayer(), "llava/siglip_layer.pt")
