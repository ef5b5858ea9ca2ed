"""The wheels as a stranger has them: installed in an empty environment, in a folder without this repository."""

import contextlib
import email
import importlib.metadata
import json
import os
import re
import subprocess
import sys
import zipfile

import launch
import nbformat
import once
import packaging.requirements
import packaging.utils
import pytest
import sparks
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

pytestmark = pytest.mark.slow

BUILD = re.search(r"<artifactId>tokenreel</artifactId>\s*<version>(.+?)</version>", (launch.ROOT / "pom.xml").read_text(encoding="utf-8"))[1]
VERSION = BUILD.replace("-SNAPSHOT", ".dev0")
SMALL, LARGE = f"tokenreel-{VERSION}-py3-none-any.whl", f"tokenreel_jobs-{VERSION}-py3-none-manylinux_2_34_x86_64.whl"
# What the extras bring, with what they require in turn; Spark Connect's client and a notebook's kernel for two checks. Spark is the newest.
BROUGHT = ["numpy", "pyarrow", "ml-dtypes", "py4j", "pandas", "grpcio", "grpcio-status", "googleapis-common-protos", "zstandard", "ipykernel"]
SPECS = ["none", "vidcom2:retention=0.25"]

FIRST_HOUR = """
import numpy as np, tokenreel
from tokenreel import functions as T
from tokenreel.cache import TokenCache
from tokenreel.ml import CompressionTransformer, VisionEncoder

cache = TokenCache.open("cache")
assert sorted(setting.compression for setting in cache.settings()) == ["none", "vidcom2:retention=0.25"]
video = cache.lookup(cache.ids()[0], compression="vidcom2:retention=0.25")
whole = cache.lookup(video.video_id, compression="none")
assert str(video.tokens.dtype) == "bfloat16" and 0.2 < len(video.tokens) / len(whole.tokens) < 0.3
assert np.array_equal(video.tokens, whole.tokens[np.searchsorted(whole.token_index[:-1], video.token_index[:-1])].tolist() + [whole.tokens[-1].tolist()])

spark = tokenreel.session(master="local[2]")
features = spark.read.parquet("cache/features")
places = features.where(features.video_id == video.video_id).select(T.select_tokens("block", "vidcom2:retention=0.25")).first()[0]
assert places == video.token_index[:-1].tolist()
kept = CompressionTransformer(inputCol="block", compression="vidcom2:retention=0.25").transform(features)
assert kept.where(kept.video_id == video.video_id).first().compressed["index"] == places
assert VisionEncoder(tokenDtype="f16").getOrDefault("tokenDtype") == "f16"
print(tokenreel.__version__)
"""

OVER_CONNECT = """
import tokenreel
from tokenreel import functions as T

spark = tokenreel.session({"spark.remote": "local[2]"})
assert "connect" in type(spark).__module__
clips = spark.createDataFrame([([0.5, 1.0, -1.0, 2.0, 0.25, 4.0, 1.5, -2.0],)], "embedding array<float>")
block = T.make_block("embedding", 2, 1, 2)
print(clips.select(T.select_tokens(block, "frames:keep=1/2")).first()[0], clips.select(T.token_values(block)).first()[0][0])
"""


def pinned(wheels):
    """What is installed, with the digest of each file."""
    files = [sparks.PINS / "connect.txt", sparks.PINS / f"pyspark-{sparks.NEWEST}.txt", launch.ROOT / "checks" / "requirements.txt"]
    entry = re.compile(r"^([\w.-]+)(?:.*\\\n)(?: +--hash=.*\n?)+", re.MULTILINE)
    found = {match[1]: match[0] for file in reversed(files) for match in entry.finditer(file.read_text(encoding="utf-8"))}
    taken = [found[name] for name in sorted(required(BROUGHT) | {"pyspark"})]
    own = [f"{name} @ {(wheels / file).as_uri()}#sha256={digest(wheels / file)}" for name, file in [("tokenreel[jobs,bf16]", SMALL), ("tokenreel-jobs", LARGE)]]
    return "\n".join([*taken, *own]) + "\n"


def required(names):
    """Packages with all that they require; what the environment of the checks lacks requires nothing."""
    found = set()
    waiting = list(names)
    while waiting:
        name = packaging.utils.canonicalize_name(waiting.pop())
        if name not in found:
            found.add(name)
            with contextlib.suppress(importlib.metadata.PackageNotFoundError):
                needs = map(packaging.requirements.Requirement, importlib.metadata.requires(name) or [])
                waiting += [need.name for need in needs if need.marker is None or need.marker.evaluate({"extra": ""})]
    return found


