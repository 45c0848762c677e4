"""The notebooks run from top to bottom; their outputs are not kept in the repository."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

nbformat = pytest.importorskip("nbformat", reason="the extra 'notebooks' is not installed")
nbclient = pytest.importorskip("nbclient", reason="the extra 'notebooks' is not installed")

PROJECT = Path(__file__).parents[1]
NOTEBOOKS = sorted((PROJECT / "notebooks").glob("*.ipynb"))
SLOW = {"03_fine_tune.ipynb", "04_evaluate.ipynb"}
LIMIT_SECONDS = 600


def parameters():
    return [
        pytest.param(path, id=path.stem, marks=[pytest.mark.slow] if path.name in SLOW else []) for path in NOTEBOOKS
    ]


@pytest.mark.parametrize("path", parameters())
def test_notebook_runs(path, monkeypatch):
    if path.name.startswith("04"):
        for package in ("matplotlib", "sklearn"):
            pytest.importorskip(package, reason="the extras 'train' and 'notebooks' are not installed")
    # The kernel must import the flagger under test.
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(PROJECT / "src"), os.environ.get("PYTHONPATH", "")]))
    notebook = nbformat.read(path, as_version=4)
    client = nbclient.NotebookClient(
        notebook, timeout=LIMIT_SECONDS, resources={"metadata": {"path": str(path.parent)}}
    )
    client.execute()
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert outputs
    assert not [output for output in outputs if output.output_type == "error"]
    printed = "".join(output.get("text", "") for output in outputs)
    # Commands run by the shell fail without stopping a notebook.
    assert not re.search(r"^(flagger: |Traceback|Usage: )", printed, re.MULTILINE), printed


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_is_kept_without_outputs(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert code
    assert [cell for cell in code if cell.outputs or cell.execution_count] == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_links_lead_somewhere(path):
    notebook = nbformat.read(path, as_version=4)
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    missing = [target for target in re.findall(r"\]\(([^)#:]+)\)", text) if not (path.parent / target).exists()]
    assert missing == []
