"""The PyTorch twin of `tokenreel bench encode`: the same tower, from pixels to pooled tokens, batched as PyTorch users do.

    .venv/bin/python jobs/src/main/python/bench_siglip.py [--frames 8] [--layers 4] [--runs 5]
"""

import argparse
import time

import torch
from torch import Tensor
from torch.nn import functional as F

IMAGE, PATCH, GRID, POOLED = 384, 14, 27, 14
PATCHES, HIDDEN, INTERMEDIATE, HEADS, EPSILON = GRID * GRID, 1152, 4304, 16, 1e-6
TEXT_HIDDEN = 896


def layer(x: Tensor, w: dict[str, Tensor]) -> Tensor:
    def heads(name: str, normed: Tensor) -> Tensor:
        projected = F.linear(normed, w[name + ".weight"], w[name + ".bias"])
        return projected.unflatten(2, (HEADS, HIDDEN // HEADS)).transpose(1, 2)

    normed = F.layer_norm(x, (HIDDEN,), w["norm1.weight"], w["norm1.bias"], EPSILON)
    attended = F.scaled_dot_product_attention(heads("q", normed), heads("k", normed), heads("v", normed))
    x = x + F.linear(attended.transpose(1, 2).flatten(2), w["out.weight"], w["out.bias"])
    normed = F.layer_norm(x, (HIDDEN,), w["norm2.weight"], w["norm2.bias"], EPSILON)
    inner = F.gelu(F.linear(normed, w["fc1.weight"], w["fc1.bias"]), approximate="tanh")
    return x + F.linear(inner, w["fc2.weight"], w["fc2.bias"])


def linear(w: dict[str, Tensor], name: str, inputs: int, outputs: int) -> None:
    w[name + ".weight"] = torch.randn(outputs, inputs) / inputs**0.5
    w[name + ".bias"] = torch.zeros(outputs)


def layer_weights() -> dict[str, Tensor]:
    w: dict[str, Tensor] = {}
    for name in ("q", "k", "v", "out"):
        linear(w, name, HIDDEN, HIDDEN)
    linear(w, "fc1", HIDDEN, INTERMEDIATE)
    linear(w, "fc2", INTERMEDIATE, HIDDEN)
    for norm in ("norm1", "norm2"):
        w |= {norm + ".weight": torch.ones(HIDDEN), norm + ".bias": torch.zeros(HIDDEN)}
    return w


def ends_weights() -> dict[str, Tensor]:
    w = {"position": torch.randn(PATCHES, HIDDEN)}
    linear(w, "patch", 3 * PATCH * PATCH, HIDDEN)
    linear(w, "projector1", HIDDEN, TEXT_HIDDEN)
    linear(w, "projector2", TEXT_HIDDEN, TEXT_HIDDEN)
    return w


def tower(rgb: Tensor, ends: dict[str, Tensor], layers: list[dict[str, Tensor]]) -> Tensor:
    """Bytes (n, height, width, 3) to tokens (n, POOLED * POOLED, TEXT_HIDDEN)."""
    pixels = rgb.permute(0, 3, 1, 2).float() / 127.5 - 1
    kernel = ends["patch.weight"].view(HIDDEN, 3, PATCH, PATCH)
    x = F.conv2d(pixels, kernel, ends["patch.bias"], PATCH).flatten(2).transpose(1, 2) + ends["position"]
    for w in layers:
        x = layer(x, w)
    inner = F.gelu(F.linear(x, ends["projector1.weight"], ends["projector1.bias"]))
    projected = F.linear(inner, ends["projector2.weight"], ends["projector2.bias"])
    grid = projected.transpose(1, 2).unflatten(2, (GRID, GRID))
    return F.interpolate(grid, (POOLED, POOLED), mode="bilinear").flatten(2).transpose(1, 2).contiguous()


def best(runs: int, work) -> float:
    times = []
    for _ in range(runs + 1):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times[1:])


@torch.inference_mode()
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--frames", type=int, default=8)
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    torch.manual_seed(7)
    ends, layers = ends_weights(), [layer_weights() for _ in range(arguments.layers)]
    rgb = torch.randint(0, 256, (arguments.frames, IMAGE, IMAGE, 3), dtype=torch.uint8)

    per_layer = 4 * HIDDEN * HIDDEN + 2 * HIDDEN * INTERMEDIATE + 2 * PATCHES * HIDDEN
    outside = 3 * PATCH * PATCH * HIDDEN + HIDDEN * TEXT_HIDDEN + TEXT_HIDDEN * TEXT_HIDDEN
    flops = 2 * PATCHES * arguments.frames * (arguments.layers * per_layer + outside)
    seconds = best(arguments.runs, lambda: tower(rgb, ends, layers))
    a, b = torch.randn(4096, 4096), torch.randn(4096, 4096)
    product = best(arguments.runs, lambda: a @ b)
    rate, product_rate = flops / seconds / 1e9, 2 * 4096**3 / product / 1e9
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads")
    print(f"{'matrix product 4096':32}{product * 1e3:10.0f} ms{product_rate:10.1f} GFLOP/s")
    print(f"{'so400m, from pixels to tokens':32}{seconds * 1e3:10.0f} ms{rate:10.1f} GFLOP/s{rate / product_rate:8.2f}")


if __name__ == "__main__":
    main()
