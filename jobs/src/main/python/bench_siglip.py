"""The PyTorch twin of `tokenreel bench encode`: the same encoder layers, batched as PyTorch users do, timed beside it.

    .venv/bin/python jobs/src/main/python/bench_siglip.py [--frames 8] [--layers 4] [--runs 5]
"""

import argparse
import time

import torch
from torch import Tensor
from torch.nn import functional as F

PATCHES, HIDDEN, INTERMEDIATE, HEADS, EPSILON = 729, 1152, 4304, 16, 1e-6


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


def weights() -> dict[str, Tensor]:
    sizes = {"q": (HIDDEN, HIDDEN), "k": (HIDDEN, HIDDEN), "v": (HIDDEN, HIDDEN), "out": (HIDDEN, HIDDEN)}
    sizes |= {"fc1": (INTERMEDIATE, HIDDEN), "fc2": (HIDDEN, INTERMEDIATE)}
    w = {name + ".weight": torch.randn(size) / size[1] ** 0.5 for name, size in sizes.items()}
    w |= {name + ".bias": torch.zeros(size[0]) for name, size in sizes.items()}
    for norm in ("norm1", "norm2"):
        w |= {norm + ".weight": torch.ones(HIDDEN), norm + ".bias": torch.zeros(HIDDEN)}
    return w


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
    stack = [weights() for _ in range(arguments.layers)]
    x = torch.randn(arguments.frames, PATCHES, HIDDEN)

    def encode() -> None:
        y = x
        for w in stack:
            y = layer(y, w)

    flops = 2 * PATCHES * (4 * HIDDEN * HIDDEN + 2 * HIDDEN * INTERMEDIATE + 2 * PATCHES * HIDDEN)
    flops *= arguments.frames * arguments.layers
    seconds = best(arguments.runs, encode)
    a, b = torch.randn(4096, 4096), torch.randn(4096, 4096)
    product = best(arguments.runs, lambda: a @ b)
    rate, product_rate = flops / seconds / 1e9, 2 * 4096**3 / product / 1e9
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads")
    print(f"{'matrix product 4096':32}{product * 1e3:10.0f} ms{product_rate:10.1f} GFLOP/s")
    print(f"{'encoder layers':32}{seconds * 1e3:10.0f} ms{rate:10.1f} GFLOP/s{rate / product_rate:8.2f}")


if __name__ == "__main__":
    main()
