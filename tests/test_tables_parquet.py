import datetime as dt
import os

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from stand_in_scorer import make_result

from flagger.errors import UnreadableTableError
from flagger.frames import RESULT_COLUMNS, error_row, result_row
from flagger.tables import Selection, Table, open_writer
from flagger.tables.parquet_reader import python_values
from flagger.tables.parquet_writer import RESULT_TYPES


def read(path, selection=None):
    texts, problems, kept = [], [], {}
    with Table(path, selection) as table:
        for chunk in table:
            texts += chunk.texts
            problems += chunk.problems
            for name, values in chunk.kept.items():
                kept.setdefault(name, []).extend(values.to_pylist())
    return texts, problems, kept


def write(tmp_path, columns, name="posts.parquet"):
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True, parents=True)
    pq.write_table(pa.table(columns), path)
    return path


FAR = f"<value out of range: {10**16}>"
LIST = "list<element: int64>"
BAD_STRINGS = pa.StringArray.from_buffers(2, *pa.array([b"\xe1\xbb\x91", b"b\xff"]).buffers()[1:])


def test_rows_with_nulls_and_types(tmp_path):
    day = dt.date(2024, 9, 7)
    path = write(tmp_path, {"id": [1, 2], "text": ["một", None], "day": [day, None], "other": [0, 0]})
    texts, problems, kept = read(path, Selection(keep=["day"]))
    assert texts == ["một", None]
    assert problems == [None, "row 2: the text is null; expected a string"]
    assert kept == {"id": [1, 2], "day": [day, None]}


@pytest.mark.parametrize(
    ("column", "texts", "problem"),
    [
        (pa.array([1, None]), [None, None], "the text is a number"),
        (pa.array([float("nan"), 1.0]), [None, None], "the text is NaN"),
        (pa.array([["a"], []]), [None, None], "the text is a list"),
        (pa.array([{"a": 1}, None]), [None, None], "the text is an object"),
        (pa.array(["a", "b"], pa.large_string()), ["a", "b"], None),
        (pa.array(["a", "b"]).dictionary_encode(), ["a", "b"], None),
        (pa.array(["ố".encode(), b"b"]), ["ố", "b"], None),
        (pa.array([b"\xff", b"b"]), [None, "b"], "not UTF-8"),
        (BAD_STRINGS, ["ố", None], None),
        (pa.nulls(2), [None, None], "the text is null"),
    ],
)
def test_kinds_of_text_columns(tmp_path, column, texts, problem):
    found, problems, _ = read(write(tmp_path, {"text": column}))
    assert found == texts
    assert problem is None or problem in problems[0]


def test_kept_strings_are_made_valid(tmp_path):
    path = write(tmp_path, {"text": ["a", "b"], "note": BAD_STRINGS})
    assert read(path, Selection(keep=["note"]))[2] == {"note": ["ố", "b\ufffd"]}


def test_times_beyond_those_of_python_are_strings(tmp_path):
    path = tmp_path / "a.parquet"
    years = pa.array([10**16, 0], pa.timestamp("ms"))
    pq.write_table(pa.table({"text": ["a", "b"], "t": years}), path)
    with Table(path, Selection(keep=("t",))) as table:
        (chunk,) = table
    values = python_values(chunk.kept["t"])
    assert len(values) == 2
    assert all(isinstance(value, str) for value in values)


@pytest.mark.parametrize(
    "damage", [lambda raw: raw[:-20], lambda raw: b"", lambda raw: raw[:6], lambda raw: b"x" * 200]
)
def test_truncated_file(tmp_path, damage):
    path = write(tmp_path, {"text": ["a" * 100] * 10})
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(UnreadableTableError, match="damaged or cut short"):
        read(path)


def test_damage_inside_names_the_row(tmp_path):
    path = tmp_path / "posts.parquet"
    with pq.ParquetWriter(path, pa.schema([("text", pa.string())])) as writer:
        for number in range(2):
            writer.write_table(pa.table({"text": [f"{number} {row} bài" for row in range(600)]}))
    raw = bytearray(path.read_bytes())
    start = pq.ParquetFile(path).metadata.row_group(1).column(0).dictionary_page_offset
    raw[start + 30 : start + 2000] = b"\xff" * 1970
    path.write_bytes(raw)
    with pytest.raises(UnreadableTableError, match=r"after row (512|600|1112)"):
        read(path)


def test_folder_is_read_in_order_of_names(tmp_path):
    folder = tmp_path / "posts"
    for name, text in (("b.parquet", "hai"), ("a.parquet", "một"), ("c/d.parquet", "ba"), (".x.parquet", "không")):
        write(folder, {"text": [text], "id": [text]}, name)
    texts, _, kept = read(folder)
    assert texts == ["một", "hai", "ba"] == kept["id"]


