"""The forms of place mentions that the table of precision and recall by form counts."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from flagger.places.gazetteer import default_gazetteer


@pytest.fixture(scope="module")
def place_forms() -> ModuleType:
    path = Path(__file__).parents[1] / "benchmarks" / "place_forms.py"
    specification = importlib.util.spec_from_file_location("place_forms", path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("mention", "expected"),
    [
        ("huyện Tây Hòa", {"FULL", "OLD"}),
        ("Q.9", {"ABBREVIATED", "OLD"}),
        ("HCM", {"ABBREVIATED", "BOTH"}),
        ("Phú Yên", {"BARE", "OLD"}),
        ("phu yen", {"BARE", "OLD", "PLAIN"}),
        ("Gia Lai", {"BARE", "BOTH"}),
        ("đặc khu Lý Sơn", {"FULL", "NEW"}),
        ("chợ Cây Quéo", {"OTHER"}),
    ],
)
def test_forms(place_forms: ModuleType, mention: str, expected: set[str]) -> None:
    assert place_forms.forms(mention, default_gazetteer()) == {getattr(place_forms, name) for name in expected}


def test_a_chain_has_only_a_separator_between(place_forms: ModuleType) -> None:
    text = "xã Trà Leng, huyện Nam Trà My và Huế"
    spans = [(0, 11), (13, 29), (33, 36)]
    assert [place_forms.in_chain(text, span, spans) for span in spans] == [True, True, False]
