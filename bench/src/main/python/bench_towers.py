"""The Transformers twin of `bin/bench encode`: the same towers, random weights, SDPA, from pixels to tokens.

    python -m venv .venv && .venv/bin/pip install -r jobs/src/main/python/requirements.txt
    .venv/bin/python bench/src/main/python/bench_towers.py [--tower so400m] [--dtype bfloat16] [--frames 8] [--batch 8] [--layers 4] [--runs 5]
"""

import argparse
import time
from typing import Callable

import torch
import transformers
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import SiglipVisionConfig, SiglipVisionModel
from transformers.models.qwen2_5_vl.configuration_qwen2_5_vl import Qwen2_5_VLVisionConfig
from transformers.models.qwen2_5_vl.modeling_qwen2_5_vl import Qwen2_5_VisionTransformerPretrainedModel

TEXT_HIDDEN = 896


class So400m(nn.Module):
    """LLaVA's tower and projector."""

    side, grid, pooled, frames_per_step = 384, 27, 14, 1

    def __init__(self, layers: int) -> None:
        super().__init__()
        config = SiglipVisionConfig(
            hidden_size=1152,
            intermediate_size=4304,
            num_hidden_layers=layers,
            num_attention_heads=16,
            image_size=self.side,
            patch_size=14,
            vision_use_head=False,
            attn_implementation="sdpa",
        )
        self.tower = SiglipVisionModel(config)
        self.projector = nn.Sequential(nn.Linear(1152, TEXT_HIDDEN), nn.GELU(), nn.Linear(TEXT_HIDDEN, TEXT_HIDDEN))

    def forward(self, rgb: Tensor) -> Tensor:
        """Bytes (n, height, width, 3) to tokens (n, pooled * pooled, TEXT_HIDDEN)."""
        pixels = (rgb.permute(0, 3, 1, 2).float() / 127.5 - 1).to(self.projector[0].weight.dtype)
        projected = self.projector(self.tower(pixel_values=pixels, output_hidden_states=True).hidden_states[-1])
        grid = projected.transpose(1, 2).unflatten(2, (self.grid, self.grid))
        return F.interpolate(grid, (self.pooled, self.pooled), mode="bilinear").flatten(2).transpose(1, 2).contiguous()


class Qwen25Vl(nn.Module):
    """Qwen2.5-VL-7B's tower."""

    side, frames_per_step = 448, 2

    def __init__(self, layers: int) -> None:
        super().__init__()
        config = Qwen2_5_VLVisionConfig(
            depth=layers,
            hidden_size=1280,
            intermediate_size=3420,
            num_heads=16,
            out_hidden_size=3584,
            fullatt_block_indexes=[layer for layer in range(layers) if layer % 8 == 7],
            attn_implementation="sdpa",
        )
        self.tower = Qwen2_5_VisionTransformerPretrainedModel._from_config(config)

    def forward(self, rgb: Tensor) -> Tensor:
        """Bytes (n, height, width, 3) to tokens."""
        steps, cells = rgb.size(0) // 2, self.side // 28
        pixels = (rgb.float() / 127.5 - 1).view(steps, 2, cells, 2, 14, cells, 2, 14, 3)
        patches = pixels.permute(0, 2, 5, 3, 6, 8, 1, 4, 7).reshape(-1, 3 * 2 * 14 * 14)
        return self.tower(patches.to(self.tower.dtype), grid_thw=torch.tensor([[steps, 2 * cells, 2 * cells]]))


TOWERS: dict[str, Callable[[int], nn.Module]] = {"so400m": So400m, "qwen2_5_vl": Qwen25Vl}


def best(runs: int, work: Callable[[], object]) -> float:
    times = []
    for _ in range(runs + 1):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times[1:])


@torch.inference_mode()
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tower", choices=list(TOWERS), default="so400m")
    parser.add_argument("--dtype", choices=["float32", "bfloat16", "float16"], default="float32")
    parser.add_argument("--frames", type=int, default=8)
    parser.add_argument("--batch", type=int, default=8, help="frames of a pass")
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    torch.manual_seed(7)
    model = TOWERS[arguments.tower](arguments.layers).eval().to(getattr(torch, arguments.dtype))
    rgb = torch.randint(0, 256, (arguments.frames, model.side, model.side, 3), dtype=torch.uint8)
    seconds = best(arguments.runs, lambda: [model(part) for part in rgb.split(arguments.batch)])
    a, b = torch.randn(4096, 4096), torch.randn(4096, 4096)
    product = best(arguments.runs, lambda: a @ b)
    print(f"torch {torch.__version__}, transformers {transformers.__version__}, {torch.get_num_threads()} threads")
    print(f"{'matrix product 4096, float32':44}{product * 1e3:10.0f} ms{2 * 4096**3 / product / 1e9:10.1f} GFLOP/s")
    name = f"{arguments.tower}, {arguments.layers} layers, {arguments.frames} frames, {arguments.dtype}"
    print(f"{name:44}{seconds * 1e3:10.0f} ms")


if __name__ == "__main__":
    main()
