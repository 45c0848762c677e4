"""Model folders: damaged, incomplete, foreign or executable content is refused with a clear message."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from flagger import Flagger
from flagger.errors import ModelFolderError
from flagger.model_folder import (
    CARD_FILE,
    CONFIG_FILE,
    LINEAR_FILE,
    PICTURE_FILE,
    RECORD_FILE,
    read_model_folder,
    write_model_folder,
)
from flagger.scorer import default_model_folder


@pytest.fixture
def folder(flagger: Flagger, tmp_path: Path) -> Path:
    flagger.save_pretrained(tmp_path / "model")
    return tmp_path / "model"


def edit(folder: Path, **changes: object) -> None:
    path = folder / CONFIG_FILE
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **changes}), encoding="utf-8")


def test_the_folder_holds_json_safetensors_and_a_card(folder: Path) -> None:
    assert {path.suffix for path in folder.iterdir() if path.is_file()} == {".json", ".safetensors", ".md", ".png"}
    read_model_folder(folder)


def test_the_picture_of_the_card_goes_with_it(folder: Path) -> None:
    card = (folder / CARD_FILE).read_text(encoding="utf-8")
    assert f"({PICTURE_FILE})" in card
    assert (folder / PICTURE_FILE).read_bytes() == (default_model_folder() / PICTURE_FILE).read_bytes()


def test_an_older_model_leaves_nothing_behind(flagger: Flagger, folder: Path) -> None:
    cascade = flagger.model.cascade
    assert cascade is not None
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    plain = replace(flagger.model, encoder=None, record=None, cascade=None, fusion=cascade.fusion, picture=b"")
    write_model_folder(folder, plain, version="0")
    assert {path.name for path in folder.iterdir()} == {CONFIG_FILE, LINEAR_FILE, CARD_FILE, "notes.txt"}


def test_what_is_no_model_is_left_alone(flagger: Flagger, tmp_path: Path) -> None:
    kept = [tmp_path / "encoder" / "encoder.onnx", tmp_path / "encoder" / "a.txt", tmp_path / RECORD_FILE]
    kept[0].parent.mkdir()
    for path in kept:
        path.write_text("mine", encoding="utf-8")
    cascade = flagger.model.cascade
    assert cascade is not None
    plain = replace(flagger.model, encoder=None, record=None, cascade=None, fusion=cascade.fusion, picture=b"")
    write_model_folder(tmp_path, plain, version="0")
    assert all(path.read_text(encoding="utf-8") == "mine" for path in kept)


def test_a_model_is_written_over_itself(flagger: Flagger, folder: Path) -> None:
    model = read_model_folder(folder)
    before = sorted(folder.rglob("*"))
    write_model_folder(folder, replace(model, metrics={}), version="0")
    assert sorted(folder.rglob("*")) == before
    assert read_model_folder(folder).metrics == {}


@pytest.mark.parametrize(
    ("part", "change", "message"),
    [
        ("thresholds", {"unverified": {"review": 0.9, "flag": 0.1}}, "'review' is 0.9, above 'flag', which is 0.1"),
        ("thresholds", {"unverified": {"review": 0.1, "flag": 7}}, "'flag' is 7; expected a number from 0 to 1"),
        ("thresholds", {"unverified": {"review": 0.1, "flag": "0.5"}}, "'flag' is '0.5'"),
        ("thresholds", {"sensitive": {"review": 0.1, "flag": None}}, "'flag' is None"),
        ("thresholds", {"sensitive": {"review": True, "flag": 1.0}}, "'review' is True"),
        ("topic_thresholds", {"health": -1}, "threshold of health is -1"),
        ("local", {"coefficients": {"place.moon": 1.0}}, "the score local reads place.moon"),
        ("rumour", {"coefficients": {"cue.moon": 1.0}}, "the score rumour reads cue.moon"),
        ("unverified", {"coefficients": {"cue.hearsay": "nan"}}, "no finite number"),
    ],
)
def test_what_no_fusion_can_be(folder: Path, part: str, change: dict[str, object], message: str) -> None:
    fusion = json.loads((folder / CONFIG_FILE).read_text(encoding="utf-8"))["fusion"]
    edit(folder, fusion={**fusion, part: {**fusion[part], **change}})
    with pytest.raises(ModelFolderError, match=message):
        read_model_folder(folder)


@pytest.mark.parametrize("name", [CONFIG_FILE, LINEAR_FILE])
def test_a_missing_file(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(ModelFolderError, match=name.replace(".", r"\.")):
        read_model_folder(folder)


@pytest.mark.parametrize("position", [0, 100, -1])
def test_a_flipped_byte_is_noticed(folder: Path, position: int) -> None:
    content = bytearray((folder / LINEAR_FILE).read_bytes())
    content[position] ^= 1
    (folder / LINEAR_FILE).write_bytes(bytes(content))
    with pytest.raises(ModelFolderError, match="checksum"):
        read_model_folder(folder)


def test_a_truncated_file_is_noticed(folder: Path) -> None:
    content = (folder / LINEAR_FILE).read_bytes()
    (folder / LINEAR_FILE).write_bytes(content[: len(content) // 2])
    with pytest.raises(ModelFolderError, match="checksum"):
        read_model_folder(folder)


@pytest.mark.parametrize("content", ["", "{", "[]", '"text"', "{}", '{"sha256": []}', "\x00"])
def test_a_damaged_configuration(folder: Path, content: str) -> None:
    (folder / CONFIG_FILE).write_text(content, encoding="utf-8")
    with pytest.raises(ModelFolderError, match=r"flagger\.json"):
        read_model_folder(folder)


@pytest.mark.parametrize(
    "changes",
    [{"fusion": {}}, {"fusion": None}, {"linear_outputs": ["unverified"]}, {"linear_outputs": 3}],
)
def test_an_incomplete_configuration(folder: Path, changes: dict[str, object]) -> None:
    edit(folder, **changes)
    with pytest.raises(ModelFolderError, match="not a complete flagger model"):
        read_model_folder(folder)


def test_another_format_version(folder: Path) -> None:
    edit(folder, format_version=99)
    with pytest.raises(ModelFolderError, match="format 99"):
        read_model_folder(folder)


@pytest.mark.parametrize("name", ["pytorch_model.bin", "head.pkl", "model.joblib", "run.py"])
def test_files_that_could_run_code_are_refused(folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"")
    with pytest.raises(ModelFolderError, match=name.replace(".", r"\.")):
        read_model_folder(folder)


def test_writing_where_one_may_not(flagger: Flagger, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(ModelFolderError, match="Cannot write"):
        flagger.save_pretrained(tmp_path / "file")


def test_the_shipped_model_was_fitted_with_the_shipped_lexicon(flagger: Flagger) -> None:
    assert flagger.model.lexicon_hash == flagger.lexicon.content_hash


def test_a_copied_folder_still_loads(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "copy")
    assert read_model_folder(tmp_path / "copy").fusion == read_model_folder(folder).fusion
