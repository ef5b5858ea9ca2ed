"""Writes the TorchScript helpers that the model package ships as resources.

DJL has no operator for fused attention nor for the tanh form of GELU; spelled out in single operators they cost a third of a
vision tower's time. A helper is code only: weights come in as arguments, so one file serves every checkpoint.

Matrices come in the compute type, which is thus their dtype: float32, bfloat16 or float16. All other arguments are float32, and so
are all results. Between matrices, norms, rotations, softmax sums and residuals are float32. In float32 no conversion does anything.

    python -m venv .venv && .venv/bin/pip install -r jobs/src/main/python/requirements.txt
    .venv/bin/python jobs/src/main/python/make_torchscript_helpers.py
"""

import io
import math
import pathlib
import zipfile
from typing import Final, List, Optional, Tuple

import torch
from torch import Tensor
from torch.nn import functional as F

RESOURCES = pathlib.Path(__file__).resolve().parents[1] / "resources/io/tokenreel/model"


def linear(x: Tensor, weight: Tensor, bias: Optional[Tensor] = None) -> Tensor:
    """A product in the weight's dtype, which the result has."""
    return F.linear(x.to(weight.dtype), weight, None if bias is None else bias.to(weight.dtype))


def product_and_bias(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """As linear, but the bias is added to the rounded product; empty for a map without. Keys of caches depend on these bits."""
    product = x.to(weight.dtype).matmul(weight.t())
    return product + bias.to(weight.dtype) if bias.numel() > 0 else product


class ToBfloat16(torch.nn.Module):
    """DJL has no way to convert to bfloat16."""

    def forward(self, x: Tensor) -> Tensor:
        return x.to(torch.bfloat16)


class Bfloat16OfBits(torch.nn.Module):
    """A copy of stored bfloat16 numbers, which come as float16 since DJL has no way to hand over bfloat16. x.view(dtype) does not survive saving."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.view_copy(x, torch.bfloat16)


class ToDeviceOf(torch.nn.Module):
    """DJL has no way to move bfloat16."""

    def forward(self, x: Tensor, other: Tensor) -> Tensor:
        return x.to(other.device)


class HostArray(torch.nn.Module):
    """Uninitialized memory of the host, of like's dtype; pinned where like is on a GPU. DJL has no way to pin memory."""

    def forward(self, count: Tensor, like: Tensor) -> Tensor:
        return torch.empty([int(count)], dtype=like.dtype, pin_memory=like.is_cuda)


class Upload(torch.nn.Module):
    """A copy on like's device; queued there where x is in pinned memory. DJL has no way to copy without waiting."""

    def forward(self, x: Tensor, like: Tensor) -> Tensor:
        return x.to(like.device, non_blocking=True)


class Download(torch.nn.Module):
    """Copies x into the first places of target [n], in its order; queued on x's device where target is in pinned memory."""

    def forward(self, x: Tensor, target: Tensor) -> Tensor:
        return target[: x.numel()].copy_(x.flatten(), non_blocking=True)


class Wait(torch.nn.Module):
    """Copies a number of x to the host, for which its device ends all that was queued before."""

    def forward(self, x: Tensor) -> Tensor:
        return x.flatten()[:1].cpu()


class Linear(torch.nn.Module):
    """A linear map; x [..., inputs], weight [outputs, inputs], bias [outputs], empty for a map without."""

    def forward(self, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        return product_and_bias(x, weight, bias).float()


class Projector(torch.nn.Module):
    """LLaVA's two-layer projector; x [n, patches, hidden]; biases are empty for a projector without."""

    def forward(self, x: Tensor, weight1: Tensor, bias1: Tensor, weight2: Tensor, bias2: Tensor) -> Tensor:
        inner = F.gelu(product_and_bias(x, weight1, bias1))
        return product_and_bias(inner, weight2, bias2).float()


class SiglipLayer(torch.nn.Module):
    """One pre-norm encoder layer; x is [n, tokens, hidden], query, key and value weights are [heads, head size, hidden]."""

    def split_heads(self, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        projected = linear(x, weight.flatten(0, 1), bias)
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
        normed = F.layer_norm(x, [x.size(2)], norm1_weight, norm1_bias, eps).to(query_weight.dtype)
        attended = F.scaled_dot_product_attention(
            self.split_heads(normed, query_weight, query_bias),
            self.split_heads(normed, key_weight, key_bias),
            self.split_heads(normed, value_weight, value_bias),
        )
        x = x + linear(attended.transpose(1, 2).flatten(2), out_weight, out_bias)
        normed = F.layer_norm(x, [x.size(2)], norm2_weight, norm2_bias, eps)
        hidden = F.gelu(linear(normed, fc1_weight, fc1_bias), approximate="tanh")
        return x + linear(hidden, fc2_weight, fc2_bias)


class Qwen2Attention(torch.nn.Module):
    """A share of the heads of one decoder layer's attention over n new tokens; the shares' results add up.

    x [n, hidden]; input weight [(heads + 2 key heads) * head size, hidden] and bias, of queries, keys and values below each other; out
    weight [hidden, heads * head size], where heads and key heads are this share's. query_norm and key_norm [head size] are of each head, empty
    for a model without. past_keys and past_values [key heads, tokens, head size]
    are read only; tail_keys and tail_values [key heads, capacity, head size] hold `filled` tokens after these and take the new ones. All four are in the compute type. The second result is the attention of the last
    new token on the past's tokens whose places are watched, summed over this share's heads.
    """

    def attend(self, query: Tensor, key: Tensor, value: Tensor, causal: bool) -> Tuple[Tensor, Tensor]:
        """Attention over one stretch of keys, and the logarithm of its softmax's denominator: what merging stretches needs."""
        if query.is_cuda:
            scores = (query @ key.transpose(-1, -2)).float() / math.sqrt(query.size(-1))
            if causal:
                n = query.size(-2)
                later = torch.ones([n, n], dtype=torch.bool, device=query.device).triu(1)
                scores = scores.masked_fill(later, float("-inf"))
            sums = scores.logsumexp(-1)
            return (scores - sums.unsqueeze(-1)).exp().to(value.dtype) @ value, sums
        attended, sums = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu(
            query.unsqueeze(0), key.unsqueeze(0), value.unsqueeze(0), 0.0, causal
        )
        return attended.squeeze(0), sums.squeeze(0)

    def rotate(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        first, second = x.chunk(2, dim=-1)
        return x * cos + torch.cat([-second, first], dim=-1) * sin

    def forward(
        self,
        x: Tensor,
        norm_weight: Tensor,
        input_weight: Tensor,
        input_bias: Tensor,
        out_weight: Tensor,
        query_norm: Tensor,
        key_norm: Tensor,
        epsilon: Tensor,
        cos: Tensor,
        sin: Tensor,
        filled: Tensor,
        watched: Tensor,
        past_keys: Tensor,
        past_values: Tensor,
        tail_keys: Tensor,
        tail_values: Tensor,
    ) -> Tuple[Tensor, Tensor]:
        n = x.size(0)
        tail = int(filled)
        key_heads = tail_keys.size(0)
        size = tail_keys.size(2)
        normed = F.rms_norm(x, [x.size(1)], norm_weight, float(epsilon))
        projected = linear(normed, input_weight, input_bias).float().unflatten(1, [-1, size]).transpose(0, 1)
        heads = projected.size(0) - 2 * key_heads
        if query_norm.numel() > 0:
            queries = F.rms_norm(projected.narrow(0, 0, heads), [size], query_norm, float(epsilon))
            keyed = F.rms_norm(projected.narrow(0, heads, key_heads), [size], key_norm, float(epsilon))
            projected = torch.cat([queries, keyed, projected.narrow(0, heads + key_heads, key_heads)])
        rotated = self.rotate(projected.narrow(0, 0, heads + key_heads), cos, sin).to(input_weight.dtype)
        query = rotated.narrow(0, 0, heads)
        tail_keys.narrow(1, tail, n).copy_(rotated.narrow(0, heads, key_heads))
        tail_values.narrow(1, tail, n).copy_(projected.narrow(0, heads + key_heads, key_heads))

        # The heads that share a key head are more rows of one query: no key is copied.
        group = query.size(0) // tail_keys.size(0)
        grouped = query.reshape(tail_keys.size(0), group * n, query.size(2))
        parts: List[Tensor] = []
        sums: List[Tensor] = []
        if past_keys.size(1) > 0:
            part, logarithm = self.attend(grouped, past_keys, past_values, False)
            parts.append(part.reshape(query.size(0), n, query.size(2)))
            sums.append(logarithm.reshape(query.size(0), n))
        seen = tail + 1 if n == 1 else tail
        if seen > 0:
            part, logarithm = self.attend(grouped, tail_keys.narrow(1, 0, seen), tail_values.narrow(1, 0, seen), False)
            parts.append(part.reshape(query.size(0), n, query.size(2)))
            sums.append(logarithm.reshape(query.size(0), n))
        if n > 1:  # among themselves: each sees those before it
            keys = tail_keys.narrow(1, tail, n).repeat_interleave(group, 0)
            values = tail_values.narrow(1, tail, n).repeat_interleave(group, 0)
            part, logarithm = self.attend(query, keys, values, True)
            parts.append(part)
            sums.append(logarithm)
        attended = parts[0]
        total = sums[0]
        for i in range(1, len(parts)):
            merged = torch.logaddexp(total, sums[i])
            attended = attended * (total - merged).exp().unsqueeze(2) + parts[i] * (sums[i] - merged).exp().unsqueeze(2)
            total = merged

        watch = torch.zeros([0], dtype=x.dtype, device=x.device)
        if watched.numel() > 0:
            last = query.narrow(1, n - 1, 1).reshape(tail_keys.size(0), group, query.size(2))
            keys = past_keys.index_select(1, watched)
            scores = last.float() @ keys.float().transpose(1, 2) / math.sqrt(query.size(2))
            denominator = total.narrow(1, n - 1, 1).reshape(tail_keys.size(0), group, 1)
            watch = (scores - denominator).exp().sum([0, 1])
        return linear(attended.transpose(0, 1).flatten(1), out_weight).float(), watch


class Qwen2Mlp(torch.nn.Module):
    """A share of one decoder layer's MLP; the shares' results add up.

    x [n, hidden]; gate and up weights below each other [2 * share, hidden], down weight [hidden, share].
    """

    def forward(self, x: Tensor, norm_weight: Tensor, gate_up_weight: Tensor, down_weight: Tensor, epsilon: Tensor) -> Tensor:
        normed = F.rms_norm(x, [x.size(1)], norm_weight, float(epsilon))
        gate, up = linear(normed, gate_up_weight).chunk(2, dim=1)
        return linear(F.silu(gate) * up, down_weight).float()


class Qwen2Head(torch.nn.Module):
    """Logits of a share of the vocabulary. x [n, hidden], weight [share, hidden]."""

    def forward(self, x: Tensor, norm_weight: Tensor, weight: Tensor, epsilon: Tensor) -> Tensor:
        return linear(F.rms_norm(x, [x.size(1)], norm_weight, float(epsilon)), weight).float()


def qwen_vision_attention(
    normed: Tensor,
    qkv_weight: Tensor,
    qkv_bias: Tensor,
    out_weight: Tensor,
    out_bias: Tensor,
    cos: Tensor,
    sin: Tensor,
    groups: Tensor,
) -> Tensor:
    """Attention of patches among those of their window.

    normed [steps, n, hidden]; qkv weight [3, heads, head size, hidden]; cos and sin [n, 1, 1, head size / 2]; groups [g, 2]: in turn that
    many windows of that many patches, n in all.
    """
    steps = normed.size(0)
    heads = qkv_weight.size(1)
    size = qkv_weight.size(2)
    projected = linear(normed, qkv_weight.flatten(0, 2), qkv_bias).unflatten(2, [3, heads, size])
    first, second = projected.narrow(2, 0, 2).float().chunk(2, dim=-1)
    turned = torch.cat([first * cos - second * sin, second * cos + first * sin], dim=-1).to(projected.dtype)
    inputs = [turned.select(2, 0), turned.select(2, 1), projected.select(2, 2)]

    sizes: List[List[int]] = groups.tolist()
    parts: List[Tensor] = []
    start = 0
    for group in sizes:
        windows = group[0]
        length = group[1]
        query, key, value = [
            x.narrow(1, start, windows * length).reshape(steps * windows, length, heads, size).transpose(1, 2) for x in inputs
        ]
        attended = F.scaled_dot_product_attention(query, key, value)
        parts.append(attended.transpose(1, 2).reshape(steps, windows * length, heads * size))
        start += windows * length
    return linear(parts[0] if len(parts) == 1 else torch.cat(parts, dim=1), out_weight, out_bias)


class QwenVisionLayer(torch.nn.Module):
    """One layer of the vision towers of Qwen2-VL and Qwen3-VL; arguments as of qwen_vision_attention."""

    quick: Final[bool]

    def __init__(self, quick: bool) -> None:
        """quick: whether the GELU is its sigmoid form, else the tanh form."""
        super().__init__()
        self.quick = quick

    def forward(
        self,
        x: Tensor,
        norm1_weight: Tensor,
        norm1_bias: Tensor,
        qkv_weight: Tensor,
        qkv_bias: Tensor,
        out_weight: Tensor,
        out_bias: Tensor,
        norm2_weight: Tensor,
        norm2_bias: Tensor,
        fc1_weight: Tensor,
        fc1_bias: Tensor,
        fc2_weight: Tensor,
        fc2_bias: Tensor,
        epsilon: Tensor,
        cos: Tensor,
        sin: Tensor,
        groups: Tensor,
    ) -> Tensor:
        eps = float(epsilon)
        normed = F.layer_norm(x, [x.size(2)], norm1_weight, norm1_bias, eps)
        x = x + qwen_vision_attention(normed, qkv_weight, qkv_bias, out_weight, out_bias, cos, sin, groups)
        hidden = linear(F.layer_norm(x, [x.size(2)], norm2_weight, norm2_bias, eps), fc1_weight, fc1_bias)
        if self.quick:
            hidden = hidden * torch.sigmoid(1.702 * hidden)
        else:
            hidden = F.gelu(hidden, approximate="tanh")
        return x + linear(hidden, fc2_weight, fc2_bias)


class Qwen25VisionLayer(torch.nn.Module):
    """One layer of the vision tower of Qwen2.5-VL; arguments as of qwen_vision_attention."""

    def forward(
        self,
        x: Tensor,
        norm1_weight: Tensor,
        qkv_weight: Tensor,
        qkv_bias: Tensor,
        out_weight: Tensor,
        out_bias: Tensor,
        norm2_weight: Tensor,
        gate_weight: Tensor,
        gate_bias: Tensor,
        up_weight: Tensor,
        up_bias: Tensor,
        down_weight: Tensor,
        down_bias: Tensor,
        epsilon: Tensor,
        cos: Tensor,
        sin: Tensor,
        groups: Tensor,
    ) -> Tensor:
        eps = float(epsilon)
        normed = F.rms_norm(x, [x.size(2)], norm1_weight, eps)
        x = x + qwen_vision_attention(normed, qkv_weight, qkv_bias, out_weight, out_bias, cos, sin, groups)
        normed = F.rms_norm(x, [x.size(2)], norm2_weight, eps).to(gate_weight.dtype)
        hidden = F.silu(linear(normed, gate_weight, gate_bias)) * linear(normed, up_weight, up_bias)
        return x + linear(hidden, down_weight, down_bias)


def qwen_merge(normed: Tensor, fc1_weight: Tensor, fc1_bias: Tensor, fc2_weight: Tensor, fc2_bias: Tensor) -> Tensor:
    """From the patches of a token, which follow each other, to the token: normed [steps, ...], fc1 weight [merged, merged]."""
    merged = normed.reshape(normed.size(0), -1, fc1_weight.size(1))
    return linear(F.gelu(linear(merged, fc1_weight, fc1_bias)), fc2_weight, fc2_bias).float()


class QwenMerger(torch.nn.Module):
    """Tokens of Qwen2-VL and Qwen3-VL; x [steps, n, hidden]. The norm is over as many values as its weight has: a patch or a token."""

    def forward(
        self,
        x: Tensor,
        norm_weight: Tensor,
        norm_bias: Tensor,
        fc1_weight: Tensor,
        fc1_bias: Tensor,
        fc2_weight: Tensor,
        fc2_bias: Tensor,
        epsilon: Tensor,
    ) -> Tensor:
        width = norm_weight.size(0)
        normed = F.layer_norm(x.reshape(x.size(0), -1, width), [width], norm_weight, norm_bias, float(epsilon))
        return qwen_merge(normed, fc1_weight, fc1_bias, fc2_weight, fc2_bias)


class Qwen25Merger(torch.nn.Module):
    """Tokens of Qwen2.5-VL; x [steps, n, hidden]."""

    def forward(
        self,
        x: Tensor,
        norm_weight: Tensor,
        fc1_weight: Tensor,
        fc1_bias: Tensor,
        fc2_weight: Tensor,
        fc2_bias: Tensor,
        epsilon: Tensor,
    ) -> Tensor:
        normed = F.rms_norm(x, [x.size(2)], norm_weight, float(epsilon))
        return qwen_merge(normed, fc1_weight, fc1_bias, fc2_weight, fc2_bias)


def save(module: torch.nn.Module, name: str) -> None:
    """Saves without debug records, which hold source paths, and with fixed times, so that the same source gives the same bytes."""
    saved = io.BytesIO()
    torch.jit.save(torch.jit.script(module.eval()), saved)
    with zipfile.ZipFile(saved) as source, zipfile.ZipFile(RESOURCES / name, "w", zipfile.ZIP_STORED) as target:
        for record in source.namelist():
            if not record.endswith(".debug_pkl"):
                target.writestr(zipfile.ZipInfo(record), source.read(record))


if __name__ == "__main__":
    save(ToBfloat16(), "engine/to_bfloat16.pt")
    save(Bfloat16OfBits(), "engine/bfloat16_of_bits.pt")
    save(ToDeviceOf(), "engine/to_device_of.pt")
    save(HostArray(), "engine/host_array.pt")
    save(Upload(), "engine/upload.pt")
    save(Download(), "engine/download.pt")
    save(Wait(), "engine/wait.pt")
    save(Linear(), "engine/linear.pt")
    save(Projector(), "family/llava/projector.pt")
    save(SiglipLayer(), "family/llava/siglip_layer.pt")
    save(Qwen2Attention(), "decoder/attention.pt")
    save(Qwen2Mlp(), "decoder/mlp.pt")
    save(Qwen2Head(), "decoder/head.pt")
    save(QwenVisionLayer(quick=True), "family/qwenvl/qwen2_vl_layer.pt")
    save(Qwen25VisionLayer(), "family/qwenvl/qwen2_5_vl_layer.pt")
    save(QwenVisionLayer(quick=False), "family/qwenvl/qwen3_vl_layer.pt")
    save(QwenMerger(), "family/qwenvl/layer_norm_merger.pt")
    save(Qwen25Merger(), "family/qwenvl/rms_norm_merger.pt")
