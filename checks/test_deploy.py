"""deploy/ as far as it goes without a container engine and a cluster: what the files name is there, and their settings are those of conf/."""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import yaml
from elftools.elf.elffile import ELFFile

import launch

DEPLOY = launch.ROOT / "deploy"
CONTAINERFILE = DEPLOY / "Containerfile"
IGNORE = launch.ROOT / ".dockerignore"
LAUNCHER = "spark.submit.deployMode"  # the operators set it themselves
IMAGE = "spark.kubernetes.container.image"
ACCOUNT = "spark.kubernetes.authenticate.driver.serviceAccountName"
WEAK = 2  # of a version that the loader does without


def apache(spec: dict) -> dict:
    """A job of Apache's operator in terms of spark-submit."""
    return {
        "class": spec["mainClass"],
        "jar": spec["jars"],
        "arguments": spec["driverArgs"],
        "version": spec["runtimeVersions"]["sparkVersion"],
        "conf": spec["sparkConf"],
        "retries": spec["applicationTolerations"]["restartConfig"]["restartPolicy"],
        "users": [spec[role]["podTemplateSpec"]["spec"]["securityContext"]["runAsUser"] for role in ["driverSpec", "executorSpec"]],
    }


def kubeflow(spec: dict) -> dict:
    """A job of Kubeflow's, whose webhook refuses image and account among the settings."""
    assert not {IMAGE, ACCOUNT} & spec["sparkConf"].keys()
    assert spec["driver"]["serviceAccount"]
    return {
        "class": spec["mainClass"],
        "jar": spec["mainApplicationFile"],
        "arguments": spec["arguments"],
        "version": spec["sparkVersion"],
        "conf": {**spec["sparkConf"], IMAGE: spec["image"], ACCOUNT: "spark"},
        "retries": spec["restartPolicy"]["type"],
        "users": [spec[role]["podSecurityContext"]["runAsUser"] for role in ["driver", "executor"]],
    }


OPERATORS = {
    "apache-operator.yaml": ("spark.apache.org/v1", apache),
    "kubeflow-operator.yaml": ("sparkoperator.k8s.io/v1beta2", kubeflow),
}


def with_gpus(text: str) -> str:
    """The file with its settings for GPUs: lines that begin with # and no space."""
    return re.sub(r"^( *)#(?=[^ #])", r"\1", text, flags=re.MULTILINE)


def job(file: str, text: str) -> dict:
    version, read = OPERATORS[file]
    found = yaml.load(text, Loader=Strict)
    assert (found["apiVersion"], found["kind"]) == (version, "SparkApplication")
    assert re.fullmatch("[a-z]([-a-z0-9]*[a-z0-9])?", found["metadata"]["name"]), "a DNS label"
    return read(found["spec"])


class Strict(yaml.SafeLoader):
    """Kubernetes refuses a key that is there twice; PyYAML takes the last one."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict:
        keys = [key.value for key, _ in node.value]
        assert len(keys) == len(set(keys)), sorted(key for key in keys if keys.count(key) > 1)
        return super().construct_mapping(node, deep)


def properties(name: str) -> dict[str, str]:
    lines = (launch.ROOT / "conf" / name).read_text(encoding="utf-8").splitlines()
    return dict(re.split(r"\s+", line.strip(), maxsplit=1) for line in lines if line and not line.startswith("#"))


@pytest.fixture(scope="module")
def options() -> set[str]:
    """Names of the options that precompute prints."""
    printed = launch.finished(launch.launcher("precompute", "--help"), launch.ENVIRONMENT, 0).stdout
    return set(re.findall(r"--[a-z][a-z-]*", printed))


@pytest.fixture(scope="module")
def copied() -> dict[str, str]:
    """What the Containerfile copies: the path in the image and the file of the build."""
    found = {}
    for line in re.findall(r"^COPY (.+)$", CONTAINERFILE.read_text(encoding="utf-8"), re.MULTILINE):
        *sources, target = line.split()
        for source in sources:
            found[target + Path(source).name if target.endswith("/") else target] = source
    return found


@pytest.mark.parametrize("file", OPERATORS)
def test_application_names_what_the_image_has(file, copied):
    found = job(file, (DEPLOY / file).read_text(encoding="utf-8"))
    with zipfile.ZipFile(launch.JAR) as jar:
        assert found["class"].replace(".", "/") + ".class" in jar.namelist()
        assert found["conf"]["spark.sql.extensions"].replace(".", "/") + ".class" in jar.namelist()
    assert launch.ROOT / copied[found["jar"].removeprefix("local://")] == launch.JAR
    for side in ["driver", "executor"]:
        log = re.search(r"-Dlog4j2\.configurationFile=(\S+)", found["conf"][f"spark.{side}.extraJavaOptions"])[1]
        assert (launch.ROOT / copied[log]).is_file()
    assert found["retries"] == "Never"
    text = CONTAINERFILE.read_text(encoding="utf-8")
    assert found["users"] == [int(re.search(r"^USER (\d+)$", text, re.MULTILINE)[1])] * 2
    assert f"ARG SPARK={found['version']}-scala2.13-java17-" in text


@pytest.mark.parametrize("file", OPERATORS)
@pytest.mark.parametrize("prepare", [str, with_gpus])
def test_arguments_are_options_of_the_command(file, prepare, options):
    command, *rest = job(file, prepare((DEPLOY / file).read_text(encoding="utf-8")))["arguments"]
    names, values = rest[::2], rest[1::2]
    assert command == "precompute" and len(names) == len(values)
    assert {"--input", "--output"} <= set(names) <= options
    assert not any(value.startswith("-") for value in values)


@pytest.mark.parametrize("file", OPERATORS)
def test_settings_are_those_of_conf(file):
    text = (DEPLOY / file).read_text(encoding="utf-8")
    cpu, gpu = properties("k8s-cpu.conf"), properties("k8s-gpu.conf")
    found = job(file, text)["conf"]
    assert found.pop("spark.executor.instances", "4") == "4"
    assert found == {key: value for key, value in cpu.items() if key != LAUNCHER}
    uncommented = job(file, with_gpus(text))["conf"]
    more = {key: value for key, value in uncommented.items() if key not in found and key != "spark.executor.instances"}
    assert more == {key: value for key, value in gpu.items() if key not in cpu}


@pytest.mark.parametrize("name", ["k8s-cpu.conf", "k8s-gpu.conf", "yarn-cpu.conf", "yarn-gpu.conf"])
def test_keys_of_cluster_managers_are_in_their_jars(name):
    families = ("spark.kubernetes.driverEnv.", "spark.kubernetes.executor.volumes.", "spark.kubernetes.node.selector.", "spark.yarn.appMasterEnv.")
    manager = {"k8s": "kubernetes", "yarn": "yarn"}[name.split("-")[0]]
    own = [key for key in properties(name) if key.startswith(f"spark.{manager}.")]
    assert own
    constants = b"".join(classes(manager))
    for key in own:
        # A family has its prefix as a constant; an account's key is made of a prefix and a name.
        known = next((family for family in families if key.startswith(family)), key)
        parts = [known] if known != ACCOUNT else ["spark.kubernetes.authenticate.driver", "serviceAccountName"]
        assert all(part.encode() in constants for part in parts), f"{name}: {key}"


def classes(manager: str) -> list[bytes]:
    """The classes of a cluster manager in PySpark's own jars, uncompressed: a key is a constant in one of them."""
    found = list((launch.SPARK_HOME / "jars").glob(f"spark-{manager}_*.jar"))
    assert len(found) == 1
    with zipfile.ZipFile(found[0]) as jar:
        return [jar.read(name) for name in jar.namelist() if name.endswith(".class")]


