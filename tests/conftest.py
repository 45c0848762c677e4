"""Fixtures shared by all tests."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flagger import Flagger

PROJECT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def project() -> Path:
    return PROJECT


@pytest.fixture(scope="session")
def flagger() -> Flagger:
    return Flagger.from_pretrained()


@pytest.fixture(scope="session")
def sample_posts() -> list[str]:
    lines = (PROJECT / "data" / "sample_posts.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["text"] for line in lines]
