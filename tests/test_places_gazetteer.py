"""The generated file: complete, consistent, refused when damaged."""

import gzip
import json

import pytest

from flagger.errors import ModelFolderError
from flagger.places import Gazetteer


@pytest.fixture(scope="module")
def gazetteer():
    return Gazetteer.load()


def test_holds_every_unit_of_both_systems(gazetteer):
    assert gazetteer.first_district == 63
    assert gazetteer.first_commune - gazetteer.first_district == 696
    assert gazetteer.first_province_now - gazetteer.first_commune == 10_035
    assert gazetteer.first_commune_now - gazetteer.first_province_now == 34
    assert len(gazetteer.names) - gazetteer.first_commune_now == 3_321
    assert len(gazetteer.names) == len(gazetteer.codes) == len(gazetteer.parents) == len(gazetteer.words)


def test_every_old_commune_has_a_successor_in_its_new_province(gazetteer):
    for unit in range(gazetteer.first_commune, gazetteer.first_province_now):
        successors = gazetteer.successors(unit)
        assert successors, gazetteer.full_name(unit)
        assert {gazetteer.province_now(now) for now in successors} == {gazetteer.province_now(unit)}


def test_every_new_commune_was_made_from_something(gazetteer):
    lonely = [
        gazetteer.full_name(unit)
        for unit in range(gazetteer.first_commune_now, len(gazetteer.names))
        if not gazetteer.predecessors(unit)
    ]
    assert lonely == []


@pytest.mark.parametrize("key", ["ha noi", "tp.hcm", "q.9", "phuong 12", "thua thien hue", "sa pa", "duong", "danang"])
def test_automaton_holds_keys_of_every_kind(gazetteer, key):
    assert (len(key) - 1, key) in list(gazetteer.automaton.iter(key))
    entry = gazetteer.entry(key)
    assert entry.units or entry.aliases or entry.numbered or entry.localities or entry.facility


def test_both_tone_placements_are_exact(gazetteer):
    assert {"thanh hóa", "thanh hoá"} <= gazetteer.entry("thanh hoa").spellings


@pytest.mark.parametrize(
    "content", [b"", b"no gzip", gzip.compress(b"{"), gzip.compress(json.dumps({"format": 99}).encode())]
)
def test_damaged_file_is_refused(tmp_path, content):
    path = tmp_path / "places.json.gz"
    path.write_bytes(content)
    with pytest.raises(ModelFolderError, match="regenerate"):
        Gazetteer.load(path)


def test_missing_file_is_refused(tmp_path):
    with pytest.raises(ModelFolderError, match="reinstall"):
        Gazetteer.load(tmp_path / "nothing.gz")