def test_folder_with_types_that_do_not_fit(tmp_path):
    write(tmp_path / "posts", {"text": ["a"], "id": [1]}, "a.parquet")
    write(tmp_path / "posts", {"text": ["b"], "id": ["x"]}, "b.parquet")
    with pytest.raises(
        UnreadableTableError, match=r"Column 'id' is int64 in '.*a.parquet' and string in '.*b.parquet'"
    ):
        Table(tmp_path / "posts")


@pytest.mark.parametrize(
    ("first", "second", "kind", "values"),
    [
        (pa.nulls(1), pa.array(["x"]), "string", [None, "x"]),
        (pa.array([1]), pa.nulls(1), "int64", [1, None]),
        (pa.array([1], pa.int16()), pa.array([70_000], pa.int32()), "int32", [1, 70_000]),
        (pa.array([7, None]), pa.array([0.5]), "double", [7.0, None, 0.5]),
        (pa.array([None, None], pa.int64()), pa.array([0.5]), "double", [None, None, 0.5]),
        (pa.array([2**53 + 1]), pa.array([0.5]), None, None),
        (pa.array([2**63], pa.uint64()), pa.array([1]), None, None),
        (pa.array(["x"]), pa.array([b"x"]), None, None),
        (
            pa.array([[1]], pa.list_(pa.int8())),
            pa.array([[300]], pa.list_(pa.int64())),
            "list<element: int64>",
            [[1], [300]],
        ),
        (pa.array([1], pa.timestamp("ms")), pa.array([1], pa.timestamp("us")), "timestamp[us]", None),
        (pa.array([1], pa.timestamp("ms")), pa.array([1], pa.timestamp("us", "UTC")), None, None),
        (pa.array(["a"]).dictionary_encode(), pa.array(["b"]), None, None),
    ],
)
@pytest.mark.parametrize("is_turned", [False, True])
def test_types_of_a_folder_are_settled_at_the_start(tmp_path, first, second, kind, values, is_turned):
    columns = [first, second]
    for name, column in zip("ba" if is_turned else "ab", columns, strict=True):
        write(tmp_path / "posts", {"text": ["x"] * len(column), "n": column}, f"{name}.parquet")
    if kind is None:
        with pytest.raises(UnreadableTableError, match="Column 'n' is"):
            Table(tmp_path / "posts", Selection(keep=("n",)))
        return
    with Table(tmp_path / "posts", Selection(keep=("n",))) as table:
        assert str(table.types["n"]) == kind
        kept = [chunk.kept["n"] for chunk in table]
    assert {str(one.type) for one in kept} == {kind}
    if values is not None:
        found = [value for one in (reversed(kept) if is_turned else kept) for value in one.to_pylist()]
        assert found == values


def test_dictionaries_of_a_folder_hold_the_values_of_all_files(tmp_path):
    for name in "ab":
        values = pa.array([f"{name}{number}" for number in range(100)])
        codes = pa.DictionaryArray.from_arrays(pa.array(range(100), pa.int8()), values)
        write(tmp_path / "posts", {"text": ["x"] * 100, "n": codes}, f"{name}.parquet")
    target = tmp_path / "out.parquet"
    with (
        Table(tmp_path / "posts", Selection(keep=("n",))) as table,
        open_writer(target, ("n",), types=table.types) as writer,
    ):
        for chunk in table:
            writer.write(chunk.kept)
    kept = pq.read_table(target)["n"]
    assert kept.to_pylist() == [f"{name}{number}" for name in "ab" for number in range(100)]
    with Table(tmp_path / "posts" / "a.parquet", Selection(keep=("n",))) as table:
        assert table.types["n"].index_type == pa.int8()


def test_a_time_that_the_type_of_other_files_does_not_hold_is_named(tmp_path):
    far = pa.array([dt.datetime(9999, 12, 31)], pa.timestamp("ms"))
    write(tmp_path / "posts", {"text": ["a"], "n": far}, "a.parquet")
    write(tmp_path / "posts", {"text": ["b"], "n": pa.array([1], pa.timestamp("ns"))}, "b.parquet")
    with pytest.raises(UnreadableTableError, match=r"Column 'n' is timestamp\[ms\].*timestamp\[ns\]"):
        read(tmp_path / "posts", Selection(keep=("n",)))


