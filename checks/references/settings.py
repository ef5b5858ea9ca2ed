"""Random settings of each family, as published checkpoints write them: config.json, the processor's file, sizes of a clip."""

import json
import pathlib

RESOURCES = pathlib.Path(__file__).resolve().parents[2] / "jobs" / "src" / "test" / "resources" / "goldens"

# Where the tokenizer, the chat template and the end tokens of a family come from.
KINDS = {name: RESOURCES / f"{name}_tiny" for name in ["llava_onevision", "llava_video", "qwen2_vl", "qwen2_5_vl", "qwen3_vl"]}

HEAD_SIZES = [8, 16, 24, 32, 64, 80]
THETAS = [10_000.0, 500_000.0, 1_000_000.0, 12_345.5]


def settings(family, random):
    """config.json of a random twin and, unless the family has none, preprocessor_config.json; a random.Random decides."""
    published = json.loads((KINDS[family] / "config.json").read_text(encoding="utf-8"))
    return {"llava_onevision": _onevision, "llava_video": _llava_video}.get(family, _qwen)(published, family, random)


def _decoder(random, sizes=HEAD_SIZES, own_heads=False):
    """Sizes of a decoder."""
    head = random.choice(sizes)
    key_heads = random.choice([1, 1, 2])
    heads = key_heads * random.choice([1, 2, 3])
    hidden = random.choice([32, 48, 60, 96]) if own_heads else heads * head
    return head, {
        "hidden_size": hidden,
        "intermediate_size": random.randint(17, 120),
        "num_hidden_layers": random.randint(1, 4),
        "num_attention_heads": heads,
        "num_key_value_heads": key_heads,
        "rms_norm_eps": random.choice([1e-6, 1e-5, 1e-3]),
        "rope_theta": random.choice(THETAS),
        "tie_word_embeddings": random.random() < 0.5,
    }


def _siglip(random):
    heads = random.randint(1, 4)
    patch = random.choice([7, 14, 16])
    return {
        "image_size": patch * random.randint(1, 6) + random.choice([0, 0, 3]),
        "patch_size": patch,
        "hidden_size": heads * random.choice([8, 15, 16, 32, 64, 72, 80]),
        "intermediate_size": random.randint(17, 120),
        "num_hidden_layers": random.randint(1, 4),
        "num_attention_heads": heads,
        "layer_norm_eps": random.choice([1e-6, 1e-5]),
    }


def _onevision(config, family, random):
    _, decoder = _decoder(random)
    config["text_config"] |= decoder | {"vocab_size": 448 + random.randint(0, 40)}
    config["tie_word_embeddings"] = config["text_config"]["tie_word_embeddings"]
    config["vision_config"] |= _siglip(random)
    layers = config["vision_config"]["num_hidden_layers"]
    config["vision_feature_layer"] = random.choice([-1, -1, -2, layers])
    config["multimodal_projector_bias"] = random.random() < 0.7
    size = config["vision_config"]["image_size"]
    processor = _read(family, "preprocessor_config.json") | {"size": {"height": size, "width": size}}
    _normalise(processor, random)
    return config, processor


def _llava_video(config, family, random):
    _, decoder = _decoder(random)
    config |= decoder | {"vocab_size": 384 + random.randint(0, 40)}
    config["tokenreel_vision_config"] |= _siglip(random)
    config["tokenreel_vision_config"]["image_size"] = max(config["tokenreel_vision_config"]["image_size"], 2 * config["tokenreel_vision_config"]["patch_size"])
    config["mm_hidden_size"] = config["tokenreel_vision_config"]["hidden_size"]
    config["mm_spatial_pool_mode"] = random.choice(["bilinear", "average"])
    config["mm_newline_position"] = random.choice(["grid", "one_token", "no_token"])
    config["add_time_instruction"] = random.random() < 0.5
    return config, None


