"""Lexicon files: what is refused, where the error points, and what identifies a lexicon."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from flagger.errors import LexiconError
from flagger.lexicon import Lexicon, LexiconMatcher, load_lexicon
from flagger.text import prepare

GOOD = """\
kind: cue
name: hearsay
entries:
  - id: hearsay.first
    patterns: ["nghe nói"]
    positive: ["Nghe nói mai cắt nước"]
    negative: ["Mai cắt nước"]
  - id: hearsay.second
    patterns:
      - "nghe đồn"
      - "đồn ầm"
    weight: 0.5
    positive: ["Nghe đồn mai cắt nước"]
    negative: ["Mai cắt nước"]
"""


def write(folder: Path, content: str | bytes, name: str = "rules.yaml") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def error_of(folder: Path, content: str | bytes) -> str:
    with pytest.raises(LexiconError) as caught:
        load_lexicon(write(folder, content))
    return str(caught.value)


def test_a_good_file_loads_with_its_defaults(tmp_path: Path) -> None:
    first, second = load_lexicon(write(tmp_path, GOOD)).rules
    assert (first.kind, first.name, first.entry.id, first.entry.weight) == ("cue", "hearsay", "hearsay.first", 1.0)
    assert second.entry.patterns == ("nghe đồn", "đồn ầm")
    assert second.entry.weight == 0.5
    assert (second.entry.plain, second.entry.cancelled_by, second.entry.regexes) == (None, None, ())


@pytest.mark.parametrize(
    ("old", "new", "line", "expected"),
    [
        ("kind: cue", "kind: cues", 1, "'cue' or 'topic'"),
        ("name: hearsay", "name: rumour", 2, "unknown cue 'rumour'"),
        ("name: hearsay", "name: crime", 2, "unknown cue 'crime'"),
        ("hearsay.second", "hearsay.Second", 8, "'hearsay.Second' is no id"),
        ("hearsay.second", "second", 8, "'second' is no id"),
        ("hearsay.second", "crime.second", 8, "begin it with 'hearsay.'"),
        ("hearsay.second", "hearsay.first", 8, "occurs twice"),
        ('- "đồn ầm"', '- ""', 11, "an empty phrase"),
        ('- "đồn ầm"', '- "  "', 11, "an empty phrase"),
        ('- "đồn ầm"', '- "Đồn ầm"', 11, "expected 'đồn ầm'"),
        ('- "đồn ầm"', '- "đồn  ầm"', 11, "expected 'đồn ầm'"),
        ('- "đồn ầm"', '- "đo\u0302\u0300n ầm"', 11, "expected 'đồn ầm'"),
        ('- "đồn ầm"', '- "hoà ra"', 11, "expected 'hòa ra'"),
        ('- "đồn ầm"', "- no", 11, "valid string"),
        ('- "đồn ầm"', '- "biểu tình"', 11, "'biểu tình'"),
        ("weight: 0.5", "weight: 0", 12, "greater than 0"),
        ("weight: 0.5", "weight: 2.1", 12, "less than or equal to 2"),
        ("weight: 0.5", "weight: .nan", 12, "less than or equal to 2"),
        ("weight: 0.5", "weight: true", 12, "valid number"),
        ("weight: 0.5", 'weight: "1"', 12, "valid number"),
        ("weight: 0.5", "wieght: 0.5", 12, "not permitted"),
        ("weight: 0.5", 'plain: "maybe"', 12, "valid boolean"),
        ("weight: 0.5", "cancelled_by: [irony]", 12, "'negation'"),
        ("weight: 0.5", "regexes: ['a(?=b)']", 12, "RE2 cannot compile"),
        ("weight: 0.5", "regexes: ['[é-ă]']\n    plain_regexes: true", 8, "RE2 cannot compile"),
        ("weight: 0.5", "regexes: ['a']\n    plain_regexes: 1", 13, "valid boolean"),
        ("weight: 0.5", "regexes: ['a', 'b*']", 12, "matches the empty string"),
        ("weight: 0.5", "not_before: ['Vé']", 12, "expected 'vé'"),
        ("weight: 0.5", "patterns: []", 12, "'patterns' is given twice"),
        ('negative: ["Mưa"]', "negative: []", 14, "an empty list"),
        ('    negative: ["Mưa"]\n', "", 8, "negative: Field required"),
        ("    weight: 0.5", "   weight: 0.5", 12, "not valid YAML"),
        ("weight: 0.5", "note: this finds dissent", 12, "'dissent'"),
    ],
)
def test_errors_name_file_line_and_expectation(tmp_path: Path, old: str, new: str, line: int, expected: str) -> None:
    base = "Mưa".join(GOOD.rsplit("Mai cắt nước", 1))
    assert old in base
    message = error_of(tmp_path, new.join(base.rsplit(old, 1)))
    assert message.startswith(f"{tmp_path / 'rules.yaml'}:{line}: ")
    assert expected in message
    assert "\n" not in message, "one mistake is one line"


def test_all_mistakes_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    message = error_of(tmp_path, GOOD.replace("weight: 0.5", "weight: 5").replace('"nghe nói"', '"Nghe nói"'))
    assert [line.split(": ")[0].rpartition(":")[2] for line in message.splitlines()] == ["5", "12"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", ":1: expected a mapping with kind, name, entries"),
        ("- 1", ":1: expected a mapping"),
        ("kind: cue\nname: hearsay\nentries: []\n", ":3: entries: an empty list"),
        ("kind: cue\nname: hearsay\nentries:\n  - 3\n", ":4: "),
        (b"\xff\xfe", "UTF-8"),
        ("a: !!python/object/apply:os.getcwd []", ":1: not valid YAML"),
        ("kind: &a [x]\nname: *a\n", ":1: YAML aliases are not allowed"),
        ("kind: cue\n---\nkind: cue\n", "not valid YAML"),
        ("[" * 50_000, "nested too deeply"),
        ("- " * 50_000, "nested too deeply"),
        ("{a: " * 50_000, "nested too deeply"),
        ("kind: 2020-99-99", "cannot be read as YAML"),
    ],
)
def test_hopeless_files_are_refused(tmp_path: Path, content: str | bytes, expected: str) -> None:
    message = error_of(tmp_path, content)
    assert str(tmp_path / "rules.yaml") in message
    assert expected in message


def test_no_value_is_quoted_at_length(tmp_path: Path) -> None:
    assert len(error_of(tmp_path, GOOD.replace("weight: 0.5", f"weight: {'x' * 5000}"))) < 400


def test_missing_and_empty_folders_are_refused(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match="No lexicon folder"):
        load_lexicon(tmp_path / "none")
    with pytest.raises(LexiconError, match="no YAML files"):
        load_lexicon(tmp_path)


def test_a_byte_order_mark_and_sub_folders_do_no_harm(tmp_path: Path) -> None:
    write(tmp_path / "below", "\ufeff" + GOOD, "rules.yml")
    assert len(load_lexicon(tmp_path).rules) == 2


def test_ids_are_unique_across_files_and_folders(tmp_path: Path) -> None:
    one = write(tmp_path / "one", GOOD)
    two = write(tmp_path / "two", GOOD)
    with pytest.raises(LexiconError, match="occurs twice"):
        load_lexicon(one, two)
    with pytest.raises(LexiconError, match="occurs twice"):
        load_lexicon(one).with_folder(two)


def test_users_add_a_folder_to_the_shipped_rules(tmp_path: Path) -> None:
    shipped = Lexicon.default()
    added = shipped.with_folder(write(tmp_path, GOOD.replace("nghe nói", "nghe chim kể")))
    assert added.rules[: len(shipped.rules)] == shipped.rules
    hits = LexiconMatcher(added).find(prepare("Nghe chim kể mai cắt nước"))
    assert "hearsay.first" in {hit.entry_id for hit in hits}
    assert Lexicon.default() is shipped
    assert "hearsay.first" not in {rule.entry.id for rule in shipped.rules}


def test_the_hash_follows_the_content_and_nothing_else(tmp_path: Path) -> None:
    original = load_lexicon(write(tmp_path / "one", GOOD)).content_hash
    assert len(bytes.fromhex(original)) == hashlib.sha256().digest_size
    assert load_lexicon(write(tmp_path / "two", "# a comment\n" + GOOD)).content_hash == original
    assert load_lexicon(write(tmp_path / "three", GOOD.replace("0.5", "0.6"))).content_hash != original
    assert load_lexicon(write(tmp_path / "four", GOOD.replace("đồn ầm", "đồn um"))).content_hash != original
