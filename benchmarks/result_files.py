"""Files of results: figures with the model that they were measured on, so that figures of an earlier one are told."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parents[1]
RESULTS = PROJECT / "benchmarks" / "results"
MODEL = "model_sha256"


def shipped_model() -> str:
    """Give what tells the shipped model from earlier ones: the beginning of its configuration's SHA-256."""
    return hashlib.sha256((PROJECT / "models" / "default" / "flagger.json").read_bytes()).hexdigest()[:16]


def write_results(name: str, figures: dict[str, Any], *, of_model: bool = True) -> None:
    """Write figures.

    :param name: name of the script that measured them.
    :param figures: JSON-ready figures.
    :param of_model: whether they are of the shipped model, whose digest is written too.
    """
    known = {MODEL: shipped_model()} if of_model else {}
    content = json.dumps({**known, **figures}, indent=2, ensure_ascii=False)
    (RESULTS / f"{name}.json").write_text(content + "\n", encoding="utf-8")


def read_results(name: str) -> dict[str, Any]:
    """Read figures.

    :param name: name of the script that wrote them.
    :return: what it wrote.
    """
    figures: dict[str, Any] = json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
    return figures


def is_stale(figures: dict[str, Any]) -> bool:
    """Say whether figures are of an earlier model than the shipped one."""
    return figures.get(MODEL, "") != shipped_model()
