"""The Transformers twin of `bin/bench language`: prefill and decode of a Qwen2 of 0.5B's widths, random weights, SDPA.

    .venv/bin/python bench/src/main/python/bench_qwen2.py [--dtype bfloat16] [--layers 24] [--tokens 1600] [--new-tokens 64] [--runs 3]
"""

import argparse
import time

import torch
import transformers
from transformers import DynamicCache, Qwen2Config, Qwen2ForCausalLM


def new_model(layers: int) -> Qwen2ForCausalLM:
    config = Qwen2Config(
        vocab_size=151936,
        hidden_size=896,
        intermediate_size=4864,
        num_hidden_layers=layers,
        num_attention_heads=14,
        num_key_value_heads=2,
        tie_word_embeddings=True,
        attn_implementation="sdpa",
    )
    return Qwen2ForCausalLM(config).eval()


def prefill_operations(config: Qwen2Config, tokens: int) -> float:
    """Of the layers' matrix products and of what each token attends to, as tokenreel counts them."""
    hidden = config.hidden_size
    keys = config.num_key_value_heads * hidden // config.num_attention_heads
    values = config.num_hidden_layers * (2 * hidden * hidden + 2 * hidden * keys + 3 * hidden * config.intermediate_size)
    return 2 * values * tokens + 4 * config.num_hidden_layers * hidden * tokens * (tokens + 1) / 2


@torch.inference_mode()
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dtype", choices=["float32", "bfloat16", "float16"], default="float32")
    parser.add_argument("--layers", type=int, default=24)
    parser.add_argument("--tokens", type=int, default=1600)
    parser.add_argument("--new-tokens", type=int, default=64)
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    torch.manual_seed(7)
    dtype = getattr(torch, arguments.dtype)
    model = new_model(arguments.layers).to(dtype)
    rows = 0.03 * torch.randn(1, arguments.tokens, model.config.hidden_size, dtype=dtype)
    prefills, decodes = [], []
    for _ in range(arguments.runs + 1):
        cache = DynamicCache(config=model.config)
        start = time.perf_counter()
        token = model(inputs_embeds=rows, past_key_values=cache, logits_to_keep=1).logits[:, -1].argmax(-1, keepdim=True)
        prefilled = time.perf_counter()
        for _ in range(arguments.new_tokens - 1):
            token = model(input_ids=token, past_key_values=cache).logits[:, -1].argmax(-1, keepdim=True)
        prefills.append(prefilled - start)
        decodes.append((time.perf_counter() - prefilled) / (arguments.new_tokens - 1))
    a, b = torch.randn(4096, 4096), torch.randn(4096, 4096)
    products = []
    for _ in range(arguments.runs + 1):
        start = time.perf_counter()
        _ = a @ b
        products.append(time.perf_counter() - start)
    prefill, decode, product = (min(times[1:]) for times in (prefills, decodes, products))
    rate = prefill_operations(model.config, arguments.tokens) / prefill / 1e9
    product_rate = 2 * 4096**3 / product / 1e9
    print(f"torch {torch.__version__}, transformers {transformers.__version__}, {torch.get_num_threads()} threads, {arguments.layers} layers, {arguments.dtype}")
    print(f"{'matrix product 4096':32}{product * 1e3:10.0f} ms{product_rate:10.1f} GFLOP/s")
    print(f"{f'prefill of {arguments.tokens} tokens':32}{prefill * 1e3:10.0f} ms{rate:10.1f} GFLOP/s{rate / product_rate:8.2f}")
    print(f"{'a new token':32}{decode * 1e3:10.1f} ms")


if __name__ == "__main__":
    main()
