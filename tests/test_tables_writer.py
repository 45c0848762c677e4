import csv
import datetime as dt
import errno
import os
import stat
import sys

import msgspec
import pyarrow.parquet as pq
import pytest

from flagger.errors import InputError, OutputError
from flagger.tables import Selection, Table, open_writer, refuse_clashes, refuse_same_file

COLUMNS = ("id", "topics", "cues", "is_local", "note")
ROWS = {
    "id": [1, "hai"],
    "topics": [{"health": 0.5}, None],
    "cues": [["hearsay"], None],
    "is_local": [True, None],
    "note": ['=1+1\n;,"x"\r', dt.datetime(2024, 9, 7, 1, 2)],
}


def write(path):
    with open_writer(path, COLUMNS) as writer:
        writer.write(ROWS)


@pytest.mark.parametrize(("name", "delimiter"), [("out.csv", ","), ("out.tsv", "\t")])
def test_delimited(tmp_path, name, delimiter):
    write(tmp_path / name)
    with (tmp_path / name).open(encoding="utf-8", newline="") as stream:
        assert list(csv.reader(stream, delimiter=delimiter)) == [
            list(COLUMNS),
            ["1", '{"health":0.5}', '["hearsay"]', "true", '=1+1\n;,"x"\r'],
            ["hai", "", "", "", "2024-09-07T01:02:00"],
        ]


def test_json_lines(tmp_path):
    write(tmp_path / "out.jsonl")
    first, second = map(msgspec.json.decode, (tmp_path / "out.jsonl").read_bytes().splitlines())
    assert list(first) == list(COLUMNS)
    assert first["topics"] == {"health": 0.5}
    assert second["topics"] is None
    assert second["note"] == "2024-09-07T01:02:00"


def test_mixed_and_nested_columns_of_parquet_are_strings(tmp_path):
    with open_writer(tmp_path / "out.parquet", ("id", "note", "error")) as writer:
        writer.write({"id": [1, "hai"], "note": [{"a": [1]}, None], "error": [None, "x"]})
        writer.write({"id": [2.5], "note": [True], "error": [None]})
    table = pq.read_table(tmp_path / "out.parquet")
    assert table.to_pydict() == {
        "id": ["1", "hai", "2.5"],
        "note": ['{"a":[1]}', None, "true"],
        "error": [None, "x", None],
    }


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([1, None, -5], "int64"),
        ([2**63 - 1], "int64"),
        ([2**63], "string"),
        ([1, 0.5, None], "double"),
        ([2**53 + 1, 0.5], "string"),
        ([True, None], "bool"),
        ([True, 1], "string"),
        (["1", None], "string"),
        ([None, None], "string"),
        ([[1]], "string"),
    ],
)
def test_types_of_parquet_follow_from_the_first_rows(tmp_path, values, kind):
    with open_writer(tmp_path / "out.parquet", ("note",)) as writer:
        writer.write({"note": values})
        writer.write({"note": [None]})
    table = pq.read_table(tmp_path / "out.parquet")
    assert str(table.schema.field("note").type) == kind
    if kind != "string":
        assert table["note"].to_pylist() == [*values, None]


@pytest.mark.parametrize("group_rows", [1, 3, 1000])
@pytest.mark.parametrize(
    ("first", "later", "shown"),
    [
        ([1, 2, None], "ba", ["1", "2", None, "ba"]),
        ([0.5, 1.0, None], True, ["0.5", "1.0", None, "true"]),
        ([True, False, None], [1], ["true", "false", None, "[1]"]),
        ([2**53 + 1, 2, None], 0.5, ["9007199254740993", "2", None, "0.5"]),
        ([1, 2, None], 2**63, ["1", "2", None, "9223372036854775808"]),
    ],
)
def test_a_later_value_that_does_not_fit_makes_the_column_strings(
    tmp_path, monkeypatch, group_rows, first, later, shown
):
    monkeypatch.setattr("flagger.tables.parquet_writer.GROUP_ROWS", group_rows)
    with open_writer(tmp_path / "out.parquet", ("id", "note", "topics", "cues")) as writer:
        for number, value in enumerate([*first, later, None]):
            cues = None if number == 1 else ["hearsay"] * number
            writer.write({"id": [number], "note": [value], "topics": [{"health": 0.5}], "cues": [cues]})
    table = pq.read_table(tmp_path / "out.parquet")
    assert table["id"].to_pylist() == [0, 1, 2, 3, 4]
    assert table["note"].to_pylist() == [*shown, None]
    assert table["topics"].to_pylist()[0]["health"] == 0.5
    assert table["cues"].to_pylist() == [[], None, *(["hearsay"] * number for number in (2, 3, 4))]
    assert [path.name for path in tmp_path.iterdir()] == ["out.parquet"]


@pytest.mark.parametrize("group_rows", [1, 1000])
@pytest.mark.parametrize(
    ("values", "kind", "shown"),
    [
        ([1, None, 0.5], "double", [1.0, None, 0.5]),
        ([0.5, 3], "double", [0.5, 3.0]),
        ([None, None, 3], "int64", [None, None, 3]),
        ([None, True], "bool", [None, True]),
        ([None, 1, 0.5, "a"], "string", [None, "1.0", "0.5", "a"]),
        ([None, None], "string", [None, None]),
    ],
)
def test_numbers_stay_numbers_however_late_they_come(tmp_path, monkeypatch, group_rows, values, kind, shown):
    monkeypatch.setattr("flagger.tables.parquet_writer.GROUP_ROWS", group_rows)
    with open_writer(tmp_path / "out.parquet", ("note",)) as writer:
        for value in values:
            writer.write({"note": [value]})
    table = pq.read_table(tmp_path / "out.parquet")
    assert str(table.schema.field("note").type) == kind
    assert table["note"].to_pylist() == shown


