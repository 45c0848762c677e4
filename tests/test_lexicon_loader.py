"""Lexicon files: the schema, errors that name the line, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from flagger.errors import LexiconError
from flagger.lexicon import Lexicon, load_lexicon
from flagger.lexicon.neutrality import refused_term

GOOD = """kind: cue
name: hearsay
entries:
  - id: hearsay.own
    patterns: ["gà mách"]
    positive: ["Gà mách chợ đóng"]
    negative: ["Gà gáy"]
"""


def write(folder: Path, content: str, name: str = "own.yaml") -> Path:
    (folder / name).write_text(content, encoding="utf-8")
    return folder


def test_a_good_file_loads_with_defaults(tmp_path: Path) -> None:
    (rule,) = load_lexicon(write(tmp_path, GOOD)).rules
    assert (rule.kind, rule.name, rule.entry.id, rule.entry.weight) == ("cue", "hearsay", "hearsay.own", 1.0)


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ('["gà mách"]', '["Gà mách"]', 5, "not normalised; expected 'gà mách'"),
        ('["gà mách"]', "[]", 4, "no patterns and no regexes"),
        ('["gà mách"]', '["gà mách"]\n    wieght: 1', 6, "Extra inputs"),
        ('["gà mách"]', '["gà mách"]\n    weight: 9', 6, "less than or equal to 2"),
        ('["gà mách"]', '["gà mách"]\n    weight: heavy', 6, "valid number"),
        ('["gà mách"]', '["gà mách"]\n    regexes: ["a*"]', 6, "matches the empty string"),
        ('["gà mách"]', '["gà mách"]\n    regexes: ["(a"]', 6, "RE2 cannot compile"),
        ('["gà mách"]', '["gà mách"]\n    regexes: ["(?=a)b"]', 6, "RE2 cannot compile"),
        ('["gà mách"]', '["gà mách"]\n    cancelled_by: [mood]', 6, "negation"),
        ("hearsay.own", "rumour.own", 1, "does not begin with 'hearsay.'"),
        ("hearsay.own", "Hearsay", 4, "is no id"),
        ("name: hearsay", "name: anger", 1, "unknown cue 'anger'"),
        ("kind: cue", "kind: mood", 1, "cue"),
        ('    negative: ["Gà gáy"]\n', "", 4, "Field required"),
    ],
)
def test_errors_name_file_line_and_value(tmp_path: Path, old: str, new: str, line: int, message: str) -> None:
    assert old in GOOD
    write(tmp_path, GOOD.replace(old, new))
    with pytest.raises(LexiconError) as caught:
        load_lexicon(tmp_path)
    assert message in str(caught.value)
    assert f"own.yaml:{line}:" in str(caught.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("kind: [", "not valid YAML"),
        ("- a\n- b\n", "expected a mapping"),
        ("", "expected a mapping"),
        ("kind: !!python/object/apply:os.system ['true']\n", "YAML"),
    ],
)
def test_files_that_are_no_lexicon(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(LexiconError, match=message):
        load_lexicon(write(tmp_path, content))


def test_not_utf8_missing_and_empty_folders(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match="holds no YAML"):
        load_lexicon(tmp_path)
    with pytest.raises(LexiconError, match="No lexicon folder"):
        load_lexicon(tmp_path / "nowhere")
    (tmp_path / "own.yaml").write_bytes(b"kind: \xff\xfe")
    with pytest.raises(LexiconError, match="UTF-8"):
        load_lexicon(tmp_path)


def test_an_id_may_occur_once(tmp_path: Path) -> None:
    write(tmp_path, GOOD, "a.yaml")
    write(tmp_path, GOOD, "b.yaml")
    with pytest.raises(LexiconError, match=r"b\.yaml:4.*occurs twice"):
        load_lexicon(tmp_path)
    (tmp_path / "b.yaml").unlink()
    shipped = Lexicon.default()
    assert len(shipped.with_folder(tmp_path).rules) == len(shipped.rules) + 1


@pytest.mark.parametrize(
    "phrase",
    ["bọn phản động", "thế lực thù địch", "the luc thu dich", "đi biểu tình", "chống phá", "chế độ này", "đảng"],
)
def test_political_stance_is_refused(tmp_path: Path, phrase: str) -> None:
    write(tmp_path, GOOD.replace("gà mách", phrase))
    with pytest.raises(LexiconError, match=r"own\.yaml:4: .*refuses rules about political stance"):
        load_lexicon(tmp_path)


@pytest.mark.parametrize("text", ["hearsay.political_rumour", "dissent", "bat dong chinh kien"])
def test_ids_and_notes_are_refused_too(text: str) -> None:
    assert refused_term(text)


@pytest.mark.parametrize("text", ["đang lan truyền", "dang lan truyen", "chạy chế", "công an xã cho biết"])
def test_harmless_words_are_not_refused(text: str) -> None:
    assert refused_term(text) is None


def test_hash_follows_the_content(tmp_path: Path) -> None:
    first = load_lexicon(write(tmp_path, GOOD)).content_hash
    assert load_lexicon(tmp_path).content_hash == first
    assert load_lexicon(write(tmp_path, GOOD.replace("gà mách", "vịt mách"))).content_hash != first