def digest(file):
    return subprocess.run(["sha256sum", file], capture_output=True, text=True, check=True).stdout.split()[0]


# A wrong value reaches the server when the stage runs.
STAGES_OVER_CONNECT = """
import tokenreel
from pyspark.errors import PySparkException
from tokenreel import functions as T
from tokenreel.ml import AnswerAccuracyEvaluator, CompressionTransformer

spark = tokenreel.session({"spark.remote": "local[2]"})
clips = spark.createDataFrame([([0.5, 1.0, -1.0, 2.0, 0.25, 4.0, 1.5, -2.0],)], "embedding array<float>")
blocks = clips.select(T.make_block("embedding", 2, 1, 2).alias("block"))
stage = CompressionTransformer(inputCol="block", compression="frames:keep=1/2")
print(stage.transform(blocks).select("compressed.index").first()[0])
stage.save("stage-over-connect")
loaded = CompressionTransformer.load("stage-over-connect")
assert loaded.extractParamMap() == stage.extractParamMap()
print(loaded.transform(blocks, {loaded.compression: "none"}).select("compressed.index").first()[0])
answers = spark.createDataFrame(
    [("red", "red", ["red", "blue"]), ("blue", "red", ["red", "blue"])], "response string, answer string, options array<string>"
)
print(AnswerAccuracyEvaluator(parser="words", labelForm="option").evaluate(answers))
try:
    CompressionTransformer(inputCol="block", compression="frame:keep=1/2").transform(blocks).collect()
    raise AssertionError("an unknown method was accepted")
except PySparkException as error:
    assert "frames" in str(error), error
"""


@pytest.fixture(scope="module")
def home(wheels):
    """An environment that has the wheels and what their extras bring, and nothing else."""
    return once.made("stranger", lambda folder: install(folder, wheels))


def environment(home):
    kept = {name: value for name, value in launch.ENVIRONMENT.items() if name in ("JAVA_HOME", "LANG", "LC_ALL", "SPARK_LOCAL_IP")}
    return {**kept, "HOME": str(home), "PATH": f"{home / 'bin'}:{os.environ['PATH']}", "JDK_JAVA_OPTIONS": launch.FIRST_COMPILER}


@pytest.fixture(scope="module")
def stranger(home):
    """Runs a program of that environment."""

    def run(*command, expect=0, **more):
        return launch.finished([home / "bin" / command[0], *command[1:]], {**environment(home), **more}, expect, home / "work")

    return run


