"""Greedy tokens by Transformers of rows of a cache, the reference for a server's answers. Runs in the environment that serves.

    python checks/serving/reference.py MODEL CACHE [ENCODER] < QUESTIONS

QUESTIONS is a JSON list of objects with video_id, compression and prompt (token ids, the visual ones as placeholders); a JSON list of
token lists is printed. Positions are worked out here, by themselves: one axis for LLaVA, three for Qwen's families, where the text
after a video goes on after the largest position of its whole grid, as vLLM has it.
"""

import json
import sys

import numpy as np
import torch
import transformers

from tokenreel.cache import TokenCache

TOKENS = 24
PLACEHOLDERS = ("image_token_id", "image_token_index", "video_token_id", "video_token_index")


def positions(prompt, visual, row, config):
    """Positions [3, n] of a prompt in which `visual` marks the places of a row's tokens, and the next one."""
    step, line, column = row.grid_places().T
    times = np.arange(row.frames)
    speed = getattr(config.vision_config, "tokens_per_second", None)
    if config.model_type == "qwen2_5_vl":
        seconds = np.float32(2 / (len(row.frame_index) / row.source_frames * row.source_rate))
        times = (times * (float(seconds) * speed)).astype(np.int64)
    each_step = config.model_type == "qwen3_vl"
    found, at, after, used = [], 0, 0, 0
    while at < len(prompt):
        if not visual[at]:
            found.append([after] * 3)
            at, after = at + 1, after + 1
            continue
        end = at
        while end < len(prompt) and visual[end]:
            end += 1
        time = np.zeros(end - at, np.int64) if each_step else times[step[used : used + end - at]]
        block = np.stack([time, line[used : used + end - at], column[used : used + end - at]], axis=1)
        found.extend((block + after).tolist())
        after += max(0 if each_step else int(times[-1]), row.grid_height - 1, row.grid_width - 1) + 1
        used, at = used + end - at, end
    return torch.tensor(found).T, after


@torch.no_grad()
def answer(model, row, prompt):
    placeholders = {getattr(model.config, name) for name in PLACEHOLDERS if hasattr(model.config, name)}
    visual = [token in placeholders for token in prompt]
    rows = torch.from_numpy(row.float32().copy()).reshape(len(row.token_index), row.planes, row.dim)
    assert sum(visual) == len(rows), (sum(visual), len(rows))
    table = model.get_input_embeddings()
    embeddings = table(torch.tensor(prompt))
    embeddings[torch.tensor(visual)] = rows[:, 0]
    if not model.config.model_type.startswith("qwen"):
        settings = {"max_new_tokens": TOKENS, "min_new_tokens": TOKENS, "do_sample": False, "eos_token_id": -1}
        mask = torch.ones(1, len(prompt), dtype=torch.long)
        return model.generate(inputs_embeds=embeddings[None], attention_mask=mask, **settings)[0].tolist()
    place, after = positions(prompt, visual, row, model.config)
    tokens = []
    for _ in range(TOKENS):
        more = {}
        if row.planes > 1:
            more["visual_pos_masks"] = torch.tensor([visual + [False] * len(tokens)])
            more["deepstack_visual_embeds"] = list(rows[:, 1:].unbind(1))
        hidden = model.model.language_model(inputs_embeds=embeddings[None], position_ids=place[:, None], use_cache=False, **more)
        tokens.append(model.lm_head(hidden.last_hidden_state[0, -1]).argmax().item())
        embeddings = torch.cat([embeddings, table(torch.tensor(tokens[-1:]))])
        place = torch.cat([place, torch.full((3, 1), after)], 1)
        after += 1
    return tokens


def main():
    folder, cache, *encoder = sys.argv[1:]
    architecture = transformers.AutoConfig.from_pretrained(folder).architectures[0]
    model = getattr(transformers, architecture).from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    opened = TokenCache.open(cache)
    found = [answer(model, opened.lookup(asked["video_id"], asked["compression"], *encoder), asked["prompt"]) for asked in json.load(sys.stdin)]
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
