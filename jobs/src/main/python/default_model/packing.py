"""Several questions of a video in one sequence behind one visual prefix, each blind to the others.

A packed sequence is `prefix | kept visual tokens | image_newline | slot 0 | slot 1 | ...`; every slot holds one question with its answer,
padded to the longest. The mask lets a slot see the prefix and itself; its positions go on from the prefix's last one. So each slot gets what
it would get alone.
"""

from dataclasses import dataclass

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention
from transformers import AttentionInterface, LlavaOnevisionForConditionalGeneration

import prompt

ATTENTION = "packed"


@dataclass(frozen=True)
class Slots:
    """Token ids (videos, slots, length), padded with 0, and which of them are answer tokens that count, as floats of the same shape."""

    ids: Tensor
    answer: Tensor


class Texts:
    """Token ids of prefix, questions and answers; each text is tokenized once."""

    def __init__(self, tokenizer: Tokenizer):
        self.tokenizer = tokenizer
        self.prefix = torch.tensor(tokenizer.encode(prompt.PREFIX).ids)
        self._known: dict[str, list[int]] = {}

    def ids(self, text: str) -> list[int]:
        if text not in self._known:
            self._known[text] = self.tokenizer.encode(text).ids
        return self._known[text]

    def slots(self, videos: list[list[tuple[str, list[str], str]]], end: bool) -> Slots:
        """Packs (question, options, answer) triples; with `end` the token that ends an answer counts too."""
        most = max(len(rows) for rows in videos)
        texts = [
            [(self.ids(prompt.suffix(question, options)), self.ids(answer + (prompt.END if end else ""))) for question, options, answer in rows]
            for rows in videos
        ]
        length = max(len(asked) + len(said) for rows in texts for asked, said in rows)
        ids = np.zeros((len(videos), most, length), np.int64)
        answer = np.zeros((len(videos), most, length), np.float32)
        for v, rows in enumerate(texts):
            for s, (asked, said) in enumerate(rows):
                ids[v, s, : len(asked) + len(said)] = asked + said
                answer[v, s, len(asked) : len(asked) + len(said)] = 1
        return Slots(torch.from_numpy(ids), torch.from_numpy(answer))


def visual_tokens(model: LlavaOnevisionForConditionalGeneration, pixels: Tensor) -> Tensor:
    """(videos, frames, size, size, 3) uint8 to pooled tokens (videos, frames, tokens per frame, channels)."""
    videos, frames = pixels.shape[:2]
    scaled = pixels.flatten(0, 1).permute(0, 3, 1, 2).float() / 127.5 - 1
    tower = model.model.vision_tower
    states = tower.encoder(inputs_embeds=tower.embeddings(scaled)).last_hidden_state
    pooled = model.model.apply_pooling(model.model.multi_modal_projector(states))
    return pooled.unflatten(0, (videos, frames))


@dataclass(frozen=True)
class Read:
    """What a forward pass gives.

    log_likelihoods: of every token of every slot given what it may see, (videos, slots, length), 0 where it does not count;
    states: hidden states of the visual tokens after every layer, the embeddings first, each (videos, k, channels).
    """

    log_likelihoods: Tensor
    states: tuple[Tensor, ...]


def read(model: LlavaOnevisionForConditionalGeneration, prefix: Tensor, kept: Tensor, slots: Slots) -> Read:
    """prefix: (p) token ids; kept: (videos, k, channels) visual tokens in order."""
    videos, count, length = slots.ids.shape
    embed = model.get_input_embeddings()
    newline = model.model.image_newline.expand(videos, 1, -1)
    front = torch.cat([embed(prefix).expand(videos, -1, -1), kept, newline], 1)
    whole = torch.cat([front, embed(slots.ids.flatten(1))], 1)
    first = front.shape[1]
    mask, positions = _layout(first, count, length)
    language = model.model.language_model
    kept_attention = language.config._attn_implementation
    language.config._attn_implementation = ATTENTION
    try:
        output = language(
            inputs_embeds=whole,
            attention_mask={"full_attention": mask},
            position_ids=positions.expand(videos, -1),
            use_cache=False,
            output_hidden_states=True,
        )
    finally:
        language.config._attn_implementation = kept_attention
    states = output.last_hidden_state[:, first:].unflatten(1, (count, length))[:, :, :-1]
    scored = slots.answer[:, :, 1:] > 0
    logits = torch.log_softmax(model.lm_head(states[scored]).float(), -1)
    values = logits.gather(1, slots.ids[:, :, 1:][scored][:, None])[:, 0]
    result = torch.zeros(videos, count, length - 1).masked_scatter(scored, values)
    visual = slice(len(prefix), len(prefix) + kept.shape[1])
    return Read(torch.nn.functional.pad(result, (1, 0)), tuple(states[:, visual] for states in output.hidden_states))


def _layout(first: int, count: int, length: int) -> tuple[Tensor, Tensor]:
    """Mask (count * length, n) of what the slots see, and positions (1, n)."""
    slots = count * length
    slot = torch.arange(count).repeat_interleave(length)
    own = torch.ones(slots, slots, dtype=torch.bool).tril() & (slot[None, :] == slot[:, None])
    sees = torch.cat([torch.ones(slots, first, dtype=torch.bool), own], 1)
    positions = torch.cat([torch.arange(first), first + torch.arange(length).repeat(count)])
    mask = torch.zeros(sees.shape).masked_fill(~sees, -torch.inf)
    return mask, positions[None]


def _packed_attention(module, query, key, value, attention_mask, scaling, **_):
    """Causal over the prefix, masked for the slots: half the work of one mask over both. query: (videos, heads, n, channels)."""
    groups = module.num_key_value_groups
    key, value = key.repeat_interleave(groups, 1), value.repeat_interleave(groups, 1)
    first = query.shape[2] - attention_mask.shape[0]
    front = scaled_dot_product_attention(
        query[:, :, :first], key[:, :, :first], value[:, :, :first], is_causal=True, scale=scaling
    )
    slots = scaled_dot_product_attention(query[:, :, first:], key, value, attn_mask=attention_mask, scale=scaling)
    return torch.cat([front, slots], 2).transpose(1, 2).contiguous(), None


AttentionInterface.register(ATTENTION, _packed_attention)
