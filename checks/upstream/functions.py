"""lmms-eval's own task functions, loaded from an unpacked package or a checkout without what else it needs.

Only `tasks` and `api/reasoning.py` are read. What they import beside numpy and PyYAML (a video decoder, a data set
library, an HTTP client) is a stub: none of it takes part in a prompt or a score.
"""

import importlib
import os
import pathlib
import shutil
import sys
import tempfile
import types
from unittest import mock

STUBS = ["PIL", "cv2", "datasets", "decord", "loguru", "openai", "pandas", "requests", "torch", "transformers", "tqdm"]

# What the tasks ask for in their default templates, which the wheel of 0.7.2 lacks.
TEMPLATE = """
dataset_kwargs:
  cache_dir: cache
metadata:
  load_package: False
  gpt_eval_model_name: judge
"""

TASKS = ["videomme", "mvbench", "mlvu", "longvideobench", "egoschema", "nextqa", "activitynetqa", "perceptiontest"]

# Upstream draws a letter at random where it finds none; this stands for any.
DRAWN = "~"

VIDEO_KWARGS = {"pre_prompt": "", "post_prompt": "\nAnswer with the option's letter from the given choices directly."}


def load(source):
    """A version's functions from the folder that holds its package `lmms_eval`."""
    home = pathlib.Path(tempfile.mkdtemp()) / "lmms_eval"
    for each in TASKS + ["_task_utils"]:
        shutil.copytree(pathlib.Path(source) / "lmms_eval/tasks" / each, home / "tasks" / each)
        for folder in [home / "tasks" / each, *(home / "tasks" / each).glob("*/")]:
            template = folder / "_default_template_yaml"
            if folder.is_dir() and not template.exists():
                template.write_text(TEMPLATE)
    for name in [name for name in sys.modules if name.split(".")[0] == "lmms_eval"]:
        del sys.modules[name]
    for name in STUBS:
        sys.modules[name] = mock.MagicMock()
    for name, path in [("lmms_eval", home), ("lmms_eval.tasks", home / "tasks"), ("lmms_eval.api", home / "api")]:
        sys.modules[name] = types.ModuleType(name)
        sys.modules[name].__path__ = [str(path)]
    sys.modules["lmms_eval.utils"] = sys.modules["lmms_eval"].utils = mock.MagicMock()
    reasoning = pathlib.Path(source) / "lmms_eval/api/reasoning.py"
    os.environ["HF_HOME"] = str(home)
    os.environ["API_TYPE"] = "openai"
    module = lambda name: importlib.import_module(f"lmms_eval.tasks.{name}.utils")
    modules = {name: module(name) for name in TASKS[:-1]} | {"perceptiontest": module("perceptiontest.val")}
    for each in modules.values():
        if hasattr(each, "random"):
            each.random = types.SimpleNamespace(choice=lambda choices: DRAWN)
    strip = None
    if reasoning.exists():
        scope = {}
        exec(compile(reasoning.read_text(), "reasoning.py", "exec"), scope)  # the evaluator's, on by default
        pairs = [["<think>", "</think>"], ["<analysis>", "</analysis>"]]
        strip = lambda text: scope["strip_reasoning_tags"](text, pairs)
    return Upstream(modules, strip)


