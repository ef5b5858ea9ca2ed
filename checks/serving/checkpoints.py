"""Checkpoints so small that a server starts in seconds, with heads of 32 channels, the smallest that vLLM's attention has on a CPU.

    python checks/serving/checkpoints.py FOLDER

writes FOLDER/llava_onevision, qwen2_vl, qwen2_5_vl and qwen3_vl, each in the layout of a published checkpoint. Weights are random from a
seed; tokenizers and preprocessor settings are those of the tests' goldens. Needs torch and transformers, and runs in the
environment that serves.
"""

import pathlib
import re
import shutil
import sys

import torch
import transformers
from safetensors.torch import load_file, save_file

import llava_files

SEED = 1
GOLDENS = pathlib.Path(__file__).resolve().parent.parent.parent / "jobs" / "src" / "test" / "resources" / "goldens"
IMAGE_SIDE, PATCH = 70, 14
TEXT = {
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
    "vocab_size": 448,
    "max_position_embeddings": 8192,
    "rms_norm_eps": 1e-6,
    "bos_token_id": 380,
    "eos_token_id": 382,
    "tie_word_embeddings": False,
    "rope_theta": 1_000_000.0,
}
TOWER = {"depth": 2, "hidden_size": 32, "intermediate_size": 64, "num_heads": 2, "spatial_merge_size": 2, "temporal_patch_size": 2}
MARKS = {"vision_start_token_id": 389, "vision_end_token_id": 390, "image_token_id": 392, "video_token_id": 393, "tie_word_embeddings": False}


def write(folder, golden, model):
    """Random weights of a scale at which an answer depends on every row, beside the golden's files."""
    generator = torch.Generator().manual_seed(SEED)
    with torch.no_grad():
        for name, weights in model.named_parameters():
            if weights.ndim > 1:
                spread = 1.0 if "embed_tokens" in name else weights[0].numel() ** -0.5
                weights.copy_(torch.randn(weights.shape, generator=generator) * spread)
            elif name.endswith(("bias", "image_newline")):
                weights.copy_(torch.randn(weights.shape, generator=generator) * (1.0 if name.endswith("newline") else 0.1))
    folder.mkdir(parents=True)
    model.float().save_pretrained(folder)
    if golden.startswith("llava"):
        # Transformers 5 leaves out a part of the tower's names that published checkpoints have, and that vLLM asks for.
        file = folder / "model.safetensors"
        weights = {re.sub(r"^((?:model\.)?vision_tower\.)(?!vision_model\.)", r"\1vision_model.", name): each for name, each in load_file(file).items()}
        save_file(weights, file, metadata={"format": "pt"})
    for file in GOLDENS.joinpath(golden).glob("*.json"):
        if file.name != "config.json" and not file.name.startswith("model"):
            shutil.copy(file, folder)


def llava_onevision(folder):
    config = transformers.LlavaOnevisionConfig(
        text_config=transformers.Qwen2Config(**TEXT),
        vision_config=transformers.SiglipVisionConfig(
            image_size=IMAGE_SIDE,
            patch_size=PATCH,
            hidden_size=48,
            intermediate_size=96,
            num_hidden_layers=2,
            num_attention_heads=4,
            hidden_act="gelu_pytorch_tanh",
            vision_use_head=False,
        ),
        image_token_index=383,
        video_token_index=384,
        projector_hidden_act="gelu",
        vision_feature_layer=-1,
        vision_feature_select_strategy="full",
        tie_word_embeddings=False,
    )
    write(folder, "llava_onevision_tiny", transformers.LlavaOnevisionForConditionalGeneration(config))
    llava_files.write(folder, (IMAGE_SIDE // PATCH) ** 2)


def qwen2_vl(folder):
    text = {**TEXT, "rope_scaling": {"type": "mrope", "rope_type": "default", "mrope_section": [4, 6, 6]}}
    tower = {"depth": 2, "embed_dim": 32, "hidden_size": 64, "mlp_ratio": 2, "num_heads": 2, "patch_size": 14, "spatial_merge_size": 2}
    config = transformers.Qwen2VLConfig(text_config=text, vision_config={**tower, "temporal_patch_size": 2}, **MARKS)
    write(folder, "qwen2_vl_tiny", transformers.Qwen2VLForConditionalGeneration(config))


def qwen2_5_vl(folder):
    text = {**TEXT, "rope_scaling": {"type": "mrope", "rope_type": "default", "mrope_section": [4, 6, 6]}}
    tower = {**TOWER, "out_hidden_size": 64, "patch_size": 14, "window_size": 56, "fullatt_block_indexes": [1], "tokens_per_second": 2}
    config = transformers.Qwen2_5_VLConfig(text_config=text, vision_config=tower, **MARKS)
    write(folder, "qwen2_5_vl_tiny", transformers.Qwen2_5_VLForConditionalGeneration(config))


def qwen3_vl(folder):
    rope = {"rope_type": "default", "mrope_interleaved": True, "mrope_section": [6, 5, 5]}
    text = {**TEXT, "head_dim": 32, "rope_theta": 5_000_000.0, "rope_scaling": rope}
    tower = {**TOWER, "out_hidden_size": 64, "patch_size": 16, "num_position_embeddings": 49, "deepstack_visual_indexes": [0]}
    config = transformers.Qwen3VLConfig(text_config=text, vision_config={**tower, "hidden_act": "gelu_pytorch_tanh"}, **MARKS)
    write(folder, "qwen3_vl_tiny", transformers.Qwen3VLForConditionalGeneration(config))


FAMILIES = (llava_onevision, qwen2_vl, qwen2_5_vl, qwen3_vl)

if __name__ == "__main__":
    for family in FAMILIES:
        family(pathlib.Path(sys.argv[1], family.__name__))
