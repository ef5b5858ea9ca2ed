"""Fine-tunes a model's language side on questions about videos of a cache; no video is read.

    tokenreel scenes --output scenes --videos 200 --split train
    tokenreel precompute --input scenes/videos --output cache --sampling uniform:frames=16 --compression vidcom2:retention=0.25
    python finetune.py --model CHECKPOINT --cache cache --compression vidcom2:retention=0.25 --questions scenes/questions.jsonl

The checkpoint is the one that the cache was computed with, of LLaVA-OneVision; TokenReel's built-in model, `default`, is one, in
Hugging Face's layout. Its questions are asked here without their options, in another form than it was trained on, so there is
something to learn. Needs `tokenreel[torch]` and transformers.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import DataLoader
from transformers import AutoModelForImageTextToText, AutoTokenizer

from tokenreel.cache import TokenCache, verify_checkpoint
from tokenreel.torch import TokenDataset, pad

IGNORED = -100  # label of what is not learned
SEED = 1


class Prompts:
    """Makes batches of whole prompts: text, the video's tokens, text, answer."""

    def __init__(self, model: Any, tokenizer: Any) -> None:
        """The prompts of a model of LLaVA-OneVision."""
        self._embed = model.get_input_embeddings()
        self._tokenizer = tokenizer

    def _ids(self, text: str) -> Tensor:
        return torch.tensor(self._tokenizer.encode(text, add_special_tokens=False))

    def batch(self, padded: Mapping[str, Any]) -> dict[str, Tensor]:
        """What the model's forward takes, with labels, of a batch that `pad` made."""
        embeds, labels = [], []
        for tokens, mask, columns in zip(padded["tokens"], padded["mask"], padded["columns"], strict=True):
            before = self._ids("<|im_start|>user ")
            after = self._ids(f"\n{columns['question']}<|im_end|><|im_start|>assistant\n")
            answer = self._ids(f"{columns['answer']}<|im_end|>")
            visual = tokens[mask].to(self._embed.weight.dtype)
            embeds.append(torch.cat([self._embed(before), visual, self._embed(torch.cat([after, answer]))]))
            asked = torch.full((len(embeds[-1]) - len(answer),), IGNORED)
            labels.append(torch.cat([asked, answer]))
        lengths = torch.tensor([len(each) for each in labels])
        fill = torch.nn.utils.rnn.pad_sequence
        return {
            "inputs_embeds": fill(embeds, batch_first=True),
            "attention_mask": (torch.arange(int(lengths.max()))[None] < lengths[:, None]).long(),
            "labels": fill(labels, batch_first=True, padding_value=IGNORED),
        }


def finetune(options: argparse.Namespace) -> Sequence[float]:
    """The loss of each step."""
    torch.manual_seed(SEED)
    model = AutoModelForImageTextToText.from_pretrained(options.model).float()  # a checkpoint may be stored in float16
    tokenizer = AutoTokenizer.from_pretrained(options.model)
    questions = [json.loads(line) for line in options.questions.read_text(encoding="utf-8").splitlines()]
    data = TokenDataset(options.cache, questions, compression=options.compression)
    if options.verify:
        cache = TokenCache.open(options.cache)
        verify_checkpoint(cache.lookup(questions[0]["video_id"], options.compression).card, options.model)
    for name, parameter in model.named_parameters():
        parameter.requires_grad_("language_model" in name or "lm_head" in name)
    learned = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(learned, lr=options.rate)
    prompts = Prompts(model, tokenizer)
    loader = DataLoader(data, options.batch, shuffle=True, num_workers=options.workers, collate_fn=pad, drop_last=True)
    if not len(loader):
        raise SystemExit(f"{len(data)} samples are no batch of {options.batch}: give more questions, or a smaller --batch")
    losses: list[float] = []
    while len(losses) < options.steps:
        for padded in loader:
            loss = model(**prompts.batch(padded)).loss
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
            losses.append(loss.item())
            print(f"step {len(losses)}: loss {losses[-1]:.3f}", flush=True)
            if len(losses) == options.steps:
                break
    if options.output:
        model.save_pretrained(options.output)
        tokenizer.save_pretrained(options.output)
    return losses


def main() -> None:
    """Fine-tunes, and says by how much the loss fell."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--model", required=True, help="the checkpoint's folder")
    options.add_argument("--cache", required=True)
    options.add_argument("--compression", help="the rows to take, where the cache has several compressions")
    options.add_argument("--questions", type=Path, required=True, help="JSON lines with video_id, question and answer")
    options.add_argument("--steps", type=int, default=40)
    options.add_argument("--batch", type=int, default=8)
    options.add_argument("--rate", type=float, default=5e-4)
    options.add_argument("--workers", type=int, default=0, help="processes that read the cache")
    options.add_argument("--verify", action="store_true", help="check first that the checkpoint made the cache; needs an encoder's card")
    options.add_argument("--output", help="a folder for the fine-tuned checkpoint")
    losses = finetune(options.parse_args())
    edge = max(1, len(losses) // 4)
    print(f"mean loss of the first {edge} steps {sum(losses[:edge]) / edge:.3f}, of the last {sum(losses[-edge:]) / edge:.3f}")


if __name__ == "__main__":
    main()