@pytest.mark.parametrize("with_id", ["a", "b"])
def test_ids_may_be_missing_in_some_files_of_a_folder(tmp_path, with_id):
    for name in "ab":
        write(tmp_path / "posts", {"text": [name], **({"id": [5]} if name == with_id else {})}, f"{name}.parquet")
    texts, _, kept = read(tmp_path / "posts", Selection(keep_text=True))
    assert texts == ["a", "b"]
    assert list(kept) == ["id", "text"]
    assert kept["id"] == ([5, None] if with_id == "a" else [None, 5])
    with pytest.raises(UnreadableTableError, match=r"No column 'id' in '.*\.parquet'"):
        Table(tmp_path / "posts", Selection(id="id"))


def test_posts_and_ids_that_are_bytes_are_kept_as_the_text_that_is_scored(tmp_path):
    columns = {
        "id": pa.array([b"\xff\x00", b"n2"]),
        "text": pa.array(["cháy".encode(), b"\xff"]),
        "raw": pa.array([b"a"] * 2),
    }
    path = write(tmp_path, columns)
    texts, _, kept = read(path, Selection(keep=("raw",), keep_text=True))
    assert texts == ["cháy", None]
    assert kept == {"id": ["/wA=", "n2"], "raw": [b"a", b"a"], "text": ["cháy", "\ufffd"]}


def test_encoded_strings_that_are_not_utf8_are_made_valid(tmp_path):
    encoded = pa.DictionaryArray.from_arrays(pa.array([1, 0, None], pa.int32()), BAD_STRINGS)
    path = write(tmp_path, {"text": encoded})
    texts, problems, kept = read(path, Selection(keep_text=True))
    assert texts == [None, "ố", None]
    assert "not UTF-8" in problems[0]
    assert kept == {"text": ["b\ufffd", "ố", None]}


@pytest.mark.parametrize(
    ("column", "values"),
    [
        (pa.array([0, None], pa.timestamp("us", "Mars/Base")), ["1970-01-01 00:00:00+00:00", "None"]),
        (
            pa.array([[10**16], None], pa.list_(pa.timestamp("ms"))),
            [f"['{FAR}']", "None"],
        ),
        (
            pa.array([{"a": 10**16, "b": 1}, None], pa.struct([("a", pa.timestamp("ms")), ("b", pa.int8())])),
            [f"{{'a': '{FAR}', 'b': 1}}", "None"],
        ),
        (pa.ListArray.from_arrays([0, 2, 2], BAD_STRINGS), ["['ố', 'b\ufffd']", "[]"]),
    ],
)
def test_values_beyond_those_of_python_break_nothing(column, values):
    assert list(map(str, python_values(column))) == values


def test_names_of_files_need_not_be_unicode(tmp_path):
    folder = tmp_path / os.fsdecode(b"b\xe0i")
    folder.mkdir()
    with (folder / os.fsdecode(b"\xff.parquet")).open("wb") as stream:
        pq.write_table(pa.table({"text": ["a"]}), stream)
    assert read(folder)[0] == ["a"]


def test_missing_column(tmp_path):
    with pytest.raises(UnreadableTableError, match=r"No column 'text' .* 'texts'. Did you mean 'texts'"):
        read(write(tmp_path, {"texts": ["a"]}))


def test_position_counts_rows(tmp_path):
    with Table(write(tmp_path, {"text": ["a"] * 700})) as table:
        assert [len(chunk) for chunk in table] == [512, 188]
        assert (table.position(), table.size) == (700, 700)


def test_result_types_are_those_of_the_result_columns():
    assert tuple(RESULT_TYPES) == RESULT_COLUMNS


def test_results_are_nested_and_kept_types_stay(tmp_path):
    moment = pa.array([1_234_567_891_234_567_891, None], pa.timestamp("ns"))
    path = write(tmp_path, {"id": pa.array([1, 2], pa.int16()), "text": ["ở Thanh Oai", None], "at": moment})
    target = tmp_path / "scored.parquet"
    rows = [result_row(make_result("ở Thanh Oai")), error_row("row 2: no text")]
    with Table(path, Selection(keep=["at"])) as table:
        names = (*table.columns, *RESULT_COLUMNS)
        with open_writer(target, names, types=table.types) as writer:
            for chunk in table:
                writer.write({**chunk.kept, **{name: [row[name] for row in rows] for name in RESULT_COLUMNS}})
    scored = pq.read_table(target)
    assert scored.column_names == list(names)
    assert scored.schema.field("id").type == pa.int16()
    assert scored["at"].cast(pa.int64()).to_pylist() == [1_234_567_891_234_567_891, None]
    assert len(scored["topics"][0].as_py()) == 12
    assert scored["places"][0].as_py()[0]["province"] == "Thành phố Hà Nội"
    assert scored["error"].to_pylist() == [None, "row 2: no text"]
    assert scored["topics"][1].as_py() is None
    assert scored["unverified"][1].as_py() is None
