"""What a build is made of: the SBOM, the recorded digests, the list of licences and of known holes agree with each other."""

import json
import re

import pytest

import launch

pytestmark = pytest.mark.slow

DIST = launch.ROOT / "jobs" / "target" / "dist"


@pytest.fixture(scope="module")
def components():
    sbom = json.loads((DIST / "tokenreel.cdx.json").read_text(encoding="utf-8"))
    assert (sbom["bomFormat"], sbom["metadata"]["component"]["name"]) == ("CycloneDX", "tokenreel-jobs")
    return [part for part in sbom["components"] if part.get("group") != "io.tokenreel"]


def test_every_library_has_the_digest_that_was_recorded(components):
    recorded = {}
    for line in (launch.ROOT / ".mvn" / "checksums" / "checksums.sha256").read_text(encoding="utf-8").splitlines():
        digest, path = line.split()
        recorded.setdefault(path.rsplit("/", 1)[0], set()).add(digest)
    assert len(components) > 200
    for part in components:
        place = f"{part['group'].replace('.', '/')}/{part['name']}/{part['version']}"
        digest = next(each["content"] for each in part["hashes"] if each["alg"] == "SHA-256")
        assert digest in recorded.get(place, set()), f"{place} is not what .mvn/checksums says; see bin/record-checksums"


def test_every_library_in_the_jar_is_listed_with_a_licence(components):
    listed = (DIST / "THIRD-PARTY.txt").read_text(encoding="utf-8")
    assert "Unknown license" not in listed
    for name in ["info.picocli:picocli:", "org.bytedeco:ffmpeg:", "ai.djl.pytorch:pytorch-native-cpu:", "com.hubspot.jinjava:jinjava:"]:
        assert name in listed
    assert "org.apache.spark" not in listed, "Spark is not in the jar"


def test_known_holes_are_those_of_versions_that_are_shipped(components):
    shipped = {(part["name"], part["version"]) for part in components}
    named = re.findall(r"^\| `([^`]+)` (\S+) \|", (launch.ROOT / "SECURITY.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(named) >= 5
    assert [each for each in named if each not in shipped] == []


@pytest.mark.parametrize("file", ["notebooks/requirements.txt", "checks/requirements.in"])
def test_python_packages_have_a_version_and_its_digests(file):
    pins = [line for line in (launch.ROOT / file).read_text(encoding="utf-8").splitlines() if not line.startswith(("#", "-r "))]
    loose = [pin for pin in pins if not re.fullmatch(r"[\w-]+(\[\w+\])?==[\w.]+", pin)]
    assert pins and not loose, f"{file} must pin exact versions, as in numpy==2.4.6"
    recorded = (launch.ROOT / "checks" / "requirements.txt").read_text(encoding="utf-8")
    for pin in pins:
        package = re.sub(r"\[\w+\]", "", pin)  # its extras are packages of their own there
        entry = rf"^{re.escape(package)}( ;.*)? \\\n    --hash=sha256:[0-9a-f]{{64}}\b"
        assert re.search(entry, recorded, re.MULTILINE), f"{pin} is not in checks/requirements.txt; see bin/record-checksums"
