"""The figures that users read are those of the last runs, and the important ones of the model that ships."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]


def test_readmes_and_card_say_what_the_results_say() -> None:
    run = subprocess.run(
        [sys.executable, "benchmarks/write_readme.py", "--check"], cwd=PROJECT, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr + "python benchmarks/write_readme.py has not been run since a result changed"


@pytest.mark.parametrize("name", ["functional", "neutrality", "heldout", "scoring"])
def test_results_are_of_the_shipped_model(name: str) -> None:
    shipped = hashlib.sha256((PROJECT / "models" / "default" / "flagger.json").read_bytes()).hexdigest()
    results = json.loads((PROJECT / "benchmarks" / "results" / f"{name}.json").read_text(encoding="utf-8"))
    assert shipped.startswith(results["model_sha256"])
    assert len(results["model_sha256"]) >= 16