def install(folder, wheels):
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    (folder / "work").mkdir()
    requirements = folder / "requirements.txt"
    requirements.write_text(pinned(wheels), encoding="utf-8")
    pip = [folder / "bin" / "python", "-m", "pip", "-q", "--disable-pip-version-check"]
    done = subprocess.run([*pip, "install", "--no-compile", "--require-hashes", "-r", requirements], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    subprocess.run([*pip, "check"], check=True)


def metadata(wheel):
    with zipfile.ZipFile(wheel) as archive:
        [name] = [each for each in archive.namelist() if each.endswith(".dist-info/METADATA")]
        return email.message_from_bytes(archive.read(name))


def test_wheels_have_the_version_of_the_build(wheels):
    assert sorted(file.name for file in wheels.iterdir()) == [SMALL, LARGE]
    assert {metadata(wheels / name)["Version"] for name in (SMALL, LARGE)} == {VERSION}


@pytest.mark.parametrize(("wheel", "jar"), [(SMALL, "tokenreel/jars/tokenreel-udf.jar"), (LARGE, "tokenreel_jobs/dist/tokenreel.jar")])
def test_the_jar_of_a_wheel_has_its_version(wheels, wheel, jar):
    with zipfile.ZipFile(wheels / wheel) as archive, archive.open(jar) as file, zipfile.ZipFile(file) as inner:
        manifest = inner.read("META-INF/MANIFEST.MF").decode()
    assert f"Implementation-Version: {BUILD}\r\n" in manifest


def test_the_small_wheel_is_small_and_has_the_package_alone(wheels):
    assert (wheels / SMALL).stat().st_size < 2_000_000
    with zipfile.ZipFile(wheels / SMALL) as archive:
        names = archive.namelist()
    source = launch.ROOT / "python" / "src"
    expected = {str(file.relative_to(source)) for file in source.rglob("*") if file.suffix == ".py" or file.name == "py.typed"}
    assert {name for name in names if ".dist-info/" not in name} == expected | {"tokenreel/jars/tokenreel-udf.jar"}


def test_extras_bring_what_they_say(wheels):
    required = metadata(wheels / SMALL).get_all("Requires-Dist")
    of = {extra: sorted(line.split(";")[0].strip() for line in required if f"extra == '{extra}'" in line) for extra in ["bf16", "jobs", "spark", "torch", "vllm"]}
    assert [line for line in required if ";" not in line] == ["numpy>=1.26", "pyarrow>=17"]
    [spark] = of["spark"]
    assert spark.startswith("pyspark")
    torch = ["torch>=2.4"]
    assert of == {"bf16": ["ml-dtypes>=0.4"], "jobs": [spark, f"tokenreel-jobs=={VERSION}"], "spark": [spark], "torch": torch, "vllm": torch}


def test_wheels_are_the_same_bytes_when_they_are_built_again(wheels, tmp_path):
    launch.build_wheels(tmp_path / "again")
    assert {file.name: digest(file) for file in wheels.iterdir()} == {file.name: digest(file) for file in (tmp_path / "again").iterdir()}


def test_command_says_its_version_and_its_help(stranger):
    assert BUILD in stranger("tokenreel", "--version").stdout
    assert "precompute" in stranger("tokenreel", "--help").stdout


def test_command_without_java_says_what_to_install(stranger, tmp_path):
    done = stranger("tokenreel", "--help", expect=1, JAVA_HOME="", PATH=str(tmp_path))
    assert done.stderr == (
        "tokenreel: no java found: JAVA_HOME is not set, and none is on the PATH;"
        " install a JDK 17 or 21, and set JAVA_HOME to its folder or put its java on the PATH\n"
    )


def test_first_hour_of_a_stranger(stranger):
    """Demo, precompute, a lookup, SQL functions, a stage."""
    assert "vidcom2" in stranger("tokenreel", "demo", "--videos", "2").stdout
    stranger("tokenreel", "precompute", "--input", "tokenreel-demo/videos", "--output", "cache", "--keep-features", "--compression", *SPECS)
    stranger("tokenreel", "verify", "--cache", "cache")
    assert stranger("python", "-c", FIRST_HOUR).stdout.splitlines()[-1] == VERSION


def test_notebook_of_a_stranger(home, tmp_path):
    """The notebook of the wheel, by a kernel of that environment."""
    kernel = tmp_path / "kernels" / "stranger"
    kernel.mkdir(parents=True)
    argv = [str(home / "bin" / "python"), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (kernel / "kernel.json").write_text(json.dumps({"argv": argv, "display_name": "stranger", "language": "python"}), encoding="utf-8")
    specs = KernelSpecManager(kernel_dirs=[str(kernel.parent)])
    notebook = nbformat.read(launch.ROOT / "notebooks" / "5-wheel.ipynb", as_version=4)
    manager = AsyncKernelManager(kernel_name="stranger", kernel_spec_manager=specs)
    resources = {"metadata": {"path": str(home / "work")}}
    NotebookClient(notebook, km=manager, timeout=launch.SECONDS, resources=resources).execute(env=environment(home))


def test_functions_over_spark_connect(stranger):
    assert stranger("python", "-c", OVER_CONNECT).stdout.splitlines()[-1] == "[0, 1] [0.5, 1.0]"


def test_stages_over_spark_connect(stranger):
    printed = stranger("python", "-c", STAGES_OVER_CONNECT).stdout.splitlines()
    assert printed[-3:] == ["[0, 1]", "[0, 1, 2, 3]", "0.5"]


def test_session_without_the_functions_says_so(stranger):
    program = (
        "from pyspark.sql import SparkSession; import tokenreel\n"
        "SparkSession.builder.master('local[1]').getOrCreate()\n"
        "try: tokenreel.session()\n"
        "except RuntimeError as error: print(error)"
    )
    said = stranger("python", "-c", program).stdout
    assert said.startswith("the running session has no function select_tokens: it was made without spark.sql.extensions=io.tokenreel.sql.Token")
