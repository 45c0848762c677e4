import codecs
import csv
import gzip
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flagger.errors import UnreadableTableError
from flagger.tables import Selection, Table
from flagger.tables import delimited as delimited_module


def read(path, selection=None, **options):
    texts, problems, kept = [], [], {}
    with Table(path, selection, **options) as table:
        for chunk in table:
            texts += chunk.texts
            problems += chunk.problems
            for name, values in chunk.kept.items():
                kept.setdefault(name, []).extend(values)
    return texts, problems, kept


def write(tmp_path, content, name="posts.csv"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_rows_come_in_order_with_id_and_kept_columns(tmp_path):
    path = write(tmp_path, 'id,text,day,by\n7,"xin chào, bạn",mon,a\n8,"hai\ndòng ""nháy""",tue,b\n\n9,,wed,c\n')
    texts, problems, kept = read(path, Selection(keep=["by,day"]))
    assert texts == ["xin chào, bạn", 'hai\ndòng "nháy"', ""]
    assert problems == [None, None, None]
    assert list(kept.items()) == [("id", ["7", "8", "9"]), ("by", ["a", "b", "c"]), ("day", ["mon", "tue", "wed"])]


def test_keep_text_and_a_column_whose_name_has_a_comma(tmp_path):
    path = write(tmp_path, 'text,"a,b"\nmột,1\n')
    assert read(path, Selection(keep=["a,b"], keep_text=True))[2] == {"a,b": ["1"], "text": ["một"]}


@pytest.mark.parametrize(
    ("broken", "good_after"),
    [
        ('1,"mở ngoặc\n2,thường\n3,"có ngoặc, phẩy"\n', ["thường", "có ngoặc, phẩy"]),
        ('1,"a" b\n2,thường\n', ["thường"]),
        ('1,"never closed\n2,thường\n3,nữa\n', ["thường", "nữa"]),
        ('1,"closed by another ""\n2,"x"\n', ["x"]),
        ('1,"swallows\n2,"",""\n3,x\n', ["", "x"]),
    ],
)
def test_broken_quotes_stay_in_their_row(tmp_path, broken, good_after):
    texts, problems, kept = read(write(tmp_path, "id,text\n" + broken))
    assert texts == [None, *good_after]
    assert problems[0].startswith("row 1: broken quotes")
    assert "line 2 of the file" in problems[0]
    assert kept["id"] == [str(number + 1) for number in range(len(texts))]


def test_unclosed_quote_is_given_up_after_many_lines(tmp_path, monkeypatch):
    monkeypatch.setattr(delimited_module, "LONGEST_RECORD_LINES", 5)
    rows = "".join(f"{number},dòng {number}\n" for number in range(2, 20))
    texts, problems, _ = read(write(tmp_path, f'id,text\n1,"mở\n{rows}20,"hết"\n'))
    assert texts == [None, *(f"dòng {number}" for number in range(2, 20)), "hết"]
    assert [problem is None for problem in problems] == [False] + [True] * 19


def test_long_quoted_cell_is_one_row(tmp_path):
    post = "\n".join(f"câu {number}" for number in range(900))
    assert read(write(tmp_path, f'text\n"{post}"\n'))[0] == [post]


def test_a_cell_of_very_many_lines_is_one_row(tmp_path):
    post = "\n".join(f"câu {number}, dài" for number in range(3_000))
    content = f'id,text,note\n1,"{post}",x\n2,sau,y\n'
    assert read(write(tmp_path, content))[0] == [post, "sau"]


@pytest.mark.parametrize("rows", [5_000, 50_000])
def test_two_quotes_that_are_no_pair_swallow_no_rows(tmp_path, rows):
    lines = [f"{number},dòng {number}" for number in range(rows)]
    lines[0], lines[-1] = '0,"mở', f'{rows - 1},đóng"'
    texts, problems, _ = read(write(tmp_path, "id,text\n" + "\n".join(lines) + "\n"))
    assert len(texts) == rows
    assert problems[0].startswith("row 1: broken quotes")
    assert texts[1:] == [*(f"dòng {number}" for number in range(1, rows - 1)), 'đóng"']


def test_a_spare_delimiter_after_a_cell_of_two_lines(tmp_path):
    assert read(write(tmp_path, 'id,text\n1,"a\nb",\n2,c,\n'))[:2] == (["a\nb", "c"], [None, None])


@pytest.mark.parametrize(
    ("rows", "texts"),
    [
        (['1\t"Nghe nói cháy', '2\tỞ Huế có vụ cướp"', "3\tsau"], ['"Nghe nói cháy', 'Ở Huế có vụ cướp"', "sau"]),
        (['1\t"Đại gia" bị bắt', "2\tsau"], ['"Đại gia" bị bắt', "sau"]),
        (['1\t"mở', "2\tsau"], ['"mở', "sau"]),
        (['1\t"hai', 'dòng\tvà ""nháy"""', "2\tsau"], None),
        (['1\t"hai', 'dòng"', "2\tsau"], ["hai\ndòng", "sau"]),
        (['1\t"ba', "dòng", '2\tnữa"', "2\tsau"], ["ba\ndòng\n2\tnữa", "sau"]),
        (['1\t"một"', "2\tsau"], ["một", "sau"]),
    ],
)
def test_tables_with_tabs_may_be_written_without_quotes(tmp_path, rows, texts):
    found, problems, _ = read(write(tmp_path, "\n".join(["id\ttext", *rows]) + "\n", "posts.tsv"))
    if texts is None:
        # Whether quotes were written cannot be told: the lines stay rows, and none is lost.
        texts = ['"hai', 'và ""nháy"""', "sau"]
    assert found == texts
    assert problems == [None] * len(texts)


@pytest.mark.parametrize(
    ("row", "problem"),
    [("1,một,hai", "3 cells where the header has 2"), ("1", "1 cells where the header has 2"), ("1,x,,", None)],
)
def test_wrong_number_of_cells(tmp_path, row, problem):
    texts, problems, kept = read(write(tmp_path, f"id,text\n{row}\n2,ổn\n"))
    assert texts[1] == "ổn"
    assert kept["id"] == ["1", "2"]
    assert (problems[0] is None) if problem is None else (problem in problems[0] and texts[0] is None)


def test_bytes_that_are_not_utf8_stay_in_their_row(tmp_path):
    path = write(tmp_path, b"id,text,note\n1,\xff\xfe kh\xf4ng,x\n2,t\xe1\xbb\x91t,\xff\n3,sau,z\n")
    texts, problems, kept = read(path, Selection(keep=["note"], keep_text=True))
    assert texts == [None, "tốt", "sau"]
    assert problems[0].startswith("row 1: ")
    assert "not UTF-8" in problems[0]
    assert problems[1:] == [None, None]
    assert kept["id"] == ["1", "2", "3"]
    assert kept["note"] == ["x", "\ufffd", "z"]
    assert "\ufffd" in kept["text"][0]


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_byte_order_marks_are_obeyed(tmp_path, mark, encoding):
    path = write(tmp_path, mark + 'text,id\r\n"Đà Nẵng, 😀\n",1\r\n'.encode(encoding))
    assert read(path) == (["Đà Nẵng, 😀\n"], [None], {"id": ["1"]})


def test_utf16_without_mark_is_named(tmp_path):
    with pytest.raises(UnreadableTableError, match="UTF-16"):
        read(write(tmp_path, "text,id\nmột,1\n".encode("utf-16-le")))


def test_utf16_cut_in_a_character(tmp_path):
    texts, problems, _ = read(write(tmp_path, codecs.BOM_UTF16_LE + "text\nmột\nhai".encode("utf-16-le")[:-1]))
    assert texts == ["một", None]
    assert "not UTF-8" in problems[1] or "bytes" in problems[1]


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_other_delimiters_of_csv(tmp_path, delimiter):
    path = write(tmp_path, f"id{delimiter}text\n1{delimiter}một, hai\n")
    assert read(path)[0] == ["một, hai"]


def test_tsv(tmp_path):
    assert read(write(tmp_path, 'id\ttext\n1\t"a\tb"\n', "posts.tsv"))[0] == ["a\tb"]


def test_gzip_is_read(tmp_path):
    assert read(write(tmp_path, gzip.compress("text\nmột\n".encode()), "posts.csv.gz"))[0] == ["một"]


def test_gzip_cut_short(tmp_path):
    import random

    noise = random.Random(0)
    content = gzip.compress(("text\n" + "".join(f"{noise.random()}\n" for _ in range(50_000))).encode())
    with pytest.raises(UnreadableTableError, match="gzip data is damaged or cut short"):
        read(write(tmp_path, content[: len(content) // 2], "posts.csv.gz"))


@pytest.mark.parametrize("content", ["", "\n\n"])
def test_empty_file(tmp_path, content):
    with pytest.raises(UnreadableTableError, match="is empty: expected a header"):
        read(write(tmp_path, content))


def test_header_alone_has_no_rows(tmp_path):
    assert read(write(tmp_path, "id,text\n")) == ([], [], {})


@pytest.mark.parametrize(
    ("selection", "message"),
    [
        (Selection(text="txet"), r"No column 'txet' .* 'id', 'text', 'Ngày'\. Did you mean 'text'\?"),
        (Selection(text="TEXT"), r"Did you mean 'text'\?"),
        (Selection(id="qqqqq"), "with --id-column"),
        (Selection(keep=["ngày"]), r"Did you mean 'Ngày'\?"),
        (Selection(keep=["id", "zzzzz"]), "with --keep"),
    ],
)
def test_missing_columns_are_named_with_the_nearest(tmp_path, selection, message):
    with pytest.raises(UnreadableTableError, match=message):
        read(write(tmp_path, "id,text,Ngày\n1,a,b\n"), selection)


def test_column_named_twice(tmp_path):
    with pytest.raises(UnreadableTableError, match="2 columns named 'text'"):
        read(write(tmp_path, "text,text\na,b\n"))


def test_huge_cell_and_nul(tmp_path):
    huge = "chữ " * 100_000
    path = write(tmp_path, f'id,text\n1,"{huge}"\n2,"a\0""b"\n3,c\0d\n')
    assert read(path)[0] == [huge, 'a\0"b', "c\0d"]


def test_duplicate_ids_are_kept(tmp_path):
    assert read(write(tmp_path, "id,text\n1,a\n1,b\n"))[2] == {"id": ["1", "1"]}


def test_chunks_are_bounded(tmp_path):
    path = write(tmp_path, "text\n" + "x\n" * 1300)
    with Table(path) as table:
        assert [len(chunk) for chunk in table] == [512, 512, 276]
        assert table.position() == table.size


cells = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(cells, cells), max_size=8))
def test_what_the_csv_module_writes_is_read_back(tmp_path_factory, rows):
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows([("text", "note"), *rows])
    path = tmp_path_factory.mktemp("csv") / "posts.csv"
    path.write_bytes(buffer.getvalue().encode())
    texts, problems, kept = read(path, Selection(keep=["note"]))
    assert problems == [None] * len(rows)
    assert texts == [text for text, _ in rows]
    assert kept.get("note", []) == [note for _, note in rows]


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200).map(lambda junk: b"text,id\n" + junk))
def test_any_bytes_give_rows_and_no_exception(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("csv") / "posts.csv"
    path.write_bytes(content)
    texts, problems, _ = read(path)
    assert all((text is None) != (problem is None) for text, problem in zip(texts, problems, strict=True))