@pytest.mark.parametrize("name", ["out.csv", "out.tsv", "out.jsonl", "out.parquet"])
def test_a_table_without_rows(tmp_path, name):
    with open_writer(tmp_path / name, ("text", "error")):
        pass
    if name == "out.parquet":
        assert pq.read_table(tmp_path / name).column_names == ["text", "error"]
    with Table(tmp_path / name) as table:
        assert list(table) == []


def test_standard_output_is_json_lines(capsysbinary):
    with open_writer("-", ("a",)) as writer:
        writer.write({"a": ["ổ"]})
    assert capsysbinary.readouterr().out == '{"a":"ổ"}\n'.encode()


@pytest.mark.parametrize("name", ["out.xlsx", "out", "out.txt", "out.csv.gz"])
def test_unknown_endings_are_refused(tmp_path, name):
    with pytest.raises(
        OutputError, match=r"Known endings: \.csv, \.tsv, \.tab, \.jsonl, \.ndjson, \.parquet, \.pq; or -"
    ):
        write(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["out.csv", "out.jsonl", "out.parquet"])
@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError, OSError(errno.ENOSPC, "No space left on device")])
def test_failure_leaves_the_earlier_file_and_nothing_else(tmp_path, name, error):
    target = tmp_path / name
    target.write_text("earlier")
    expected = OutputError if isinstance(error, OSError) else error
    with pytest.raises(expected), open_writer(target, COLUMNS) as writer:  # noqa: PT012
        writer.write(ROWS)
        raise error
    assert target.read_text() == "earlier"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EIO])
@pytest.mark.parametrize("name", ["out.csv", "out.parquet"])
def test_full_disk_at_the_end(tmp_path, monkeypatch, name, code):
    def fail(descriptor):
        raise OSError(code, os.strerror(code))

    (tmp_path / name).write_text("earlier")
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OutputError, match="untouched") as caught:
        write(tmp_path / name)
    assert ("quota is full" in str(caught.value)) == (code != errno.EIO)
    assert (tmp_path / name).read_text() == "earlier"
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="needs limits of POSIX")
@pytest.mark.parametrize("name", ["out.csv", "out.jsonl", "out.parquet"])
def test_file_too_large_for_the_system(tmp_path, name):
    import random
    import resource

    noise = random.Random(0)
    (tmp_path / name).write_text("earlier")
    rows = {"note": [str(noise.random()) for _ in range(40_000)]}
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, hard))
    try:
        with (
            pytest.raises(OutputError, match="the disk or the quota is full"),
            open_writer(tmp_path / name, ("note",)) as writer,
        ):
            writer.write(rows)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert (tmp_path / name).read_text() == "earlier"
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (PermissionError(errno.EACCES, "Permission denied"), "no permission"),
        (OSError(errno.EROFS, "Read-only file system"), "no permission"),
    ],
)
def test_no_permission(tmp_path, monkeypatch, error, message):
    def fail(**options):
        raise error

    monkeypatch.setattr("tempfile.mkstemp", fail)
    with pytest.raises(OutputError, match=message):
        write(tmp_path / "out.csv")


def test_folder_missing_or_output_a_folder(tmp_path):
    with pytest.raises(OutputError, match="folder does not exist"):
        write(tmp_path / "none" / "out.csv")
    (tmp_path / "out.csv").mkdir()
    with pytest.raises(OutputError, match="it is a folder"):
        write(tmp_path / "out.csv")


@pytest.mark.skipif(sys.platform == "win32", reason="modes and links of POSIX")
def test_mode_is_that_of_the_earlier_file_and_links_are_followed(tmp_path):
    real = tmp_path / "real.csv"
    real.write_text("earlier")
    real.chmod(0o640)
    (tmp_path / "link.csv").symlink_to(real)
    write(tmp_path / "link.csv")
    assert (tmp_path / "link.csv").is_symlink()
    assert real.read_text() != "earlier"
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    write(tmp_path / "new.csv")
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE((tmp_path / "new.csv").stat().st_mode) == 0o666 & ~mask


def test_same_file_is_refused(tmp_path):
    path = tmp_path / "posts.csv"
    path.write_text("text\n")
    (tmp_path / "hard.csv").hardlink_to(path)
    for target in (path, tmp_path / "x" / ".." / "posts.csv", tmp_path / "hard.csv"):
        with pytest.raises(OutputError, match="is the input"):
            refuse_same_file(path, target)
    with pytest.raises(OutputError, match="lies inside"):
        refuse_same_file(tmp_path, tmp_path / "new" / "out.parquet")
    refuse_same_file(path, tmp_path / "other.csv")
    refuse_same_file("-", "-")


def test_clashes_are_refused():
    with pytest.raises(InputError, match="Cannot keep 'priority', 'error'"):
        refuse_clashes(["id", "priority", "error"], ["error", "topics", "priority"])
    refuse_clashes(["id"], ["error"])


@pytest.mark.parametrize("name", ["out.csv", "out.tsv", "out.jsonl", "out.parquet"])
def test_what_is_written_is_read_back(tmp_path, name):
    posts = ["một", 'hai "nháy",\tphẩy', "ba\r\ndòng\rmới\n", "", " ", "\u2028😀"]
    with open_writer(tmp_path / name, ("text",)) as writer:
        writer.write({"text": posts})
    with Table(tmp_path / name, Selection()) as table:
        assert [text for chunk in table for text in chunk.texts] == posts
