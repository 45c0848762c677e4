"""The shipped rules in one file: the same rules as the YAML files, used only while these are as they were."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from flagger.lexicon import Lexicon, compiled, load_lexicon, loader


@pytest.fixture
def shipped_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the shipped folder that a test may change, in use instead of it."""
    copy = Path(shutil.copytree(compiled.DATA_FOLDER, tmp_path / "data"))
    monkeypatch.setattr(compiled, "DATA_FOLDER", copy)
    monkeypatch.setattr(compiled, "COMPILED_FILE", copy / compiled.COMPILED_FILE.name)
    monkeypatch.setattr(compiled, "SCOPES_FILE", copy / compiled.SCOPES_FILE.name)
    monkeypatch.setattr(compiled, "RULE_FOLDERS", tuple(copy / folder.name for folder in compiled.RULE_FOLDERS))
    monkeypatch.setattr(loader, "RULE_FOLDERS", compiled.RULE_FOLDERS)
    loader._default.cache_clear()
    yield copy
    loader._default.cache_clear()


def test_the_compiled_rules_are_those_of_the_yaml_files() -> None:
    shipped = compiled.read_compiled()
    assert shipped is not None, "stale: run python data/compile_lexicon.py"
    assert Lexicon(shipped.rules, shipped.scopes) == load_lexicon(*compiled.RULE_FOLDERS)


def test_a_changed_file_counts_before_it_is_compiled_and_after(shipped_copy: Path) -> None:
    changed = shipped_copy / "cues" / "hearsay.yaml"
    changed.write_text(changed.read_text("utf-8").replace('"nghe nói"', '"nghe chim kể"', 1), "utf-8")
    assert compiled.read_compiled() is None
    assert "nghe chim kể" in _phrases(Lexicon.default())
    compiled.write_compiled(Lexicon.default().rules, Lexicon.default().scopes)
    loader._default.cache_clear()
    assert compiled.read_compiled() is not None
    assert "nghe chim kể" in _phrases(Lexicon.default())


@pytest.mark.parametrize("content", [b"", b"{", b'{"digest": "0", "scopes": {}, "rules": []}', b"\xff\xfe"])
def test_a_broken_compiled_file_is_passed_over(shipped_copy: Path, content: bytes) -> None:
    (shipped_copy / "compiled.json").write_bytes(content)
    assert compiled.read_compiled() is None
    assert Lexicon.default().content_hash == load_lexicon(*compiled.RULE_FOLDERS).content_hash


def test_line_ends_do_not_count(shipped_copy: Path) -> None:
    for path in shipped_copy.rglob("*.yaml"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert compiled.read_compiled() is not None


def _phrases(lexicon: Lexicon) -> set[str]:
    return {phrase for rule in lexicon.rules for phrase in rule.entry.patterns}
