"""The model as a folder in the published LLaVA-OneVision layout, which TokenReel and Transformers both load."""

import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer
from transformers import LlavaOnevisionConfig, LlavaOnevisionForConditionalGeneration

import prompt

IMAGE_SIZE = 80
PATCH_SIZE = 8
DTYPE = torch.float16


def config(tokenizer: Tokenizer) -> dict:
    vocabulary = -(-tokenizer.get_vocab_size() // 64) * 64
    return {
        "architectures": ["LlavaOnevisionForConditionalGeneration"],
        "model_type": "llava_onevision",
        "image_token_index": tokenizer.token_to_id("<image>"),
        "video_token_index": tokenizer.token_to_id("<video>"),
        "projector_hidden_act": "gelu",
        "vision_feature_layer": -1,
        "vision_feature_select_strategy": "full",
        "tie_word_embeddings": True,
        "torch_dtype": "float16",
        "text_config": {
            "architectures": ["Qwen2ForCausalLM"],
            "model_type": "qwen2",
            "hidden_act": "silu",
            "rms_norm_eps": 1e-06,
            "rope_theta": 1000000.0,
            "vocab_size": vocabulary,
            "max_position_embeddings": 4096,
            "tie_word_embeddings": True,
            "bos_token_id": tokenizer.token_to_id("<|endoftext|>"),
            "eos_token_id": tokenizer.token_to_id("<|im_end|>"),
            "torch_dtype": "float16",
            "hidden_size": 128,
            "intermediate_size": 384,
            "num_hidden_layers": 4,
            "num_attention_heads": 4,
            "num_key_value_heads": 2,
        },
        "vision_config": {
            "model_type": "siglip_vision_model",
            "image_size": IMAGE_SIZE,
            "patch_size": PATCH_SIZE,
            "num_channels": 3,
            "vision_use_head": False,
            "hidden_act": "gelu_pytorch_tanh",
            "layer_norm_eps": 1e-06,
            "hidden_size": 96,
            "intermediate_size": 256,
            "num_hidden_layers": 2,
            "num_attention_heads": 4,
        },
    }


def preprocessor() -> dict:
    return {
        "do_convert_rgb": True,
        "do_normalize": True,
        "do_rescale": True,
        "do_resize": True,
        "image_mean": [0.5, 0.5, 0.5],
        "image_std": [0.5, 0.5, 0.5],
        "resample": 3,
        "rescale_factor": 0.00392156862745098,
        "size": {"height": IMAGE_SIZE, "width": IMAGE_SIZE},
        "image_processor_type": "LlavaOnevisionImageProcessor",
    }


def new_model(tokenizer: Tokenizer) -> LlavaOnevisionForConditionalGeneration:
    """Weights that keep the variance of what they map; what writes to a residual stream starts small."""
    model = LlavaOnevisionForConditionalGeneration(LlavaOnevisionConfig(**config(tokenizer))).float()
    for name, parameter in model.named_parameters():
        if parameter.ndim < 2 and "image_newline" not in name:
            continue  # norms are one, biases zero
        if "embed_tokens" in name or "lm_head" in name or "image_newline" in name:
            deviation = 0.1
        elif "position_embedding" in name:
            deviation = 0.3
        else:
            deviation = (parameter.numel() / parameter.shape[0]) ** -0.5
            if any(part in name for part in ("o_proj", "out_proj", "down_proj", "fc2")):
                deviation /= 2
        torch.nn.init.normal_(parameter, std=deviation)
    model.tie_weights()
    return model


def published_name(name: str) -> str:
    """Transformers' name of today to the one that checkpoints on the hub have."""
    name = name.removeprefix("model.")
    if name.startswith("vision_tower."):
        return "vision_tower.vision_model." + name.removeprefix("vision_tower.").removeprefix("vision_model.")
    if name.startswith("language_model."):
        return "language_model.model." + name.removeprefix("language_model.")
    return name


def save(model: LlavaOnevisionForConditionalGeneration, tokenizer: Tokenizer, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {
        published_name(name): tensor.detach().to(DTYPE).contiguous()
        for name, tensor in model.state_dict().items()
        if name != "lm_head.weight" and not name.endswith("position_ids")
    }
    save_file(dict(sorted(tensors.items())), folder / "model.safetensors", {"format": "pt"})
    texts = {
        "config.json": config(tokenizer),
        "preprocessor_config.json": preprocessor(),
        "chat_template.json": {"chat_template": prompt.CHAT_TEMPLATE},
        "generation_config.json": {
            "bos_token_id": tokenizer.token_to_id("<|endoftext|>"),
            "eos_token_id": [tokenizer.token_to_id("<|im_end|>"), tokenizer.token_to_id("<|endoftext|>")],
            "pad_token_id": tokenizer.token_to_id("<|endoftext|>"),
        },
        "tokenizer_config.json": {
            "tokenizer_class": "Qwen2Tokenizer",
            "eos_token": "<|im_end|>",
            "pad_token": "<|endoftext|>",
            "additional_special_tokens": ["<|im_start|>", "<|im_end|>", "<image>", "<video>"],
        },
    }
    for name, content in texts.items():
        (folder / name).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    tokenizer.save(str(folder / "tokenizer.json"))


def load(folder: Path) -> tuple[LlavaOnevisionForConditionalGeneration, Tokenizer]:
    """The stored weights, computed in float32; raises where a tensor is missing or unknown."""
    model, found = LlavaOnevisionForConditionalGeneration.from_pretrained(
        folder, dtype=torch.float32, output_loading_info=True
    )
    missing = set(found["missing_keys"]) - {"lm_head.weight"}
    if missing or found["unexpected_keys"]:
        raise ValueError(f"{folder} lacks {sorted(missing)}, has unknown {sorted(found['unexpected_keys'])}")
    return model.eval(), Tokenizer.from_file(str(folder / "tokenizer.json"))
