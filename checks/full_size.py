"""Checkpoints of published widths with random weights, which take the tokenizer and the templates of a small one.

bench/peers has some of few layers, whose language model has the words of the tokenizer alone.

    .venv/bin/python checks/full_size.py FOLDER --size 0.5b [--layers VISION TEXT]
"""

import argparse
import json
import math
import pathlib
import shutil

import numpy

GOLDEN = pathlib.Path(__file__).resolve().parent.parent / "jobs" / "src" / "test" / "resources" / "goldens" / "llava_onevision_tiny"
SIGLIP = {"hidden_size": 1152, "intermediate_size": 4304, "num_hidden_layers": 26, "num_attention_heads": 16, "image_size": 384, "patch_size": 14}
QWEN2 = {
    "0.5b": {"hidden_size": 896, "intermediate_size": 4864, "num_hidden_layers": 24, "num_attention_heads": 14, "num_key_value_heads": 2},
    "7b": {"hidden_size": 3584, "intermediate_size": 18944, "num_hidden_layers": 28, "num_attention_heads": 28, "num_key_value_heads": 4},
}
VOCABULARY = 151936
SHARD = "model-{:05}-of-00004.safetensors"


def vision_shapes(text_hidden, layers=SIGLIP["num_hidden_layers"]):
    hidden, inner, patch = SIGLIP["hidden_size"], SIGLIP["intermediate_size"], SIGLIP["patch_size"]
    tower = "vision_tower.vision_model."
    shapes = {
        "image_newline": [text_hidden],
        tower + "embeddings.patch_embedding.weight": [hidden, 3, patch, patch],
        tower + "embeddings.patch_embedding.bias": [hidden],
        tower + "embeddings.position_embedding.weight": [(SIGLIP["image_size"] // patch) ** 2, hidden],
    }
    for i in range(layers):
        layer = f"{tower}encoder.layers.{i}."
        for name in ("layer_norm1", "layer_norm2"):
            shapes |= {layer + name + ".weight": [hidden], layer + name + ".bias": [hidden]}
        maps = [(f"self_attn.{name}_proj", hidden, hidden) for name in ("q", "k", "v", "out")]
        for name, out, into in [*maps, ("mlp.fc1", inner, hidden), ("mlp.fc2", hidden, inner)]:
            shapes |= {layer + name + ".weight": [out, into], layer + name + ".bias": [out]}
    for i, into in ((1, hidden), (2, text_hidden)):
        shapes |= {f"multi_modal_projector.linear_{i}.weight": [text_hidden, into], f"multi_modal_projector.linear_{i}.bias": [text_hidden]}
    return shapes


def language_shapes(text, vocabulary=VOCABULARY):
    hidden, inner = text["hidden_size"], text["intermediate_size"]
    keys = text["num_key_value_heads"] * hidden // text["num_attention_heads"]
    shapes = {"language_model.model.embed_tokens.weight": [vocabulary, hidden], "language_model.model.norm.weight": [hidden]}
    for i in range(text["num_hidden_layers"]):
        layer = f"language_model.model.layers.{i}."
        shapes |= {layer + "input_layernorm.weight": [hidden], layer + "post_attention_layernorm.weight": [hidden]}
        for name, out in (("q", hidden), ("k", keys), ("v", keys)):
            shapes |= {f"{layer}self_attn.{name}_proj.weight": [out, hidden], f"{layer}self_attn.{name}_proj.bias": [out]}
        shapes |= {layer + "self_attn.o_proj.weight": [hidden, hidden], layer + "mlp.gate_proj.weight": [inner, hidden]}
        shapes |= {layer + "mlp.up_proj.weight": [inner, hidden], layer + "mlp.down_proj.weight": [hidden, inner]}
    return shapes


def write_random(file, shapes, seed):
    """Linear maps keep the variance of what they map, norms are one, biases zero; bfloat16."""
    random = numpy.random.default_rng(seed)
    header, end = {}, 0
    for name, shape in shapes.items():
        header[name] = {"dtype": "BF16", "shape": shape, "data_offsets": [end, end + 2 * math.prod(shape)]}
        end += 2 * math.prod(shape)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(file, "wb") as out:
        out.write(len(text).to_bytes(8, "little") + text)
        for name, shape in shapes.items():
            if len(shape) > 1:
                bound = (3 / math.prod(shape[1:])) ** 0.5
                values = random.uniform(-bound, bound, math.prod(shape)).astype(numpy.float32)
            else:
                values = numpy.full(shape, 1 if "norm" in name and name.endswith("weight") else 0, numpy.float32)
            out.write((values.view(numpy.uint32) >> 16).astype(numpy.uint16).tobytes())


def write_settings(folder, vision, text, tied):
    """A folder with all but the weights."""
    folder.mkdir(parents=True)
    for file in GOLDEN.glob("*.json"):
        shutil.copy(file, folder)
    (folder / "model.safetensors.index.json").unlink()
    config = json.loads((folder / "config.json").read_text())
    config["text_config"] |= text | {"max_position_embeddings": 32768, "tie_word_embeddings": tied}
    config["vision_config"] |= vision
    config["tie_word_embeddings"] = tied
    (folder / "config.json").write_text(json.dumps(config))
    preprocessor = json.loads((folder / "preprocessor_config.json").read_text())
    preprocessor["size"] = {"height": vision["image_size"], "width": vision["image_size"]}
    (folder / "preprocessor_config.json").write_text(json.dumps(preprocessor))


def write_shallow(folder, size, vision_layers, text_layers):
    """A LLaVA-OneVision of published widths and few layers, with the words of the small tokenizer."""
    vision, text = SIGLIP | {"num_hidden_layers": vision_layers}, QWEN2[size] | {"num_hidden_layers": text_layers}
    write_settings(folder, vision, text, tied=True)
    vocabulary = json.loads((folder / "config.json").read_text())["text_config"]["vocab_size"]
    write_random(folder / "model.safetensors", vision_shapes(text["hidden_size"], vision_layers) | language_shapes(text, vocabulary), 7)


def write(folder, size):
    """A LLaVA-OneVision. That of 7b has language shards of 15 GB that hold nothing, not even a header: whoever opens them fails."""
    text = QWEN2[size]
    write_settings(folder, SIGLIP, text | {"vocab_size": VOCABULARY}, tied=size == "0.5b")
    vision, language = vision_shapes(text["hidden_size"]), language_shapes(text)
    if size == "0.5b":
        write_random(folder / "model.safetensors", vision | language, 7)
        return
    write_random(folder / SHARD.format(1), vision, 7)
    places = {name: SHARD.format(1) for name in vision}
    language |= {"language_model.lm_head.weight": [VOCABULARY, text["hidden_size"]]}
    places |= {name: SHARD.format(2 + 3 * i // len(language)) for i, name in enumerate(language)}
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": places}))
    for i in (2, 3, 4):
        with open(folder / SHARD.format(i), "wb") as shard:
            shard.truncate(sum(2 * math.prod(language[name]) for name in language if places[name] == SHARD.format(i)))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--size", choices=list(QWEN2), default="0.5b")
    parser.add_argument("--layers", type=int, nargs=2, metavar=("VISION", "TEXT"), help="fewer than published, and the words of the small tokenizer")
    arguments = parser.parse_args()
    if arguments.layers:
        write_shallow(arguments.folder, arguments.size, *arguments.layers)
    else:
        write(arguments.folder, arguments.size)
