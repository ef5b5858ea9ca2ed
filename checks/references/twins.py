"""Makes checkpoints with random settings and weights by a version of Transformers, and says what that version computes from them.

It runs beside the checks, in a process that has torch and one Transformers. Standard input has a line of JSON for each twin,
{"family": NAME, "seed": N, "folder": DIR}; standard output gets a line of JSON about it. DIR is left with

* model/, the checkpoint as save_pretrained writes it;
* clip.npy, uint8 [frames, height, width, 3], the clip that it is shown;
* expected.npz, arrays: "visual" [planes, rows, channels], the rows that the language model is fed for the whole clip, "keep", and of
  each run "none" and "vidcom2" "RUN.option_logits" [4], "RUN.greedy" [tokens], "RUN.margins" [tokens].
"""

import json
import pathlib
import random
import shutil
import sys
import traceback

import numpy as np
import torch
import transformers

import selection
import settings

QUESTION = "What colour is the circle?"
OPTIONS = ["red", "green", "blue", "yellow"]
TEXT = "\n".join([QUESTION, *(f"{letter}. {option}" for letter, option in zip("ABCD", OPTIONS, strict=True))])
TEXT += "\nRespond with only the letter (A, B, C, or D) of the correct option."
NEW_TOKENS = 12
ONEVISION = {"processor_class": "LlavaOnevisionProcessor", "vision_feature_select_strategy": "full", "image_token": "<image>", "video_token": "<video>"}
RETENTION = 0.25
VERSION = tuple(int(part) for part in transformers.__version__.split(".")[:2])