def test_what_the_image_copies_is_there_after_a_build_and_no_more_is_sent(copied):
    ordinary = {source for source in copied.values() if not source.startswith("deploy/torch/")}
    assert [source for source in sorted(ordinary) if not (launch.ROOT / source).is_file()] == []
    lines = [line for line in IGNORE.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    assert lines[0] == "*"
    assert {line.removeprefix("!") for line in lines[1:]} == ordinary | {"deploy/torch"}


@pytest.fixture(scope="module")
def natives(tmp_path_factory) -> list[Path]:
    """The shared libraries of the product jar."""
    folder = tmp_path_factory.mktemp("natives")
    with zipfile.ZipFile(launch.JAR) as jar:
        return [Path(jar.extract(name, folder)) for name in jar.namelist() if re.search(r"\blinux-x86[_-]64/.*\.so", name)]


def glibc_versions(library: Path) -> list[int]:
    """The N of each GLIBC_2.N that the loader must find; a weak one may be missing."""
    with open(library, "rb") as file:
        needed = ELFFile(file).get_section_by_name(".gnu.version_r")
        versions = [version for _, of_file in needed.iter_versions() for version in of_file] if needed else []
        found = [re.fullmatch(r"GLIBC_2\.(\d+)(\.\d+)?", version.name) for version in versions if not version["vna_flags"] & WEAK]
    return [int(version[1]) for version in found if version]


@pytest.mark.slow
def test_natives_need_the_glibc_that_the_docs_say(natives):
    needed = {library.name: max(glibc_versions(library), default=0) for library in natives}
    newest = max(needed.values())
    assert f"glibc 2.{newest} or newer" in (launch.ROOT / "docs" / "clusters.md").read_text(encoding="utf-8"), needed
    assert f"glibc 2.{newest} is the oldest" in CONTAINERFILE.read_text(encoding="utf-8")


@pytest.mark.slow
def test_ffmpeg_loads_where_the_newer_glibc_is_missing(natives):
    """No older glibc is at hand: the version that is weak gets a name that none has, and the loader must bind every symbol all the same."""
    (library,) = [library for library in natives if library.name.startswith("libavutil.so.")]
    content = library.read_bytes()
    for old, new in [(b"GLIBC_2.35\0", b"GLIBC_9.35\0"), (elf_hash(b"GLIBC_2.35"), elf_hash(b"GLIBC_9.35"))]:
        assert content.count(old) == 1
        content = content.replace(old, new)
    missing = library.with_name("libavutil-of-a-newer-glibc.so")
    missing.write_bytes(content)
    code = f"import ctypes; ctypes.CDLL('{missing}').avutil_version()"
    launch.finished([sys.executable, "-c", code], {**os.environ, "LD_BIND_NOW": "1", "LD_LIBRARY_PATH": str(library.parent)}, 0)


def elf_hash(name: bytes) -> bytes:
    """The hash of a version's name in a table of needed versions."""
    value = 0
    for byte in name:
        value = (value << 4) + byte
        value = (value ^ (value & 0xF0000000) >> 24) & 0x0FFFFFFF
    return value.to_bytes(4, "little")


def test_the_linter_finds_nothing_in_the_containerfile():
    hadolint = shutil.which("hadolint", path=str(Path(sys.executable).parent)) or shutil.which("hadolint")
    assert hadolint, "it comes with checks/requirements.txt; bin/check installs it"
    done = subprocess.run([hadolint, "--no-color", CONTAINERFILE], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr
