"""Model folders: damaged, incomplete, foreign or executable content is refused with a clear message."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from flagger import Flagger
from flagger.errors import ModelFolderError
from flagger.model_folder import CONFIG_FILE, LINEAR_FILE, read_model_folder


@pytest.fixture
def folder(flagger: Flagger, tmp_path: Path) -> Path:
    flagger.save_pretrained(tmp_path / "model")
    return tmp_path / "model"


def edit(folder: Path, **changes: object) -> None:
    path = folder / CONFIG_FILE
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **changes}), encoding="utf-8")


def test_the_folder_holds_json_safetensors_and_a_card(folder: Path) -> None:
    assert {path.suffix for path in folder.iterdir() if path.is_file()} == {".json", ".safetensors", ".md"}
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
