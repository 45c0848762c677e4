import gzip
import io
import sys

import msgspec
import pytest

from flagger.errors import UnreadableTableError
from flagger.tables import Selection, Table


def read(path, selection=None, **options):
    texts, problems, kept = [], [], {}
    with Table(path, selection, **options) as table:
        for chunk in table:
            texts += chunk.texts
            problems += chunk.problems
            for name, values in chunk.kept.items():
                kept.setdefault(name, []).extend(values)
    return texts, problems, kept


def write(tmp_path, *lines, name="posts.jsonl"):
    path = tmp_path / name
    path.write_bytes(b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines))
    return path


GOOD = '{"id": 1, "text": "một", "tags": ["a"]}'


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('{"id": 2, "text": null}', "the text is null"),
        ('{"id": 2, "text": NaN}', "the text is NaN"),
        ('{"id": 2, "text": 5}', "the text is a number"),
        ('{"id": 2, "text": 5.5}', "the text is a number"),
        ('{"id": 2, "text": true}', "the text is true or false"),
        ('{"id": 2, "text": ["x"]}', "the text is a list"),
        ('{"id": 2, "text": {"x": 1}}', "the text is an object"),
        ('{"id": 2, "txt": "x"}', "no key 'text'"),
        (b'{"id": 2, "text": "\xff"}', "not UTF-8"),
    ],
)
def test_a_bad_text_stays_in_its_row_and_keeps_the_id(tmp_path, line, problem):
    texts, problems, kept = read(write(tmp_path, GOOD, line, '{"id": 3, "text": "ba"}'))
    assert texts == ["một", None, "ba"]
    assert problems[1].startswith("row 2: ")
    assert problem in problems[1]
    assert kept["id"] == [1, 2, 3]


@pytest.mark.parametrize("line", ["[1, 2]", '"text"', "5", '{"text": "x"', "not json", "[" * 100_000, b'{"te\xff'])
def test_a_line_that_is_no_object_stays_in_its_row(tmp_path, line):
    texts, problems, kept = read(write(tmp_path, GOOD, line, GOOD), Selection(keep=["tags"]))
    assert texts == ["một", None, "một"]
    assert "no JSON object" in problems[1]
    assert kept == {"id": [1, None, 1], "tags": [["a"], None, ["a"]]}


def test_bytes_that_are_not_utf8_outside_the_text(tmp_path):
    texts, problems, kept = read(
        write(tmp_path, b'{"text": "a", "note": {"k\xff": ["\xff"]}}'), Selection(keep=["note"])
    )
    assert texts == ["a"]
    assert problems == [None]
    assert kept == {"note": [{"k\ufffd": ["\ufffd"]}]}


def test_half_a_surrogate_pair_written_as_an_escape_is_scored(tmp_path):
    texts, problems, kept = read(write(tmp_path, r'{"text": "cắt \ud83d"}'), Selection(keep_text=True))
    assert texts == ["cắt \ufffd"]
    assert problems == [None]
    msgspec.json.encode(kept)


def test_raw_control_characters_and_returns(tmp_path):
    assert read(write(tmp_path, b'{"text": "a\0b\tc"}\r', b"  ", b'{"text": "d\re"}'))[0] == ["a\0b\tc", "d\re"]


def test_values_nested_too_deep_are_told_in_their_row(tmp_path):
    path = tmp_path / "a.jsonl"
    deep = "[" * 900 + "]" * 900
    path.write_text(f'{{"id": 1, "text": "a", "x": {deep}}}\n{{"id": 2, "text": "b", "x": 3}}\n', encoding="utf-8")
    with Table(path, Selection(keep=("x",))) as table:
        (chunk,) = table
    assert chunk.texts == [None, "b"]
    assert "too deep" in chunk.problems[0]
    assert (chunk.kept["id"], chunk.kept["x"]) == ([1, 2], [None, 3])


def test_a_key_may_be_missing_in_some_rows(tmp_path):
    path = write(tmp_path, '{"text": "a"}', '{"text": "b", "note": 1}')
    assert read(path, Selection(keep=["note"]))[2] == {"note": [None, 1]}


def test_key_missing_everywhere(tmp_path):
    with pytest.raises(UnreadableTableError, match=r"No column 'content' .* 'id', 'text', 'tags'"):
        read(write(tmp_path, GOOD), Selection(text="content"))