class Upstream:
    """Prompts, predictions and scores of one version."""

    def __init__(self, modules, strip):
        self.modules = modules
        self.strip = strip

    def said(self, response):
        """What the evaluator hands to a task."""
        return response if self.strip is None else self.strip(response)

    def prompt(self, task, doc):
        of = self.modules
        match task:
            case "videomme":
                return of["videomme"].videomme_doc_to_text(doc, VIDEO_KWARGS)
            case "videomme_w_subtitle":
                return of["videomme"].videomme_doc_to_text_subtitle(doc, {"frame_num": 32})
            case "mvbench":
                return of["mvbench"].mvbench_doc_to_text(doc, {"post_prompt": "Only give the best option.\n"})
            case "mlvu_dev":
                kwargs = {"pre_prompt": "", "post_prompt": "\nOnly give the best option.\nBest option: ("}
                return of["mlvu"].mlvu_doc_to_text(doc, kwargs)
            case "mlvu_test":
                return of["mlvu"].mlvu_doc_to_text(doc)
            case "longvideobench_val_v":
                kwargs = {"pre_prompt": "", "post_prompt": VIDEO_KWARGS["post_prompt"].strip() + "\n"}
                return of["longvideobench"].longvideobench_doc_to_text(doc, kwargs)
            case "egoschema" | "egoschema_subset":
                return of["egoschema"].egoschema_doc_to_text(doc, VIDEO_KWARGS)
            case "nextqa_mc_test":
                return of["nextqa"].nextqa_doc_to_text_mc(doc)
            case "perceptiontest_val_mc":
                return of["perceptiontest"].perceptiontest_val_doc_to_text(doc, VIDEO_KWARGS)
            case "activitynetqa":
                kwargs = {"pre_prompt": "", "post_prompt": " Answer the question using a single word or phrase."}
                return of["activitynetqa"].activitynetqa_doc_to_text(doc, kwargs)

    def scored(self, task, doc, response):
        """The prediction as the task logs it (None where it does not), 1 for right, and whether the metric leaves it out."""
        of, said = self.modules, [self.said(response)]
        match task:
            case "videomme" | "videomme_w_subtitle":
                result = of["videomme"].videomme_process_results(doc, said)["videomme_perception_score"]
                return result["pred_answer"], int(result["pred_answer"] == result["answer"]), False
            case "mvbench":
                result = of["mvbench"].mvbench_process_results(doc, said)["mvbench_accuracy"]
                return None, result["score"], result["pred_answer"] == ""
            case "mlvu_dev" | "mlvu_test":
                result = of["mlvu"].mlvu_process_results(doc, said)["mlvu_percetion_score"]
                return result["pred_answer"], int(result["pred_answer"] == result["answer"]), False
            case "longvideobench_val_v":
                result = of["longvideobench"].longvideobench_process_results(doc, said)["lvb_acc"]
                right = of["longvideobench"].eval_multi_choice(result["answer"], result["parsed_pred"])
                return result["parsed_pred"], int(right), False
            case "egoschema" | "egoschema_subset":
                result = of["egoschema"].egoschema_process_results_generation(doc, said)["score"]
                return result["pred"], int(str(result["ground_truth"]) == str(result["pred"])), False
            case "nextqa_mc_test":
                module = of["nextqa"]
                index2ans, choices = module.get_multi_choice_info(doc)
                pred = module.parse_multi_choice_response(said[0], choices, index2ans)
                return pred, int(module.nextqa_mc_process_results(doc, said)["exact_match"]), False
            case "perceptiontest_val_mc":
                result = of["perceptiontest"].perceptiontest_val_process_results_mc(doc, said)["accuracy"]
                return result["pred_id"], result["correct"], False

    def value(self, task, docs, responses):
        """A metric over questions, of subsets the mean."""
        of, said = self.modules, [[self.said(response)] for response in responses]
        pairs = list(zip(docs, said))
        match task:
            case "videomme" | "videomme_w_subtitle":
                module = of["videomme"]
                each = [module.videomme_process_results(*pair)["videomme_perception_score"] for pair in pairs]
                return module.videomme_aggregate_results(each)
            case "mvbench":
                module = of["mvbench"]
                each = [module.mvbench_process_results(*pair)["mvbench_accuracy"] for pair in pairs]
                return module.mvbench_aggregate_results(each)
            case "mlvu_dev" | "mlvu_test":
                module = of["mlvu"]
                each = [module.mlvu_process_results(*pair)["mlvu_percetion_score"] for pair in pairs]
                return getattr(module, f"mlvu_aggregate_results_{task.split('_')[1]}")(each)
            case "longvideobench_val_v":
                module = of["longvideobench"]
                return module.longvideobench_aggregate_results(
                    [module.longvideobench_process_results(*pair)["lvb_acc"] for pair in pairs])
            case "egoschema_subset":
                module = of["egoschema"]
                return module.egoschema_aggregate_score(
                    [module.egoschema_process_results_generation(*pair)["score"] for pair in pairs], None)
            case "nextqa_mc_test":
                each = [of["nextqa"].nextqa_mc_process_results(*pair)["exact_match"] for pair in pairs]
                return sum(each) / len(each)
            case "perceptiontest_val_mc":
                module = of["perceptiontest"]
                return module.perceptiontest_val_aggregate_accuracy(
                    [module.perceptiontest_val_process_results_mc(*pair)["accuracy"] for pair in pairs], None)

    def asked(self, doc, response):
        """The two messages that ActivityNet-QA's judge is sent."""
        module, sent = self.modules["activitynetqa"], {}

        def chat(*args, **kwargs):
            sent.update(kwargs)  # 0.3.4 calls a client, 0.7.2 posts a body
            raise RuntimeError("asked enough")

        with mock.patch.object(module, "requests", mock.MagicMock()) as requests, mock.patch.object(module, "time", mock.MagicMock()):
            requests.exceptions.HTTPError = requests.exceptions.RequestException = requests.exceptions.JSONDecodeError = OSError
            requests.post = chat
            try:
                module.get_eval(doc["question"], doc["answer"], self.said(response), 64, retries=1)
            except UnboundLocalError:
                pass  # upstream's last line names an error that is gone by then
        return [message["content"] for message in sent["json"]["messages"]]

    def verdict(self, reply):
        """[word, score] of a judge's reply; None where upstream's reading raises."""
        read = self.modules["activitynetqa"].parse_score(reply)
        return None if read is None else [read[0], read[1]]

    def subtitles(self, text, fps, frames, sampled):
        """What the prompt of a video shows of a .srt file."""
        module = self.modules["videomme"]
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "subtitle" / "v.srt"
            path.parent.mkdir()
            path.write_bytes(text.encode())
            capture = mock.MagicMock()
            capture.get = lambda key: fps if key == "fps" else frames
            cv2 = mock.MagicMock(CAP_PROP_FPS="fps", CAP_PROP_FRAME_COUNT="frames", VideoCapture=lambda path: capture)
            doc = {"videoID": "v", "question": "", "options": []}
            with mock.patch.object(module, "cv2", cv2), mock.patch.object(module, "base_cache_dir", folder), mock.patch.object(module, "cache_name", ""):
                prompt = module.videomme_doc_to_text_subtitle(doc, {"frame_num": sampled})
        head = "This video's subtitles are listed below: \n"
        return prompt[len(head) : prompt.rindex("\nSelect the best answer")]