def make(family, seed, folder, change):
    """Writes a twin. Its settings may be changed, {"config.json": {...}}, before anything is made of them."""
    rng = random.Random(f"{family} {VERSION} {seed}")
    torch.manual_seed(seed)
    config, processor = settings.settings(family, rng)
    _change(config, change)
    # Older processors resize with Pillow where newer ones do with torchvision, which rounds otherwise. TokenReel resizes as the version
    # that it follows in each family: frames of other versions come in a size that stays.
    whole = VERSION < (4, 57) if family.startswith("qwen") else family == "llava_onevision" and VERSION > (4, 45)
    if whole and family == "qwen2_vl":
        processor |= {"min_pixels": 1, "max_pixels": 1 << 20}
    source, out = folder / "published", folder / "model"
    source.mkdir(parents=True)
    for file in settings.KINDS[family].glob("*"):
        if "safetensors" not in file.name:
            shutil.copy(file, source)
    _write(source / "config.json", config)
    if processor:
        name = "preprocessor_config.json"
        _write(source / name, processor)
        if family == "qwen3_vl":
            _write(source / f"video_{name}", processor)
        if family == "llava_onevision":
            vision = config["vision_config"]
            _write(source / "processor_config.json", {"num_image_tokens": (vision["image_size"] // vision["patch_size"]) ** 2, **ONEVISION})
    frames, height, width, rate = settings.clip(config, processor, family, rng, whole)
    if family == "qwen2_vl" and VERSION < (4, 57):
        frames += frames % 2  # an odd number is an error there
    elif family == "qwen3_vl" and VERSION < (5, 0):
        frames = max(frames, 2)
    clip = _clip(frames, height, width, np.random.default_rng(seed))
    np.save(folder / "clip.npy", clip)
    dtype = rng.choice([torch.float32, torch.bfloat16, torch.float16])
    shards = rng.choice([{}, {"max_shard_size": "60KB"}])
    said = {"config": config, "clip": [frames, height, width, rate], "dtype": str(dtype), "shards": bool(shards), "rate": rate}
    if family == "llava_video":
        import llava_next  # noqa: PLC0415  it needs what is defined here

        twin = llava_next.Twin(source, config, dtype, shards)
        twin.save(out)
    else:
        twin = Twin(family, source, dtype)
        twin.save(out, shards)
    return said | _expected(twin, clip, rate, folder)


def _change(config, change):
    for key, value in change.items():
        if isinstance(value, dict) and isinstance(config.get(key), dict):
            _change(config[key], value)
        else:
            config[key] = value


def _expected(twin, clip, rate, folder):
    fed = twin.fed(clip, rate)
    expected = {"visual": torch.stack([fed.visual, *fed.planes]).numpy()}
    grid = fed.visual[: fed.grid[0] * fed.grid[1]] if fed.in_grid is None else fed.visual[fed.in_grid]
    keep, margin = selection.vidcom2(grid.numpy().reshape(*fed.grid, -1), RETENTION)
    expected["keep"] = keep
    for run, rows in [("none", None), ("vidcom2", keep)]:
        logits = fed.answers(rows)
        expected[f"{run}.option_logits"] = logits[0][fed.options].numpy()
        best = logits.topk(2, dim=-1)
        expected[f"{run}.greedy"] = best.indices[:, 0].numpy()
        expected[f"{run}.margins"] = (best.values[:, 0] - best.values[:, 1]).numpy()
    np.savez(folder / "expected.npz", **expected)
    asked = {"question": QUESTION, "options": OPTIONS, "new_tokens": NEW_TOKENS}
    texts = {run: fed.text(expected[f"{run}.greedy"]) for run in ("none", "vidcom2")}
    return {"selection_margin": margin, "grid": list(fed.grid), "prompt": fed.prompt, "texts": texts, **asked}


def _clip(frames, height, width, rng):
    """Smooth colours that move, with noise: neither flat nor white noise, which resizing would make flat."""
    y, x = np.mgrid[0:height, 0:width]
    clip = np.empty((frames, height, width, 3), np.uint8)
    speed, wave, phase = rng.uniform(-1, 1, 3), rng.uniform(0.02, 0.4, (3, 2)), rng.uniform(0, 6, 3)
    for frame in range(frames):
        for colour in range(3):
            level = 128 + 90 * np.sin(wave[colour, 0] * y + wave[colour, 1] * x + phase[colour] + speed[colour] * frame)
            clip[frame, ..., colour] = np.clip(level + rng.normal(0, 18, level.shape), 0, 255)
    return clip


def randomise(model):
    """Weights with which a tiny network's outputs depend on all of its parts, and its choices are rarely near a tie."""
    for name, weight in model.named_parameters():
        with torch.no_grad():
            if weight.dim() == 1:
                weight.normal_(1 if "norm" in name or "ln_q" in name else 0, 0.2)
                if name.endswith("bias"):
                    weight.normal_(0, 0.2)
            elif "embed" in name and "patch" not in name:
                weight.normal_(0, 0.3)
            else:
                weight.normal_(0, _gain(name) / weight[0].numel() ** 0.5)


def _gain(name):
    """A decoder's layers must outweigh the token before, or each token repeats it; what a projector gives is not normalised."""
    return 0.3 if "proj" in name.split(".")[0] else 3 if "layers." in name and "encoder" not in name else 1.2


class Twin:
    """A model of Transformers' own."""

    def __init__(self, family, source, dtype):
        self.family = family
        config = transformers.AutoConfig.from_pretrained(source)
        kind = getattr(transformers, config.architectures[0])
        self.model = kind._from_config(config, attn_implementation="eager").eval()
        randomise(self.model)
        self.model.to(dtype)
        self.model.tie_weights()
        self.model.generation_config = transformers.GenerationConfig.from_pretrained(source)
        self.processor = transformers.AutoProcessor.from_pretrained(source)

    def save(self, folder, shards):
        self.model.save_pretrained(folder, **shards)
        self.processor.save_pretrained(folder)
        # What was saved is what is computed, in float32: a version may change settings or weights as it saves them.
        float32 = {"dtype" if VERSION >= (5, 0) else "torch_dtype": torch.float32}
        self.model = type(self.model).from_pretrained(folder, attn_implementation="eager", **float32).eval()

    def fed(self, clip, rate):
        content = [{"type": "video"}, {"type": "text", "text": TEXT}]
        prompt = self.processor.apply_chat_template([{"role": "user", "content": content}], add_generation_prompt=True, tokenize=False)
        more = {}
        if VERSION >= (4, 57):
            metadata = {"total_num_frames": len(clip), "fps": rate, "frames_indices": list(range(len(clip))), "duration": len(clip) / rate}
            more = {"video_metadata": [metadata], "do_sample_frames": False}
            if self.family == "qwen2_5_vl" and VERSION < (5, 0):
                more["fps"] = rate
        frames = clip if VERSION < (4, 57) else torch.from_numpy(clip).permute(0, 3, 1, 2)
        videos = [list(frames)] if VERSION < (4, 57) else [frames]
        inputs = self.processor(text=[prompt], videos=videos, return_tensors="pt", **more)
        if VERSION < (4, 57) and self.family == "qwen2_vl":  # there, only what generates has positions
            inputs["position_ids"], _ = self.model.get_rope_index(inputs["input_ids"], None, inputs["video_grid_thw"], inputs["attention_mask"])
        return Fed(self, inputs)


class Fed:
    """What the language model is fed, as the whole model feeds it."""

    def __init__(self, twin, inputs):
        model = twin.model
        self.tokenizer = twin.processor.tokenizer
        whole = getattr(model, "language_model", None) if VERSION < (4, 57) and twin.family == "llava_onevision" else None
        self.language = whole or (model.model if VERSION < (4, 57) else model.model.language_model)
        self.head = model.get_output_embeddings()
        call = {}

        def record(_module, _args, kwargs):
            call.update({name: kwargs.get(name) for name in ("inputs_embeds", "position_ids", "visual_pos_masks", "deepstack_visual_embeds")})

        hook = self.language.register_forward_pre_hook(record, with_kwargs=True)
        with torch.no_grad():
            self.whole = model(**inputs).logits[0, -1].float()
        hook.remove()
        self.rows = call["inputs_embeds"][0].float()
        self.positions = None if twin.family == "llava_onevision" else call["position_ids"][-3:, 0]
        ids = inputs["input_ids"][0]
        self.visual_at = (ids == self._video_token(model.config)).nonzero()[:, 0]
        self.visual = self.rows[self.visual_at]
        self.planes = [plane.float() for plane in call["deepstack_visual_embeds"] or []]
        self.in_grid = None
        grid = inputs.get("video_grid_thw")
        if grid is None:
            frames = inputs["pixel_values_videos"].shape[1]
            self.grid = (frames, (len(self.visual) - 1) // frames)
        else:
            merge = model.config.vision_config.spatial_merge_size
            self.grid = (int(grid[0, 0]), int(grid[0, 1] * grid[0, 2]) // merge**2)
        self.options = [self.tokenizer.encode(letter, add_special_tokens=False)[0] for letter in "ABCD"]
        video = self.tokenizer.decode(ids[self._first_visual(ids, model.config)])
        self.prompt = self._prompt(ids, video)
        self.ends = model.generation_config.eos_token_id

    @staticmethod
    def _video_token(config):
        return config.video_token_id if getattr(config, "video_token_id", None) is not None else config.video_token_index

    def _first_visual(self, ids, config):
        return int((ids == self._video_token(config)).nonzero()[0, 0])

    def _prompt(self, ids, video):
        """The text that is fed, with one placeholder for each run of visual tokens."""
        text = self.tokenizer.decode(ids)
        while video + video in text:
            text = text.replace(video + video, video)
        return text

    def answers(self, keep):
        """Logits [tokens, vocabulary] of each greedy token; of the visual rows only some may be kept, and what is no token of the grid."""
        stays = torch.ones(len(self.rows), dtype=torch.bool)
        if keep is not None:
            stays[self.visual_at[: self.grid[0] * self.grid[1]]] = False
            stays[self.visual_at[torch.from_numpy(keep)]] = True
        rows = self.rows[stays]
        visual = torch.zeros(len(self.rows), dtype=torch.bool)
        visual[self.visual_at] = True
        visual = visual[stays]
        planes = [plane if keep is None else plane[torch.from_numpy(keep)] for plane in self.planes]
        positions = None if self.positions is None else self.positions[:, stays]
        following = None if positions is None else int(self.positions.max()) + 1
        logits = []
        while len(logits) < NEW_TOKENS:
            logits.append(self._last(rows, positions, visual, planes))
            if keep is None and len(logits) == 1:
                assert torch.allclose(logits[0], self.whole, atol=1e-4), (logits[0] - self.whole).abs().max()
            token = int(logits[-1].argmax())
            if token in (self.ends if isinstance(self.ends, list) else [self.ends]):
                break
            rows = torch.cat([rows, self.language.get_input_embeddings().weight[token][None].float()])
            visual = torch.cat([visual, torch.zeros(1, dtype=torch.bool)])
            if positions is not None:
                positions = torch.cat([positions, torch.full((3, 1), following + len(logits) - 1)], 1)
        return torch.stack(logits)

    @torch.no_grad()
    def _last(self, rows, positions, visual, planes):
        call = {"inputs_embeds": rows[None], "attention_mask": torch.ones(1, len(rows), dtype=torch.long), "use_cache": False}
        if positions is not None:
            call["position_ids"] = positions[:, None]
        if planes:
            call |= {"visual_pos_masks": visual[None], "deepstack_visual_embeds": planes}
        out = self.language(**call)
        return out.logits[0, -1].float() if hasattr(out, "logits") else self.head(out[0][0, -1]).float()

    def text(self, greedy):
        return self.tokenizer.decode(greedy, skip_special_tokens=True)


def _write(file, value):
    file.write_text(json.dumps(value, indent=1), encoding="utf-8")


def main():
    answers = sys.stdout
    sys.stdout = sys.stderr
    torch.set_num_threads(2)
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            said = make(asked["family"], asked["seed"], pathlib.Path(asked["folder"]), asked.get("change", {}))
        except Exception:  # what Transformers refuses is for the check to judge
            said = {"refused": traceback.format_exc()}
        print(json.dumps(said), file=answers, flush=True)


if __name__ == "__main__":
    sys.modules["twins"] = sys.modules["__main__"]  # llava_next imports it by this name
    main()
