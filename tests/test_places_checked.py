"""The province of places in real posts, against mentions that were checked by hand."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from flagger.places import PlaceFinder

FLOOR = 0.95


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    pytest.importorskip("scipy")
    path = Path(__file__).parents[1] / "benchmarks" / "checked_places.py"
    # Scripts find each other beside them, as when they are run.
    sys.path.insert(0, str(path.parent))
    specification = importlib.util.spec_from_file_location("checked_places", path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    try:
        specification.loader.exec_module(module)
    finally:
        sys.path.remove(str(path.parent))
    return module


def test_the_province_is_right_in_checked_mentions(benchmark: ModuleType) -> None:
    if not all((benchmark.SHARED / name).is_file() for name in benchmark.SOURCES):
        pytest.skip("the public posts are not here")
    checked = benchmark.read_checked()
    texts = benchmark.find_texts(checked, benchmark.SHARED)
    figures = benchmark.measure(checked, texts, PlaceFinder.default())
    assert figures["texts_missing"] == 0
    assert figures["share"] >= FLOOR
    assert figures["real_places_resolved"] >= FLOOR * figures["real_places"]


def test_a_wrong_province_and_a_word_that_is_no_place_count_as_wrong(benchmark: ModuleType) -> None:
    text = "Ngập ở Hà Nội, sáng nay."
    row = {
        "key": "k",
        "source": "social",
        "start": "7",
        "end": "13",
        "province_before": "Hà Nội",
        "province_now": "Hà Nội",
    }
    finder = PlaceFinder.default()

    def right(**changed: str) -> int:
        counts = benchmark.measure([{**row, "verdict": "right", **changed}], {"k": text}, finder)
        assert counts["resolved"] == 1
        return int(counts["right"])

    assert right() == 1
    assert right(province_now="Huế") == 0
    assert right(verdict="no_place", province_before="", province_now="") == 0
