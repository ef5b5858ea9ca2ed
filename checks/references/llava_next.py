"""LLaVA-Video as LLaVA-NeXT computes and stores it, of Transformers' SigLIP and Qwen2: Transformers has no such model.

Source: LLaVA-VL/LLaVA-NeXT, llava/model/llava_arch.py, llava/model/multimodal_encoder/siglip_encoder.py and
docs/LLaVA_Video_1003.md; the kept rows of VidCom2 as in xuyang-liu16/VidCom2, token_compressor/vidcom2/vidcom2.py.
"""

import json
import math
import shutil

import numpy as np
import torch
import transformers
from PIL import Image
from safetensors.torch import save_file
from torch import nn

import twins

QWEN2 = ["vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "num_key_value_heads", "rms_norm_eps"]
QWEN2 += ["rope_theta", "max_position_embeddings", "tie_word_embeddings"]
SIGLIP = ["image_size", "patch_size", "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "layer_norm_eps"]


def _cast(part, dtype):
    """The weights alone: wavelengths are float32 whatever the weights are."""
    for weight in part.parameters():
        weight.data = weight.data.to(dtype)


class Twin:
    """A model in LLaVA-NeXT's layout."""

    def __init__(self, source, config, dtype, shards):
        self.config, self.source, self.shards = config, source, shards
        # transformers 5 reads rope_theta where rope_parameters are, and takes it from there too.
        qwen2 = transformers.Qwen2Config(**{name: config[name] for name in QWEN2})
        vision = transformers.SiglipVisionConfig(**{name: config["tokenreel_vision_config"][name] for name in SIGLIP}, vision_use_head=False)
        self.language = transformers.Qwen2ForCausalLM._from_config(qwen2, attn_implementation="eager").eval()
        self.vision = transformers.SiglipVisionModel._from_config(vision, attn_implementation="eager").eval()
        self.projector = nn.Sequential(nn.Linear(vision.hidden_size, qwen2.hidden_size), nn.GELU(), nn.Linear(qwen2.hidden_size, qwen2.hidden_size))
        self.newline = nn.Embedding(1, qwen2.hidden_size)
        for part in [self.language, self.vision, self.projector, self.newline]:
            twins.randomise(part)
            _cast(part, dtype)
        self.language.tie_weights()
        self.tokenizer = transformers.AutoTokenizer.from_pretrained(source)
        self.ends = json.loads((source / "generation_config.json").read_text(encoding="utf-8"))["eos_token_id"]

    def save(self, folder):
        """Writes what LLaVA-NeXT's names mean, and goes on in float32."""
        folder.mkdir()
        for file in self.source.iterdir():
            shutil.copy(file, folder)
        tower = "model.vision_tower.vision_tower.vision_model."
        stored = {}
        for name, value in self.vision.state_dict().items():
            stored[tower + name.removeprefix("vision_model.")] = value
        stored |= {f"model.mm_projector.{name}": value for name, value in self.projector.state_dict().items()}
        stored |= {"model.image_newline": self.newline.weight[0].detach()}
        tied = self.config["tie_word_embeddings"]
        stored |= {name: value for name, value in self.language.state_dict().items() if not (tied and name == "lm_head.weight")}
        stored = {name: value.contiguous() for name, value in stored.items()}
        if not self.shards:
            save_file(stored, folder / "model.safetensors", metadata={"format": "pt"})
        else:
            names = sorted(stored)
            files = {name: f"model-0000{1 + (2 * place) // len(names)}-of-00002.safetensors" for place, name in enumerate(names)}
            for file in sorted(set(files.values())):
                save_file({name: stored[name] for name in names if files[name] == file}, folder / file, metadata={"format": "pt"})
            (folder / "model.safetensors.index.json").write_text(json.dumps({"metadata": {}, "weight_map": files}), encoding="utf-8")
        for part in [self.language, self.vision, self.projector, self.newline]:
            _cast(part, torch.float32)

    @torch.no_grad()
    def fed(self, clip, rate):
        vision = self.config["tokenreel_vision_config"]
        size, side = vision["image_size"], vision["image_size"] // vision["patch_size"]
        resized = np.stack([np.asarray(Image.fromarray(frame).resize((size, size), Image.BICUBIC)) for frame in clip])
        pixels = (torch.from_numpy(resized).float() / 255 - 0.5) / 0.5
        states = self._last_layer(pixels.permute(0, 3, 1, 2))
        grid = self.projector(states).reshape(len(clip), side, side, -1).permute(0, 3, 1, 2)
        if self.config["mm_spatial_pool_mode"] == "average":
            grid = nn.functional.avg_pool2d(grid, 2)
        else:
            half = math.ceil(side / 2)
            grid = nn.functional.interpolate(grid, size=(half, half), mode="bilinear")
        return Fed(self, grid.permute(0, 2, 3, 1), rate)


    def _last_layer(self, pixels):
        """The output of the last layer, before the norm after it: what a version calls the last hidden state differs."""
        name = f"encoder.layers.{self.config['tokenreel_vision_config']['num_hidden_layers'] - 1}"
        (last,) = (module for path, module in self.vision.named_modules() if path.endswith(name))
        outputs = []
        hook = last.register_forward_hook(lambda _module, _arguments, output: outputs.append(output[0] if isinstance(output, tuple) else output))
        self.vision(pixels)
        hook.remove()
        return outputs[0]


class Fed:
    """What the language model is fed."""

    planes = ()

    def __init__(self, twin, tokens, rate):
        self.twin, self.tokens, self.newline = twin, tokens, twin.newline.weight[0]
        frames, rows, columns, _ = tokens.shape
        self.grid = (frames, rows * columns)
        self.position = twin.config["mm_newline_position"]
        self.in_grid = None
        if self.position == "grid":
            places = torch.arange(frames * rows * (columns + 1)).reshape(-1, columns + 1)[:, :-1]
            self.in_grid = places.flatten()
        self.visual = self._rows(None)
        tokenizer = twin.tokenizer
        self.options = [tokenizer.encode(letter, add_special_tokens=False)[0] for letter in "ABCD"]
        message = {"role": "user", "content": f"<image>\n{twins.TEXT}"}
        template = json.loads((twin.source / "chat_template.json").read_text(encoding="utf-8"))["chat_template"]
        rendered = tokenizer.apply_chat_template([message], chat_template=template, add_generation_prompt=True, tokenize=False)
        before, after = rendered.split("<image>")
        if twin.config["add_time_instruction"]:
            times = ",".join(f"{frame / rate:.2f}s" for frame in range(frames))
            said = f"The video lasts for {frames / rate:.2f} seconds, and {frames} frames are uniformly sampled from it. These frames are located at {times}."
            after = said + "Please answer the following questions related to this video." + after
        self.prompt = f"{before}<image>{after}"
        self.ids = [torch.tensor(tokenizer.encode(text, add_special_tokens=False)) for text in (before, after)]

    def _rows(self, keep):
        frames, rows, columns, channels = self.tokens.shape
        if self.position == "grid" and keep is None:
            ends = self.newline.expand(frames, rows, 1, channels)
            return torch.cat([self.tokens, ends], 2).reshape(-1, channels)
        flat = self.tokens.reshape(-1, channels)
        keep = np.arange(len(flat)) if keep is None else keep
        if self.position == "grid":
            each = [torch.cat([flat[keep[keep // (rows * columns) == frame]], self.newline.expand(rows, channels)]) for frame in range(frames)]
            return torch.cat(each)
        return torch.cat([flat[keep], self.newline[None]]) if self.position == "one_token" else flat[keep]

    @torch.no_grad()
    def answers(self, keep):
        embed = self.twin.language.get_input_embeddings()
        rows = torch.cat([embed(self.ids[0]), self._rows(keep), embed(self.ids[1])])
        logits = []
        while len(logits) < twins.NEW_TOKENS:
            logits.append(self.twin.language(inputs_embeds=rows[None]).logits[0, -1])
            token = int(logits[-1].argmax())
            if token in self.twin.ends:
                break
            rows = torch.cat([rows, embed.weight[token][None]])
        return torch.stack(logits)

    def text(self, greedy):
        return self.twin.tokenizer.decode(greedy, skip_special_tokens=True)
