"""Trains TokenReel's default model on videos that `tokenreel scenes` rendered.

    tokenreel scenes --output data/train4  --videos 5000  --split train --frames 4
    tokenreel scenes --output data/train8  --videos 7000  --split train --frames 8  --first 100000
    tokenreel scenes --output data/train16 --videos 12000 --split train --first 200000
    tokenreel scenes --output data/val4    --videos 100   --split validation --frames 4 --first 1000
    tokenreel scenes --output data/val8    --videos 100   --split validation --frames 8 --first 2000
    tokenreel scenes --output data/val16   --videos 200   --split validation
    python train.py --data data --output out --minutes 60 [--resume]

Phases have 4, 8 and 16 frames a video, for 4 frames do not yet drown an answer in tokens. From the second one on random tokens are dropped,
neutrally between the compression methods. What is learned beside the answers is in supervision.py. Files are decoded once, into
data/cache. out/log.jsonl has a line for every 20 steps and for every validation; out/model is the last checkpoint, in the published layout.
"""

import argparse
import json
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

import checkpoint
import wordpieces
from evaluate import accuracy
from packing import Texts, log_likelihoods, visual_tokens
from scenes import KINDS, SceneFolder, Truth
from supervision import Asked, Naming, coverage, decided, dropped
from wordpieces import COLOURS, SHAPES


@dataclass(frozen=True)
class Phase:
    """Which videos, until which share of the whole time, and the shares of tokens that may be kept.

    Without shares only the vision side learns, from single frames that show an object: names and places, which it is slow to learn beside the
    answers.
    """

    frames: int
    train: str
    validation: str
    until: float
    batch: int
    shares: tuple[float, ...]


NAMES, ALL, DROPPED = (), (1.0,), (1.0, 1.0, 0.75, 0.5, 0.35, 0.25, 0.15)
PHASES = (
    Phase(4, "train4", "val4", 0.17, 24, ALL),
    Phase(4, "train4", "val4", 0.26, 128, NAMES),
    Phase(4, "train4", "val4", 0.41, 24, ALL),
    Phase(8, "train8", "val8", 0.56, 20, DROPPED),
    Phase(16, "train16", "val16", 1.0, 16, DROPPED),
)
RATE, WARM_UP, DECAY_SHARE, LAST_RATE = 1.5e-3, 100, 0.4, 0.02
NAMES_WEIGHT, PLACES_WEIGHT = 0.5, 0.3
KIND_WEIGHTS = {"colour": 1.0, "shape": 1.0, "motion": 2.0, "order": 1.0, "count": 1.0}
LONGEST_STEP = 15  # seconds that one step can count for; more is a machine that was paused
SEED = 20261121


class Batches:
    """Endless shuffled batches of one folder."""

    def __init__(self, data: Path, phase: Phase, grid: int):
        self.folder = SceneFolder(
            data / phase.train, phase.frames, checkpoint.IMAGE_SIZE, data / "cache" / f"{phase.train}-{checkpoint.IMAGE_SIZE}.npy"
        )
        self.asked = Asked.of(self.folder)
        self.phase, self.grid = phase, grid
        self.showing = np.argwhere((self.folder.truth.boxes[..., 2] > 0).any(1))  # (n, 2): video, frame
        self.order = np.empty(0, np.int64)

    def next(self, rng: np.random.Generator) -> np.ndarray:
        """Videos of a batch; in a phase of names rows of `showing`."""
        if len(self.order) < self.phase.batch:
            self.order = rng.permutation(len(self.folder.names if self.phase.shares else self.showing))
        chosen, self.order = self.order[: self.phase.batch], self.order[self.phase.batch :]
        return np.sort(chosen)


