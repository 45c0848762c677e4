"""Counts by province, topic and time window."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import msgspec
import pandas as pd
import pytest
from stand_in_scorer import StandInScorer, make_result
from typer.testing import CliRunner

import flagger
import flagger.scorer
from flagger.cli.main import app
from flagger.errors import InputError
from flagger.results import PlaceCandidate, Result
from flagger.times import minutes_since_1970
from flagger.vocabulary import PlaceLevel

PLACED = "Nghe nói ở Thanh Oai có vụ việc"


def merged(post: str) -> Result:
    """A post about a place whose province has another name now."""
    result = make_result(post, probability=0.9)
    unit = PlaceCandidate("Tỉnh Phú Yên", PlaceLevel.PROVINCE, "Phú Yên", "Đắk Lắk")
    return replace(result, places=(replace(result.places[0], candidates=(unit,)),) * 2)


def test_counts_by_province_topic_and_decision() -> None:
    found = flagger.summary([make_result(PLACED), merged(PLACED), make_result("Trời đẹp", probability=0.6)])
    assert (found["posts"], found["unscored"]) == (3, 0)
    assert found["decisions"]["unverified"] == {"clear": 1, "review": 1, "flag": 1}
    # A post that names a province twice counts once.
    assert found["provinces"]["Đắk Lắk"] == {"posts": 1, "unverified": 1, "sensitive": 0}
    assert found["provinces_before"]["Phú Yên"] == {"posts": 1, "unverified": 1, "sensitive": 0}
    # The stand-in gives the topics 0/16, 1/16, …: those from 0.5 on are present.
    assert found["topics"] == {
        name: {"posts": 3, "unverified": 1, "sensitive": 0} for name in ("violence", "hate", "privacy", "environment")
    }
    assert "windows" not in found


@pytest.mark.parametrize(
    ("window", "starts"),
    [("day", ["2025-06-30", "2025-07-02"]), ("week", ["2025-06-30"]), ("month", ["2025-06-01", "2025-07-01"])],
)
def test_windows(window: str, starts: list[str]) -> None:
    results = [merged(PLACED), make_result(PLACED), make_result(PLACED), make_result(PLACED)]
    times = [date(2025, 6, 30), "02/07/2025", "2025-07-01T23:30:00Z", "no time"]
    found = flagger.summary(results, times=times, window=window)
    assert list(found["windows"]) == starts
    assert (found["window"], found["without_time"]) == (window, 1)
    assert sum(one["posts"] for one in found["windows"].values()) == 3
    first = found["windows"][starts[0]]
    assert first["unverified"] == 1
    assert first["provinces"]["Đắk Lắk"] == {"posts": 1, "unverified": 1, "sensitive": 0}
    assert first["topics"]["hate"]["posts"] == first["posts"]


def test_bad_requests_are_refused() -> None:
    with pytest.raises(InputError, match="'year'; expected one of day, week, month"):
        flagger.summary([], window="year")
    with pytest.raises(InputError, match="2 times for more results"):
        flagger.summary([make_result("a")] * 3, times=["2025-01-01"] * 2)
    with pytest.raises(InputError, match="2 times for 1 results"):
        flagger.summary([make_result("a")], times=["2025-01-01"] * 2)


def test_times_may_be_a_column_of_a_filtered_frame() -> None:
    times = pd.DataFrame({"day": ["2025-01-01", "2025-01-02"]}).iloc[1:]["day"]
    assert list(flagger.summary([make_result("a")], times=times)["windows"]) == ["2025-01-02"]


@pytest.mark.parametrize(
    "time",
    [
        "2025-07-01T17:30:00+0000",
        "2025-07-01 17:30:00 UTC",
        "2025-07-02 00:30:00+07",
        "2025-07-01T17:30:00.123456789Z",
        "2025-07-02T00:30:00.5",
        "2025-07-01T17:30z",
        "02-07-2025 00:30",
        "2025/07/02 00:30",
    ],
)
def test_times_that_other_programs_write(time: str) -> None:
    assert minutes_since_1970(time) == minutes_since_1970("2025-07-02T00:30:00")


def test_words_joined_by_underscores_are_no_number() -> None:
    assert minutes_since_1970("31_12_2025") is None


def test_nothing_is_counted_as_nothing() -> None:
    found = flagger.summary([])
    assert (found["posts"], found["provinces"], found["topics"]) == (0, {}, {})


class TestCommand:
    @pytest.fixture(autouse=True)
    def stand_in(self, monkeypatch: pytest.MonkeyPatch) -> None:
        scorer = StandInScorer()
        scorer.model = SimpleNamespace(fusion=SimpleNamespace(topic_thresholds={}))
        monkeypatch.setattr(flagger.scorer.Flagger, "from_pretrained", lambda *_, **__: scorer)

    @pytest.fixture
    def posts(self, tmp_path: Path) -> Path:
        path = tmp_path / "posts.jsonl"
        rows = [(PLACED, "2025-07-01"), (PLACED + " flagme", "2025-07-02"), (None, "2025-07-02"), ("Trời đẹp", None)]
        lines = [msgspec.json.encode({"text": text, "day": day}) for text, day in rows]
        path.write_bytes(b"\n".join(lines) + b"\n")
        return path

    def run(self, *arguments: object) -> object:
        return CliRunner().invoke(app, [str(argument) for argument in arguments])

    def test_summary(self, posts: Path, tmp_path: Path) -> None:
        counts = tmp_path / "counts.json"
        outcome = self.run(
            *("score", posts, "-o", tmp_path / "out.jsonl"),
            *("--summary", counts, "--time-column", "day", "--window", "month"),
        )
        assert outcome.exit_code == 0, outcome.output
        found = msgspec.json.decode(counts.read_bytes())
        assert (found["posts"], found["unscored"], found["without_time"]) == (4, 1, 1)
        assert found["provinces"] == {"Thành phố Hà Nội": {"posts": 2, "unverified": 1, "sensitive": 0}}
        assert found["windows"]["2025-07-01"]["posts"] == 2
        assert "Thành phố Hà Nội" in outcome.output
        assert "Thanh Oai" not in outcome.output

    def test_groups_change_no_count(self, posts: Path, tmp_path: Path) -> None:
        arguments = ("score", posts, "-o", tmp_path / "out.jsonl", "--summary", tmp_path / "counts.json")
        assert self.run(*arguments).exit_code == 0
        whole = (tmp_path / "counts.json").read_bytes()
        (tmp_path / "counts.json").unlink()
        assert self.run(*arguments, "--groups").exit_code == 0
        assert (tmp_path / "counts.json").read_bytes() == whole

    @pytest.mark.parametrize("name", ["counts.txt", "out.jsonl", "posts.jsonl"])
    def test_other_names_are_refused(self, posts: Path, tmp_path: Path, name: str) -> None:
        outcome = self.run("score", posts, "-o", tmp_path / "out.jsonl", "--summary", tmp_path / name)
        assert outcome.exit_code == 2
        assert ".json" in outcome.output
        assert not (tmp_path / "out.jsonl").exists()
