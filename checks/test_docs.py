"""The docs: the site builds, every link leads somewhere, and every command is run by a check or says why it is not."""

import os
import re
import subprocess
import sys

import pytest

import launch

PAGES = [launch.ROOT / "README.md", launch.ROOT / "CONTRIBUTING.md", *sorted((launch.ROOT / "docs").glob("*.md"))]
COMMAND = re.compile(r"^(?:[A-Z_]+=\S+ )*(?:bin/|\./mvnw|spark-|python|pip|\.venv/|hf |ffmpeg|gcloud|aws|kubectl|docker|podman)")
MARK = re.compile(r"<!-- (run|run by (\S+)|not run: (.+)) -->")
PATHS = {"/models/llava-onevision-qwen2-7b-ov-hf": launch.RESOURCES / "goldens" / "llava_onevision_tiny"}
WORDS = {"VIDEOS": "/data/videos", "CACHE": "/data/cache", "a/b.mp4": "hevc.mp4", "clips/a.mp4": "av1.mkv"}
QUESTIONS = '{"video_id":"hevc.mp4","question_id":"1","question":"What is it?","options":["red","blue"],"answer":"red"}\n'


def blocks(page):
    """The blocks of a page that begin with a command: the mark in the line above it, and its text."""
    lines = page.read_text(encoding="utf-8").splitlines() + [""]
    found, at = [], 0
    while at < len(lines):
        opening = re.match(r"```(\w*)$", lines[at])
        if opening:
            end = lines.index("```", at + 1)
            if opening[1] in ("", "sh") and COMMAND.match(lines[at + 1]):
                found.append((lines[at - 1], "\n".join(lines[at + 1 : end])))
            at = end + 1
        elif re.match(r"    \S", lines[at]) and not lines[at - 1].strip():
            end = next(i for i in range(at, len(lines)) if lines[i] and not lines[i].startswith("    ") or i == len(lines) - 1)
            if COMMAND.match(lines[at].strip()):
                found.append((lines[at - 2], "\n".join(line[4:] for line in lines[at:end]).strip()))
            at = end
        else:
            at += 1
    return found


def marked(page):
    for mark, text in blocks(page):
        parsed = MARK.fullmatch(mark)
        assert parsed, f"{page.name}: a line above '{text.splitlines()[0]}' must say <!-- run -->, <!-- run by FILE --> or <!-- not run: why -->"
        yield parsed, text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_is_run_or_says_why_not(page):
    for mark, text in marked(page):
        if mark[2]:
            assert (launch.ROOT / mark[2]).is_file(), f"{page.name} says that {mark[2]} runs '{text}'"


def test_readme_is_at_most_nine_kilobytes():
    assert len((launch.ROOT / "README.md").read_bytes()) <= 9000


@pytest.mark.parametrize("page", [page for page in PAGES if page.parent == launch.ROOT], ids=lambda page: page.name)
def test_links_of_pages_outside_the_site_lead_somewhere(page):
    for link in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8")):
        assert link.startswith("https://") or (page.parent / link).exists(), f"{page.name}: {link}"


def test_site_builds_and_its_links_lead_somewhere(tmp_path):
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", tmp_path / "site"]
    launch.finished(command, {**os.environ, "NO_MKDOCS_2_WARNING": "1"}, 0, launch.ROOT)
    assert (tmp_path / "site" / "sql" / "vidcom2.html").is_file()


@pytest.mark.slow
@pytest.mark.parametrize("page", ["precompute.md", "serving.md", "cache.md"])
def test_commands_of_a_page_run_as_they_stand(page, tmp_path):
    """In the page's order, but for the folders that they name."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "videos").symlink_to(launch.VIDEOS)
    (tmp_path / "bin").symlink_to(launch.ROOT / "bin")
    (tmp_path / "questions.jsonl").write_text(QUESTIONS, encoding="utf-8")
    (tmp_path / "ids.txt").write_text("hevc.mp4\n", encoding="utf-8")
    texts = [text for mark, text in marked(launch.ROOT / "docs" / page) if mark[1] == "run"]
    assert texts, page
    if page != "precompute.md":
        launch.precompute(launch.VIDEOS, tmp_path / "data" / "cache")
    for text in texts:
        run(text, tmp_path)


def run(text, folder):
    for word, path in WORDS.items():
        text = re.sub(rf"\b{word}\b", path, text)
    for path, real in PATHS.items():
        text = text.replace(path, str(real))
    text = text.replace("/data/", f"{folder}/data/")
    process = subprocess.run(["bash", "-euc", text], env=launch.ENVIRONMENT, cwd=folder, capture_output=True, text=True, timeout=launch.SECONDS, check=False)
    assert process.returncode == 0, f"{text}\nexit status {process.returncode}\n{process.stdout[-2000:]}\n{process.stderr[-4000:]}"
