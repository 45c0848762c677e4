import os
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flagger.errors import OutputError
from flagger.tables.journal import Journal

RUN = {"input": [["posts.csv", 12, 3]], "model": "a"}
RECORDS = [[{"error": None, "unverified": 0.1 + 0.2}], [], [{"error": "row 2: ờ"}]]


class Killed(BaseException):
    pass


def begun(target, records):
    with suppress(Killed), Journal(target, RUN) as journal:
        assert journal.take() is None
        for record in records:
            journal.add(record)
        raise Killed


def taken(target):
    found = []
    with suppress(Killed), Journal(target, RUN) as journal:
        while (record := journal.take()) is not None:
            found.append(record)
        raise Killed
    return found


def test_what_was_added_is_there_after_a_kill(tmp_path):
    begun(tmp_path / "out.csv", RECORDS)
    assert taken(tmp_path / "out.csv") == RECORDS
    assert taken(tmp_path / "out.csv") == RECORDS


def test_names_of_files_need_not_be_unicode(tmp_path):
    name = os.fsdecode(b"b\xe0i.csv")
    for _ in range(2):
        with suppress(Killed), Journal(tmp_path / name, {"input": [[name, 1, 2]]}) as journal:
            raise Killed
    with pytest.raises(OutputError, match="another input"), Journal(tmp_path / name, {"input": [["bài.csv", 1, 2]]}):
        pass
    assert journal.path.exists()


def test_zeros_at_the_end_are_torn_too(tmp_path):
    begun(tmp_path / "out.csv", RECORDS)
    with (tmp_path / "out.csv.resume").open("ab") as file:
        file.write(bytes(64))
    assert taken(tmp_path / "out.csv") == RECORDS


def test_the_journal_is_removed_at_the_end(tmp_path):
    begun(tmp_path / "out.csv", RECORDS)
    assert (tmp_path / "out.csv.resume").exists()
    with Journal(tmp_path / "out.csv", RUN):
        pass
    assert not list(tmp_path.iterdir())


@given(st.data())
def test_a_torn_end_costs_the_last_record_only(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("torn")
    target, path = folder / "out.csv", folder / "out.csv.resume"
    begun(target, RECORDS)
    whole = path.read_bytes()
    path.write_bytes(whole[: data.draw(st.integers(0, len(whole)))])
    before = taken(target)
    assert before == RECORDS[: len(before)]
    with Journal(target, RUN) as journal:
        for record in before:
            assert journal.take() == record
        assert journal.take() is None
        for record in RECORDS[len(before) :]:
            journal.add(record)
        assert path.read_bytes() == whole


def test_a_changed_byte_ends_what_is_taken(tmp_path):
    begun(tmp_path / "out.csv", RECORDS)
    path = tmp_path / "out.csv.resume"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    assert taken(tmp_path / "out.csv") == RECORDS[:-1]


def test_another_run_is_refused_and_named(tmp_path):
    begun(tmp_path / "out.csv", RECORDS)
    with pytest.raises(OutputError, match="another model"), Journal(tmp_path / "out.csv", {**RUN, "model": "b"}):
        pass
    assert taken(tmp_path / "out.csv") == RECORDS


def test_a_foreign_file_is_not_touched(tmp_path):
    (tmp_path / "out.csv.resume").write_text("my notes on how to go on")
    with pytest.raises(OutputError, match="no journal"), Journal(tmp_path / "out.csv", RUN):
        pass
    assert (tmp_path / "out.csv.resume").read_text() == "my notes on how to go on"


def test_a_second_run_at_the_same_time_is_refused(tmp_path):
    pytest.importorskip("fcntl")
    with Journal(tmp_path / "out.csv", RUN):  # noqa: SIM117 - one inside the other is the point
        with pytest.raises(OutputError, match="in use"), Journal(tmp_path / "out.csv", RUN):
            pass


def test_unfinished_outputs_of_killed_runs_are_removed(tmp_path):
    others = [".other.csv.abc.part", ".out.csv.parquet.abc.part"]
    for name in (".out.csv.abc.part", *others, "out.csv"):
        (tmp_path / name).write_text("x")
    with Journal(tmp_path / "out.csv", RUN):
        assert sorted(path.name for path in tmp_path.iterdir()) == [*others, "out.csv", "out.csv.resume"]