def _qwen(config, family, random):
    third = family == "qwen3_vl"
    head, decoder = _decoder(random, own_heads=third)
    text = config["text_config"] if third else config
    rope = {"type": "mrope"}
    if third:
        rope = {"rope_type": "default", "mrope_interleaved": True}
        text["head_dim"] = head
    rope["mrope_section"] = _sections(head // 2, third, random)
    text |= decoder | {"vocab_size": 448 + random.randint(0, 40), "rope_scaling": rope}
    config["tie_word_embeddings"] = text["tie_word_embeddings"]
    patch = random.choice([14, 14, 7, 16, 10])
    merge = 2 if third else random.choice([2, 2, 1, 3])
    config["vision_config"] = _qwen_tower(config["vision_config"], family, text["hidden_size"], random) | {"patch_size": patch, "spatial_merge_size": merge}
    if family == "qwen2_5_vl":
        config["vision_config"]["window_size"] = patch * merge * random.randint(1, 4) + random.choice([0, 5])
    name = "video_preprocessor_config.json" if third else "preprocessor_config.json"
    processor = _read(family, name) | {"patch_size": patch, "merge_size": merge}
    side = patch * merge
    bounds = random.choice([(1, 400), (1, 400), (6, 12), (1, 4)])
    least, most = (side * side * tokens * (4 if third else 1) for tokens in bounds)
    processor |= {"size": {"shortest_edge": least, "longest_edge": most}} if third else {"min_pixels": least, "max_pixels": most}
    _normalise(processor, random)
    return config, processor


def _qwen_tower(vision, family, out, random):
    heads = random.randint(1, 3)
    width = heads * random.choice([8, 12, 16, 20, 32, 64, 80])
    depth = random.randint(1, 5)
    vision |= {"depth": depth, "num_heads": heads}
    if family == "qwen2_vl":
        return vision | {"embed_dim": width, "mlp_ratio": random.randint(1, 4), "hidden_size": out}
    vision |= {"hidden_size": width, "intermediate_size": random.randint(17, 120), "out_hidden_size": out}
    layers = sorted(random.sample(range(depth), random.randint(0, depth)))
    if family == "qwen2_5_vl":
        return vision | {"fullatt_block_indexes": layers, "tokens_per_second": random.choice([1, 2, 3, 4, 25])}
    side = random.randint(2, 12)
    return vision | {"deepstack_visual_indexes": layers[:3], "num_position_embeddings": side * side}


def _sections(half, interleaved, random):
    """How many of a head's wavelengths each axis reads."""
    if interleaved:
        rows = random.randint(0, (half + 1) // 3)
        columns = random.randint(0, half // 3)
        return [half - rows - columns, rows, columns]
    cuts = sorted(random.sample(range(1, half), 2))
    return [cuts[0], cuts[1] - cuts[0], half - cuts[1]]


def _normalise(processor, random):
    if random.random() < 0.3:
        processor["image_mean"] = [round(random.uniform(0.3, 0.6), 6) for _ in range(3)]
        processor["image_std"] = [round(random.uniform(0.2, 0.6), 6) for _ in range(3)]


def _read(family, name):
    return json.loads((KINDS[family] / name).read_text(encoding="utf-8"))


def clip(config, processor, family, random, whole):
    """Frames, height, width and rate of a random clip. With whole, its size is one that the processor keeps."""
    rate = random.choice([1, 2, 3, 5, 12, 24, 25, 30, 30_000 / 1001, 24_000 / 1001])
    frames = random.randint(1, 9)
    if family.startswith("llava"):
        side = (config.get("tokenreel_vision_config") or config["vision_config"])["image_size"]
        return (frames, side, side, rate) if whole else (frames, random.randint(side // 2 + 1, 2 * side), random.randint(side // 2 + 1, 2 * side), rate)
    side = processor["patch_size"] * processor["merge_size"]
    if whole:
        return frames, side * random.randint(2, 3), side * random.randint(2, 3), rate
    shape = random.choice(["any", "any", "wide", "tall"])
    height, width = random.randint(20, 150), random.randint(20, 150)
    if shape == "wide":
        height, width = random.randint(16, 24), random.randint(200, 400)
    elif shape == "tall":
        height, width = random.randint(200, 400), random.randint(16, 24)
    return frames, height, width, rate
