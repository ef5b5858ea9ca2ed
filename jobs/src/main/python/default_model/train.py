"""Trains TokenReel's default model on videos that `tokenreel scenes` rendered.

    tokenreel scenes --output data/train      --videos 10000 --split train
    tokenreel scenes --output data/validation --videos 200   --split validation
    tokenreel scenes --output data/test       --videos 300   --split test
    python train.py --data data --output out [--resume]

Two phases. `names`: the vision side alone learns, from single frames, to put the names of what a token shows, and its place, into the
token. `answers`: the language side alone learns from the tokens of the first phase, at first from those that show objects and few others,
then from ever more of the others, at last from all; and the more from a kind of question the worse it does it. What is learned beside the
answers is in supervision.py. Tokens are dropped at random, neutrally between the compression methods. Files are decoded once, into data/cache. out/log.jsonl has a line for every 20 steps
and for every validation; out/model is the last checkpoint, in the published layout. The seed and the numbers of steps decide the result,
but for the rounding of sums that threads share.
"""

import argparse
import json
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

import checkpoint
import wordpieces
from evaluate import FRAMES, accuracy
from packing import Texts, read, visual_tokens
from questions import KINDS, NO_OBJECT, every
from scenes import SceneFolder, Truth
from supervision import Naming, Past, coverage, decided, dropped, filled_up, shown
from wordpieces import COLOURS, SHAPES


@dataclass(frozen=True)
class Phase:
    """steps: how many; batch: videos of a step, in the phase of names single frames."""

    name: str
    steps: int
    batch: int


PHASES = (Phase("names", 1300, 128), Phase("answers", 1700, 32))
QUESTIONS = 6  # of those that a scene decides, at most, in one step
SHARES = (1.0, 1.0, 1.0, 0.75, 0.5, 0.35, 0.25, 0.15)  # of the tokens that may be kept
FIRST_SHARES = SHARES[:5]  # while there is less than the whole background
FIRST_BACKGROUND = 0.03  # share of the tokens without objects, at first
GROWTH_FROM, GROWTH_UNTIL = 0.45, 0.65  # the shares of the phase between which it grows, by a constant factor, to 1
MATRIX_RATE, OTHER_RATE = 2e-2, 2e-3  # Muon's for the layers' matrices, AdamW's for all else
WARM_UP, DECAY_SHARE, LAST_RATE = 50, 0.4, 0.02  # steps; of a phase; of its rate
PLACES_WEIGHT, PAST_WEIGHT = 0.3, 0.5
LEAST_WEIGHT = 0.1  # of a kind of question; else its own mean loss of the last LOG_STEPS
LOG_STEPS = 20
VALIDATION = ["none", "vidcom2:retention=0.25", "random:retention=0.25", "random:retention=0.1"]
VALIDATION_VIDEOS = 100
SEED = 20261121


def background(progress: float) -> float:
    """Share of the tokens without objects that may be kept at `progress`, 0 to 1, of the phase of answers."""
    grown = (progress - GROWTH_FROM) / (GROWTH_UNTIL - GROWTH_FROM)
    return FIRST_BACKGROUND ** (1 - min(1.0, max(0.0, grown)))


