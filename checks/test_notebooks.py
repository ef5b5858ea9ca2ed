"""The notebooks as a reader runs them: from top to bottom, by a kernel of this environment, against the built jars."""

import os
import re

import launch
import nbformat
import pytest
from nbclient import NotebookClient

FOLDER = launch.ROOT / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))

every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def code_cells(path):
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """The built tree as if no notebook had been run; what they write stays out of the working tree."""
    root = tmp_path_factory.mktemp("checkout")
    for name in ["bin", "conf", "jobs", "python", "udf"]:
        (root / name).symlink_to(launch.ROOT / name)
    (root / "notebooks").mkdir()
    return root


def test_the_notebooks_are_there():
    assert [path.stem for path in NOTEBOOKS] == ["1-first-cache", "2-sql-functions", "3-sweep", "4-serving", "5-wheel"]


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS[:-1], ids=lambda path: path.stem)
def test_notebook_runs_as_it_stands(path, checkout, monkeypatch):
    """Every claim that a notebook makes is an assertion in a cell; what it leaves is in one folder, which git ignores.

    The wheel's own is run by test_python_wheels.py, in an environment that has the wheel.
    """
    launch.lend_environment(monkeypatch)
    before = set(os.listdir(checkout))
    NotebookClient(
        nbformat.read(path, as_version=4),
        timeout=launch.SECONDS,
        kernel_name="python3",
        resources={"metadata": {"path": str(checkout / "notebooks")}},
    ).execute()
    assert set(os.listdir(checkout)) == before
    assert os.listdir(checkout / "notebooks") == ["output"]


@every_notebook
def test_notebook_is_stored_without_outputs(path):
    run = [cell.id for cell in code_cells(path) if cell.outputs or cell.execution_count is not None]
    assert not run, f"clear all outputs of {path.name} before committing it; these cells have some: {run}"


@every_notebook
def test_notebook_names_no_place_of_one_machine(path):
    assert not re.findall(r"(?:/home|/root|/Users|/tmp|[A-Z]:\\\\)[/\w]*", path.read_text(encoding="utf-8"))


def test_notebooks_output_is_ignored_by_git():
    assert "/notebooks/output/" in (launch.ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