class Trainer:
    def __init__(self, data: Path, output: Path, phases: tuple[Phase, ...], minutes: float):
        torch.manual_seed(SEED)
        self.rng = np.random.default_rng(SEED)
        self.data, self.output, self.phases = data, output, phases
        output.mkdir(parents=True, exist_ok=True)
        tokenizer = wordpieces.build()
        self.tokenizer, self.texts = tokenizer, Texts(tokenizer)
        self.model = checkpoint.new_model(tokenizer)
        self.grid = -(-(checkpoint.IMAGE_SIZE // checkpoint.PATCH_SIZE) // 2)
        embedding = self.model.get_input_embeddings().weight
        colours, shapes = (self._forms(words) for words in (COLOURS, SHAPES))
        with torch.no_grad():  # a word means the same with and without a space before it
            for first, second in torch.cat([colours, shapes]).tolist():
                embedding[second] = embedding[first]
        self.naming = Naming(embedding.shape[1], self.grid, colours, shapes)
        parameters = [*self.model.parameters(), *self.naming.parameters()]
        decayed = [p for p in parameters if p.ndim > 1]
        plain = [p for p in parameters if p.ndim <= 1]
        self.parameters = decayed + plain
        self.optimizer = torch.optim.AdamW(
            [{"params": decayed, "weight_decay": 0.02}, {"params": plain, "weight_decay": 0.0}], lr=RATE, betas=(0.9, 0.98), foreach=True
        )
        self.minutes = minutes
        self.step, self.seconds = 0, 0.0

    def _forms(self, words: list[str]) -> torch.Tensor:
        return torch.tensor([[self.texts.ids(word)[0], self.texts.ids(" " + word)[0]] for word in words])

    def progress(self) -> float:
        return self.seconds / 60 / self.minutes

    def rate(self) -> float:
        left = (1 - self.progress()) / DECAY_SHARE
        return RATE * min(1, (self.step + 1) / WARM_UP, LAST_RATE + (1 - LAST_RATE) * max(0.0, left))

    def log(self, **row) -> None:
        line = json.dumps({"step": self.step, "minutes": round(self.seconds / 60, 2), **row})
        print(line, flush=True)
        with (self.output / "log.jsonl").open("a", encoding="utf-8") as file:
            file.write(line + "\n")

    def train(self, validate_every: int, save_every: float) -> None:
        saved = time.monotonic()
        for phase in self.phases:
            if self.progress() >= phase.until:
                continue
            batches = Batches(self.data, phase, self.grid)
            sums: list[dict[str, float]] = []
            while self.progress() < phase.until:
                start = time.monotonic()
                sums.append(self.one_step(batches) if phase.shares else self.names_step(batches))
                self.step += 1
                self.seconds += min(LONGEST_STEP, time.monotonic() - start)
                done = self.progress() >= phase.until
                if self.step % 20 == 0:
                    means = {key: round(float(np.mean([row[key] for row in sums])), 4) for key in sums[0]}
                    self.log(frames=phase.frames, **means)
                    sums.clear()
                if phase.shares and (self.step % validate_every == 0 or done):
                    self.validate(phase)
                if time.monotonic() - saved > save_every or done:
                    self.save()
                    saved = time.monotonic()

    def names_step(self, batches: Batches) -> dict[str, float]:
        start = time.monotonic()
        videos, frames = batches.showing[batches.next(self.rng)].T
        pixels = torch.from_numpy(batches.folder.pixels[videos, frames])[:, None]
        known = batches.folder.truth
        truth = Truth(known.colours[videos], known.shapes[videos], known.boxes[videos, :, frames][:, :, None])
        tokens = visual_tokens(self.model, pixels)
        names, places = self.naming(tokens, self.model.get_input_embeddings().weight, truth, coverage(truth.boxes, self.grid))
        norm = self.learn(names + PLACES_WEIGHT * places)
        return {"names": names.item(), "places": places.item(), "norm": norm, "seconds": time.monotonic() - start}

    def one_step(self, batches: Batches) -> dict[str, float]:
        start = time.monotonic()
        phase, folder = batches.phase, batches.folder
        chosen = batches.next(self.rng)
        truth = Truth(folder.truth.colours[chosen], folder.truth.shapes[chosen], folder.truth.boxes[chosen])
        cover = coverage(truth.boxes, self.grid)
        tokens = visual_tokens(self.model, torch.from_numpy(folder.pixels[chosen]))
        names, places = self.naming(tokens, self.model.get_input_embeddings().weight, truth, cover)
        per_frame = self.grid * self.grid
        kept = dropped(self.rng, len(chosen), phase.frames, per_frame, float(self.rng.choice(phase.shares)))
        kept_mask = np.zeros((len(chosen), phase.frames * per_frame), bool)
        np.put_along_axis(kept_mask, kept, True, axis=1)
        kinds = batches.asked.kinds[chosen]
        counts = decided(
            kinds, batches.asked.objects[chosen], truth, cover, kept_mask.reshape(len(chosen), phase.frames, per_frame)
        )
        weights = torch.from_numpy(counts * np.array([*KIND_WEIGHTS.values(), 0.0], np.float32)[kinds])
        index = torch.from_numpy(kept)[..., None].expand(-1, -1, tokens.shape[-1])
        slots = self.texts.slots([[(q.question, q.options, q.answer) for q in folder.questions[v]] for v in chosen], end=True)
        losses = -log_likelihoods(self.model, self.texts.prefix, tokens.flatten(1, 2).gather(1, index), slots).sum(-1)
        weights = weights[:, : losses.shape[1]]
        answers = (losses * weights).sum() / weights.sum().clamp(min=1)
        norm = self.learn(answers + NAMES_WEIGHT * names + PLACES_WEIGHT * places)
        row = {"answers": answers.item(), "names": names.item(), "places": places.item(), "norm": norm}
        for k, kind in enumerate(KINDS):
            asked = torch.from_numpy(kinds[:, : losses.shape[1]] == k) & (weights > 0)
            row[kind] = losses[asked].mean().item() if asked.any() else 0.0
        return {**row, "seconds": time.monotonic() - start}

    def learn(self, loss: torch.Tensor) -> float:
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate()
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_([p for p in self.parameters if p.grad is not None], 1.0)
        self.optimizer.step()
        return norm.item()

    def validate(self, phase: Phase) -> None:
        folder = SceneFolder(
            self.data / phase.validation,
            phase.frames,
            checkpoint.IMAGE_SIZE,
            self.data / "cache" / f"{phase.validation}-{checkpoint.IMAGE_SIZE}.npy",
            truth=False,
        )
        self.model.eval()
        specs = ["none"] if phase.shares == ALL else ["none", "vidcom2:retention=0.25", "random:retention=0.25", "random:retention=0.1"]
        for spec, row in accuracy(self.model, self.texts, folder, specs).items():
            self.log(validation=spec, frames=phase.frames, **{key: round(value, 3) for key, value in row.items()})
        self.model.train()

    def save(self) -> None:
        checkpoint.save(self.model, self.tokenizer, self.output / "model")
        state = {
            "model": self.model.state_dict(),
            "naming": self.naming.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "rng": self.rng.bit_generator.state,
            "step": self.step,
            "seconds": self.seconds,
        }
        torch.save(state, self.output / "state.part")
        (self.output / "state.part").rename(self.output / "state.pt")

    def resume(self) -> None:
        state = torch.load(self.output / "state.pt", weights_only=False)
        self.model.load_state_dict(state["model"])
        self.naming.load_state_dict(state["naming"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.rng.bit_generator.state = state["rng"]
        self.step, self.seconds = state["step"], state["seconds"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--resume", action="store_true", help="go on from output/state.pt")
    parser.add_argument("--minutes", type=float, default=60, help="time of all steps together; decoding and validation come on top")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--validate-every", type=int, default=100, help="steps")
    parser.add_argument("--save-every", type=float, default=180, help="seconds")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    trainer = Trainer(arguments.data, arguments.output, PHASES, arguments.minutes)
    if arguments.resume:
        trainer.resume()
    trainer.train(arguments.validate_every, arguments.save_every)


if __name__ == "__main__":
    main()