class Trainer:
    def __init__(self, data: Path, output: Path):
        torch.manual_seed(SEED)
        self.rng = np.random.default_rng(SEED)
        self.output = output
        output.mkdir(parents=True, exist_ok=True)
        self.folder = SceneFolder(data / "train", FRAMES, checkpoint.IMAGE_SIZE, data / "cache" / "train.npy")
        self.validation = SceneFolder(
            data / "validation", FRAMES, checkpoint.IMAGE_SIZE, data / "cache" / "validation.npy", most=VALIDATION_VIDEOS
        )
        self.truth = Truth.of(self.folder.objects, FRAMES)
        self.showing = np.argwhere((self.truth.boxes[..., 2] > 0).any(1))  # (n, 2): video, frame
        self._check_wording()
        self.tokenizer = wordpieces.build()
        self.texts = Texts(self.tokenizer)
        self.model = checkpoint.new_model(self.tokenizer)
        self.grid = -(-(checkpoint.IMAGE_SIZE // checkpoint.PATCH_SIZE) // 2)
        embedding = self.model.get_input_embeddings().weight
        colours, shapes = (self._forms(words) for words in (COLOURS, SHAPES))
        with torch.no_grad():  # a word means the same with and without a space before it
            for first, second in torch.cat([colours, shapes]).tolist():
                embedding[second] = embedding[first]
        self.naming = Naming(embedding.shape[1], self.grid, colours, shapes)
        self.past = Past(embedding.shape[1])
        matrices, others = self._parameters()
        self.parameters = matrices + others
        self.optimizers = [
            torch.optim.Muon(matrices, lr=MATRIX_RATE, weight_decay=0.01, momentum=0.95),
            torch.optim.AdamW(others, lr=OTHER_RATE, betas=(0.9, 0.98), weight_decay=0.0, foreach=True),
        ]
        self.step, self.seconds = 0, 0.0
        self.background, self.weights = FIRST_BACKGROUND, np.ones(len(KINDS), np.float32)

    def _check_wording(self) -> None:
        """Training asks as the benchmark does: its questions are among ours."""
        for questions, objects in zip(self.folder.questions[:100], self.folder.objects):
            ours = {(asked.kind, asked.question, asked.answer) for asked in every(objects, np.random.default_rng(0))}
            theirs = {(question.kind, question.question, question.answer) for question in questions}
            if not theirs <= ours:
                raise ValueError(f"questions.py does not ask {theirs - ours}")

    def _forms(self, words: list[str]) -> Tensor:
        return torch.tensor([[self.texts.ids(word)[0], self.texts.ids(" " + word)[0]] for word in words])

    def _parameters(self) -> tuple[list[Tensor], list[Tensor]]:
        matrices, others = [], [*self.naming.parameters(), *self.past.parameters()]
        for name, parameter in self.model.named_parameters():
            inner = parameter.ndim == 2 and ".layers." in name
            (matrices if inner else others).append(parameter)
        return matrices, others

    def train(self, validate_every: int, save_every: float) -> None:
        saved = time.monotonic()
        first = 0
        for phase in PHASES:
            one_step = {"names": self.names_step, "answers": self.answers_step}[phase.name]
            last = first + phase.steps
            if phase.name == "answers" and self.step < last:
                self._read_tokens()
            sums: list[dict[str, float]] = []
            while self.step < last:
                start = time.monotonic()
                left = (last - self.step) / phase.steps
                self._set_rate(min(1, (self.step - first + 1) / WARM_UP, max(LAST_RATE, left / DECAY_SHARE)))
                self.background = background(1 - left)
                sums.append(one_step(phase))
                self.step += 1
                took = time.monotonic() - start
                self.seconds += took
                sums[-1]["seconds"] = took
                if self.step % LOG_STEPS == 0:
                    means = {key: round(float(np.nanmean([row[key] for row in sums])), 4) for key in sums[0]}
                    if phase.name == "answers":
                        self.weights = np.array([max(LEAST_WEIGHT, means[kind]) for kind in KINDS], np.float32)
                        means["background"] = round(self.background, 3)
                    self.log(phase=phase.name, **means)
                    sums.clear()
                done = self.step == last
                if phase.name == "answers" and (self.step % validate_every == 0 or done):
                    self.validate(phase)
                if time.monotonic() - saved > save_every or done:
                    self.save()
                    saved = time.monotonic()
            first = last

    def _set_rate(self, share: float) -> None:
        for optimizer, rate in zip(self.optimizers, (MATRIX_RATE, OTHER_RATE)):
            for group in optimizer.param_groups:
                group["lr"] = rate * share

    def names_step(self, phase: Phase) -> dict[str, float]:
        rows = np.sort(self.rng.choice(len(self.showing), phase.batch, replace=False))
        videos, frames = self.showing[rows].T
        tokens = visual_tokens(self.model, torch.from_numpy(self.folder.pixels[videos, frames])[:, None])
        known = self.truth.at(videos)
        boxes = known.boxes[np.arange(len(videos)), :, frames][:, :, None]
        names, places = self._name(tokens, Truth(known.colours, known.shapes, known.ways, boxes))
        norm = self._learn(names + PLACES_WEIGHT * places)
        return {"names": names.item(), "places": places.item(), "norm": norm}

    def _name(self, tokens: Tensor, truth: Truth) -> tuple[Tensor, Tensor]:
        return self.naming(tokens, self.model.get_input_embeddings().weight, truth, coverage(truth.boxes, self.grid))

    def _read_tokens(self) -> None:
        """Every training video's tokens (videos, frames, tokens per frame, channels), float16, as the vision side makes them now."""
        file = self.output / "tokens.npy"
        if not file.exists():
            start = time.monotonic()
            unfinished = self.output / "tokens.part.npy"
            shape = (len(self.folder.names), FRAMES, self.grid**2, self.model.get_input_embeddings().weight.shape[1])
            tokens = np.lib.format.open_memmap(unfinished, "w+", np.float16, shape)
            with torch.inference_mode():
                for at in range(0, shape[0], 32):
                    tokens[at : at + 32] = visual_tokens(self.model, torch.from_numpy(self.folder.pixels[at : at + 32])).half().numpy()
            tokens.flush()
            unfinished.rename(file)
            self.seconds += time.monotonic() - start
        self.tokens = np.load(file, mmap_mode="r")

    def answers_step(self, phase: Phase) -> dict[str, float]:
        videos = np.sort(self.rng.choice(len(self.folder.names), phase.batch, replace=False))
        truth = self.truth.at(videos)
        cover = coverage(truth.boxes, self.grid)
        kept = shown(cover).any(1) | (self.rng.random((len(videos), FRAMES, self.grid**2)) < self.background)
        kept = filled_up(self.rng, kept & self._dropped(len(videos), SHARES if self.background == 1 else FIRST_SHARES))
        tokens = self.tokens[videos].reshape(len(videos), -1, self.tokens.shape[-1])[np.arange(len(videos))[:, None], kept]
        answers, past, row = self._answers(videos, truth, cover, torch.from_numpy(tokens.astype(np.float32)), kept)
        return {**row, "norm": self._learn(answers + PAST_WEIGHT * past)}

    def _dropped(self, videos: int, shares: tuple[float, ...]) -> np.ndarray:
        return dropped(self.rng, videos, FRAMES, self.grid**2, float(self.rng.choice(shares)))

    def _answers(
        self, videos: np.ndarray, truth: Truth, cover: np.ndarray, tokens: Tensor, kept: np.ndarray
    ) -> tuple[Tensor, Tensor, dict[str, float]]:
        """Losses of answers and of what tokens tell of the past. tokens: (videos, k, channels) of the kept ones."""
        asked = [self._drawn(every(self.folder.objects[video], self.rng)) for video in videos]
        most = max(map(len, asked))
        kinds = np.full((len(videos), most), -1)
        objects = np.full((len(videos), most), NO_OBJECT)
        for v, questions in enumerate(asked):
            kinds[v, : len(questions)] = [KINDS.index(question.kind) for question in questions]
            objects[v, : len(questions)] = [question.object for question in questions]
        mask = np.zeros((len(videos), FRAMES * self.grid**2), bool)
        np.put_along_axis(mask, kept, True, axis=1)
        known = decided(kinds, objects, truth, cover, mask.reshape(len(videos), FRAMES, -1))
        weights = torch.from_numpy(known * np.append(self.weights, np.float32(0))[kinds])
        slots = self.texts.slots([[(q.question, q.options, q.answer) for q in questions] for questions in asked], end=True)
        passed = read(self.model, self.texts.prefix, tokens, slots)
        losses = -passed.log_likelihoods.sum(-1)
        answers = (losses * weights).sum() / weights.sum().clamp(min=1)
        past = self.past(passed.states[Past.LAYERS], kept, truth, cover)
        row = {"tokens": kept.shape[1], "answers": answers.item(), "past": past.item()}
        for k, kind in enumerate(KINDS):
            row[kind] = losses[torch.from_numpy(kinds == k) & (weights > 0)].mean().item()
        return answers, past, row

    def _drawn(self, asked: list) -> list:
        return [asked[i] for i in sorted(self.rng.permutation(len(asked))[:QUESTIONS])]

    def _learn(self, loss: Tensor) -> float:
        for optimizer in self.optimizers:
            optimizer.zero_grad(set_to_none=True)
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_([p for p in self.parameters if p.grad is not None], 1.0)
        for optimizer in self.optimizers:
            optimizer.step()
        return norm.item()

    def validate(self, phase: Phase) -> None:
        self.model.eval()
        for spec, row in accuracy(self.model, self.texts, self.validation, VALIDATION).items():
            self.log(phase=phase.name, validation=spec, **{key: round(value, 3) for key, value in row.items()})
        self.model.train()

    def log(self, **row) -> None:
        line = json.dumps({"step": self.step, "minutes": round(self.seconds / 60, 2), **row})
        print(line, flush=True)
        with (self.output / "log.jsonl").open("a", encoding="utf-8") as file:
            file.write(line + "\n")

    def save(self) -> None:
        checkpoint.save(self.model, self.tokenizer, self.output / "model")
        state = {
            "model": self.model.state_dict(),
            "naming": self.naming.state_dict(),
            "past": self.past.state_dict(),
            "optimizers": [optimizer.state_dict() for optimizer in self.optimizers],
            "rng": self.rng.bit_generator.state,
            "step": self.step,
            "seconds": self.seconds,
            "weights": self.weights,
        }
        torch.save(state, self.output / "state.part")
        (self.output / "state.part").rename(self.output / "state.pt")

    def resume(self) -> None:
        state = torch.load(self.output / "state.pt", weights_only=False)
        self.model.load_state_dict(state["model"])
        self.naming.load_state_dict(state["naming"])
        self.past.load_state_dict(state["past"])
        for optimizer, kept in zip(self.optimizers, state["optimizers"]):
            optimizer.load_state_dict(kept)
        self.rng.bit_generator.state = state["rng"]
        self.step, self.seconds, self.weights = state["step"], state["seconds"], state["weights"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--resume", action="store_true", help="go on from output/state.pt")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--validate-every", type=int, default=400, help="steps")
    parser.add_argument("--save-every", type=float, default=180, help="seconds")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    trainer = Trainer(arguments.data, arguments.output)
    if arguments.resume:
        trainer.resume()
    else:
        (arguments.output / "tokens.npy").unlink(missing_ok=True)
    trainer.train(arguments.validate_every, arguments.save_every)


if __name__ == "__main__":
    main()
