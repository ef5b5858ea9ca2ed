"""One benchmark under one to six settings, beside lmms-eval's own loop over the same checkpoint.

    bin/bench-peers sweep [--videos N] [--settings N...] [--rounds N] [--results docs/results.md]

TokenReel's own benchmark, five questions about each rendered video, is asked of the built-in model, whose folder both sides read. A setting
is a share of the visual tokens that VidCom2 keeps. The loop is lmms-eval's command, once for each setting, with its model llava_hf; VidCom2
stands between the tower and the language model as a patch of 20 lines. Both sides compute in float32 with as many threads as there are
cores. Times count only where every answer to every question is the same on both sides.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import harness

FOLDER = pathlib.Path(__file__).parent
OURS, LOOP = "TokenReel", "lmms-eval's loop"
MODEL = harness.ROOT / "jobs" / "src" / "main" / "resources" / "io" / "tokenreel" / "model" / "default_model"
FRAMES = 16
RETENTIONS = ("1", "0.5", "0.35", "0.25", "0.15", "0.1")
LIMIT_SECONDS = 3600
PACKAGES = ("lmms_eval", "transformers", "torch", "decord")
HEADING = "## A sweep beside lmms-eval's loop"
# llava_hf renders the tokenizer's template with a text, where the checkpoint's own takes a list of parts; the prompts are the same.
TEMPLATE = (
    "{% for message in messages %}{{'<|im_start|>' + message['role'] + ' ' + message['content'] + '<|im_end|>'}}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)


class Benchmark:
    """Both sides, and what they read."""

    def __init__(self, site: pathlib.Path, scratch: pathlib.Path, videos: int) -> None:
        self._site = site
        self._scratch = scratch
        self._scenes = scratch / f"scenes-{videos}"
        self._checkpoint = scratch / "checkpoint"
        self._tasks = scratch / f"tasks-{videos}"
        self._outputs = {OURS: scratch / "sweep", LOOP: scratch / "loop"}
        if not self._scenes.exists():
            harness.say(f"rendering {videos} videos")
            command = [harness.ROOT / "bin" / "tokenreel", "scenes", "--output", self._scenes, "--videos", str(videos), "--split", "test", "--quiet"]
            subprocess.run(command, check=True)
        if not self._checkpoint.exists():
            shutil.copytree(MODEL, self._checkpoint)
            self._add_settings()
        self._tasks.mkdir(exist_ok=True)
        shutil.copy(FOLDER / "loop" / "scenes_task.py", self._tasks)
        task = (FOLDER / "loop" / "scenes_eval.yaml").read_text(encoding="utf-8").replace("QUESTIONS", str(self._scenes / "questions.jsonl"))
        (self._tasks / "scenes.yaml").write_text(task, encoding="utf-8")
        settings = {"SCENES": self._scenes, "LMMS_EVAL_PLUGINS": "loop", "HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "HF_HOME": scratch / "hub"}
        path = os.pathsep.join(map(str, (site, FOLDER, FOLDER.parent)))
        threads = {"OMP_NUM_THREADS": str(len(os.sched_getaffinity(0)))}
        self._environment = harness.environment(site, **settings) | threads | {"PYTHONPATH": path}

    def _add_settings(self) -> None:
        """What Transformers' processor wants beside what TokenReel reads."""
        vision = json.loads((self._checkpoint / "config.json").read_text(encoding="utf-8"))["vision_config"]
        processor = {"processor_class": "LlavaOnevisionProcessor", "image_token": "<image>", "video_token": "<video>"}
        processor |= {"num_image_tokens": (vision["image_size"] // vision["patch_size"]) ** 2, "vision_feature_select_strategy": "full"}
        (self._checkpoint / "processor_config.json").write_text(json.dumps(processor), encoding="utf-8")
        tokenizer = self._checkpoint / "tokenizer_config.json"
        tokenizer.write_text(json.dumps(json.loads(tokenizer.read_text(encoding="utf-8")) | {"chat_template": TEMPLATE}), encoding="utf-8")

    def sides(self, settings: int) -> dict[str, harness.Side]:
        """Both sides of the first so many settings."""
        retentions = RETENTIONS[:settings]
        compressions = ["none" if each == "1" else f"vidcom2:retention={each}" for each in retentions]
        sweep = [harness.ROOT / "bin" / "tokenreel", "sweep", "--output", self._outputs[OURS], "--task", f"{FOLDER / 'scenes.yaml'}:root={self._scenes}"]
        sweep += ["--model", self._checkpoint, "--sampling", f"uniform:frames={FRAMES}", "--token-dtype", "f32", "--compression", *compressions]
        loop = [sys.executable, FOLDER / "each_setting.py", self._outputs[LOOP], self._tasks, self._checkpoint, FRAMES, *retentions]
        return {
            OURS: harness.Side(lambda: self._run(OURS, sweep, None), lambda: None),
            LOOP: harness.Side(lambda: self._run(LOOP, loop, self._environment), self._difference),
        }

    def _run(self, name: str, command: list[object], environment: dict[str, str] | None) -> harness.Measured:
        shutil.rmtree(self._outputs[name], ignore_errors=True)
        return harness.measured(command, LIMIT_SECONDS, environment, self._scratch / f"{self._outputs[name].name}.log")

    def _difference(self) -> str | None:
        """What is not the same in the answers of both sides."""
        command = [sys.executable, FOLDER / "answers.py", self._outputs[OURS], self._outputs[LOOP], self._scenes / "questions.jsonl"]
        said = json.loads(subprocess.run(command, env=self._environment, check=True, capture_output=True, text=True).stdout)
        unlike = said["unlike"]
        harness.say(f"{said['answers']} answers, {said['right']} of them right, {len(unlike)} not the same on both sides{''.join(f'; {each}' for each in unlike[:3])}")
        return f"{len(unlike)} of {said['answers']} answers are not the same, as {unlike[0]}" if unlike else None


def rows(settings: int, results: dict[str, harness.Result]) -> list[list[str]]:
    """Lines of the table."""
    ours, lines = results[OURS].median("wall_seconds"), []
    for name, result in results.items():
        wall, cpu, peak = (result.median(each) for each in ("wall_seconds", "cpu_seconds", "peak_bytes"))
        counts = [f"{wall:.1f}", "" if name == OURS else f"{wall / ours:.2f}", f"{cpu:.1f}", f"{peak / 2**30:.1f}"]
        lines.append([settings, name, *(counts if result.difference is None else [f"does not count: {result.difference}", "", "", ""])])
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--videos", type=int, default=20)
    parser.add_argument("--settings", type=int, nargs="+", choices=range(1, len(RETENTIONS) + 1), default=[1, len(RETENTIONS)])
    parser.add_argument("--rounds", type=int, default=harness.ROUNDS)
    parser.add_argument("--scratch", type=pathlib.Path, help="a folder that keeps videos and outputs (default: a temporary one)")
    parser.add_argument("--results", type=pathlib.Path, help=f"a page whose section '{HEADING}' is replaced; else the section is printed")
    asked = parser.parse_args()
    site = harness.installed("sweep")
    lines = []
    with tempfile.TemporaryDirectory() as temporary:
        scratch = (asked.scratch or pathlib.Path(temporary)).absolute()
        scratch.mkdir(parents=True, exist_ok=True)
        benchmark = Benchmark(site, scratch, asked.videos)
        for settings in asked.settings:
            lines += rows(settings, harness.in_turn(benchmark.sides(settings), asked.rounds))
    command = f"bin/bench-peers sweep --videos {asked.videos} --settings {' '.join(map(str, asked.settings))} --rounds {asked.rounds}"
    columns = ["settings", "side", "wall s", "its time / TokenReel's", "processor s", "peak GiB"]
    text = f"{harness.machine()}; {harness.versions(site, PACKAGES)}.\n\n`{command}`: medians of {asked.rounds} rounds.\n\n{harness.table(columns, lines)}"
    harness.publish(text, HEADING, asked.results)


if __name__ == "__main__":
    main()