def test_no_object_at_all_gives_rows_with_errors(tmp_path):
    texts, problems, kept = read(write(tmp_path, "nope", "5"), Selection(id="key", keep=["a,b"]))
    assert texts == [None, None]
    assert None not in problems
    assert kept == {"key": [None, None], "a": [None, None], "b": [None, None]}


@pytest.mark.parametrize("first", ["[", "{"])
def test_a_json_document_is_refused(tmp_path, first):
    with pytest.raises(UnreadableTableError, match="JSON Lines"):
        read(write(tmp_path, first, '"text": "x"'))


@pytest.mark.parametrize(
    "lines", [['[{"text": "a"}, {"text": "b"}]'], ['[{"text": "a"},', '{"text": "b"}', "]"], ["[1, 2]", "[3]"]]
)
def test_a_list_on_one_line_is_refused(tmp_path, lines):
    with pytest.raises(UnreadableTableError, match=r"one JSON document.*jq"):
        Table(write(tmp_path, *lines))


def test_an_id_that_comes_late_is_told(tmp_path):
    rows = ['{"text": "a"}'] * 512
    path = write(tmp_path, *rows, '{"text": "b", "id": 1}', '{"text": "c", "id": 2}')
    with pytest.warns(RuntimeWarning, match="Row 513 of .* is the first with the key 'id'") as told:
        kept = read(path)[2]
    assert (len(told), kept) == (1, {})


def test_empty_file_has_no_rows(tmp_path):
    assert read(write(tmp_path)) == ([], [], {})


def test_plain_lines_are_posts_even_when_empty(tmp_path):
    texts, problems, kept = read(
        write(tmp_path, "một", "", b"\xff", "bốn\r", name="posts.txt"), Selection(keep_text=True)
    )
    assert texts == ["một", "", None, "bốn"]
    assert "not UTF-8" in problems[2]
    assert kept["text"] == ["một", "", "\ufffd", "bốn"]


def test_plain_lines_have_no_other_column(tmp_path):
    with pytest.raises(UnreadableTableError, match="No column 'day'"):
        read(write(tmp_path, "một", name="posts.txt"), Selection(keep=["day"]))


class Trickle(io.RawIOBase):
    """A pipe that gives one byte at a time."""

    def __init__(self, content):
        self.content = io.BytesIO(content)

    def readable(self):
        return True

    def readinto(self, buffer):
        piece = self.content.read(1)
        buffer[: len(piece)] = piece
        return len(piece)


@pytest.mark.parametrize(
    ("content", "options"),
    [
        ('\ufeff\n{"text": "một"}\n{"text": "hai"}', {}),
        ("id,text\n1,một\n2,hai\n", {}),
        ("id;text\r\n1;một\r\n2;hai\r\n", {}),
        ("id\ttext\n1\tmột\n2\thai\n", {}),
        ("một\nhai", {"format": "text"}),
    ],
)
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_standard_input_is_recognised(monkeypatch, content, options, pack):
    stream = io.TextIOWrapper(io.BufferedReader(Trickle(pack(content.encode()))))
    monkeypatch.setattr(sys, "stdin", stream)
    assert read("-", **options)[0] == ["một", "hai"]


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [(b"xin chao\n", {}, "--format"), (b"", {"format": "parquet"}, "cannot be read from the standard input")],
)
def test_standard_input_that_is_not_recognised(monkeypatch, content, options, message):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    with pytest.raises(UnreadableTableError, match=message):
        read("-", **options)


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("missing.csv", {}, "No file at"),
        (".", {}, "folder without .parquet"),
        (".", {"format": "csv"}, "only Parquet is read from folders"),
        ("posts.xlsx", {}, r"Known endings: \.csv, \.tsv, \.tab, \.jsonl"),
        ("posts.json", {}, "one object per line"),
        ("posts.xlsx", {"format": "excel"}, "Unknown format 'excel'; expected one of csv, tsv, jsonl, parquet, text"),
    ],
)
def test_inputs_that_are_no_table(tmp_path, name, options, message):
    for file in ("posts.xlsx", "posts.json"):
        (tmp_path / file).write_text("[]")
    with pytest.raises(UnreadableTableError, match=message):
        read(tmp_path / name, **options)


def test_format_goes_before_the_name(tmp_path):
    assert read(write(tmp_path, GOOD, name="posts.log"), format="JSONL")[0] == ["một"]
