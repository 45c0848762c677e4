"""The report without a browser: what goes into the page, from each format, and what is refused."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import os
import re
import sys
from datetime import date, datetime, timedelta, timezone

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_files import HOSTILE, THRESHOLDS, make_page, scored_row, write_lines
from typer.testing import CliRunner

from flagger.cli.main import app
from flagger.errors import InputError, UnreadableTableError
from flagger.places.gazetteer import Gazetteer
from flagger.report import ReportColumns, ReportPosts, read_scored
from flagger.report.page import _ASSETS, render_page
from flagger.report.provinces import PROVINCES, TILES
from flagger.report.words import page_words
from flagger.times import minutes_since_1970
from flagger.vocabulary import TOPICS


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def unpacked(html):
    def content(name):
        packed = re.search(rf'id="{name}">([A-Za-z0-9+/=]*)</script>', html).group(1)
        return json.loads(gzip.decompress(base64.b64decode(packed)))

    facts = content("posts")
    return {**facts, "posts": {**facts["posts"], **content("reasons")}}


def without_time_of_making(facts):
    return {name: value for name, value in facts.items() if name not in ("made", "title")}


def test_every_format_makes_the_same_page(project, tmp_path):
    pages = []
    for ending in ("jsonl", "csv", "tsv", "parquet"):
        scored = tmp_path / f"scored.{ending}"
        outcome = run("score", project / "data/sample_posts.jsonl", "-o", scored, "--keep-text", "--evidence")
        assert outcome.exit_code == 0, outcome.output
        outcome = run("report", scored, "-o", tmp_path / f"{ending}.html")
        assert outcome.exit_code == 0, outcome.output
        pages.append(without_time_of_making(unpacked((tmp_path / f"{ending}.html").read_text(encoding="utf-8"))))
    assert pages[0]["shown"] == 60
    assert pages[0]["hasEvidence"]
    assert any(pages[0]["posts"]["evidence"])
    assert all(pages[0]["posts"]["parts"])
    assert all(page == pages[0] for page in pages)


def test_score_writes_the_same_page_at_once(project, tmp_path):
    scored, page = tmp_path / "scored.jsonl", tmp_path / "direct.html"
    posts = project / "data/sample_posts.jsonl"
    outcome = run("score", posts, "-o", scored, "--keep-text", "--evidence", "--report", page)
    assert outcome.exit_code == 0, outcome.output
    assert run("report", scored, "-o", tmp_path / "later.html").exit_code == 0
    direct, later = (unpacked((tmp_path / name).read_text(encoding="utf-8")) for name in ("direct.html", "later.html"))
    assert without_time_of_making(direct) == without_time_of_making(later)


def test_times_that_cannot_be_read_cost_no_scores(tmp_path):
    posts = write_lines(tmp_path / "posts.jsonl", [{"text": "một", "when": "1 tháng 2"}, {"text": "hai", "when": "x"}])
    page = tmp_path / "page.html"
    outcome = run("score", posts, "-o", tmp_path / "out.jsonl", "--time-column", "when", "--report", page)
    assert outcome.exit_code == 0, outcome.output
    assert "could be read as a time" in outcome.stderr
    assert unpacked(page.read_text(encoding="utf-8"))["posts"]["time"] == [None, None]
    assert len((tmp_path / "out.jsonl").read_text().splitlines()) == 2


@pytest.mark.parametrize("when", ["observing", "writing"])
def test_a_page_that_fails_costs_no_scores(tmp_path, monkeypatch, when):
    posts, page, out = (
        write_lines(tmp_path / "posts.jsonl", [{"text": "một"}]),
        tmp_path / "page.html",
        tmp_path / "o.csv",
    )
    if when == "writing":
        page.mkdir()
    else:
        monkeypatch.setattr(ReportPosts, "add", lambda self, row: (_ for _ in ()).throw(InputError("page.html breaks")))
    outcome = run("score", posts, "-o", out, "--report", page, "--summary", tmp_path / "s.json", "--resume")
    assert outcome.exit_code == 2
    assert "page.html" in outcome.stderr.splitlines()[-1]
    assert f"-> {out}, {tmp_path / 's.json'}" in outcome.stderr
    assert out.exists()
    assert (tmp_path / "s.json").exists()
    # The same command is quick now.
    assert (tmp_path / "o.csv.resume").exists()


def test_evidence_column_holds_true_spans(project, tmp_path):
    scored = tmp_path / "scored.jsonl"
    run("score", project / "data/sample_posts.jsonl", "-o", scored, "--keep-text", "--evidence")
    rows = [json.loads(line) for line in scored.read_text(encoding="utf-8").splitlines()]
    items = [(row["text"], item) for row in rows for item in row["evidence"]]
    assert len(items) > 60
    assert all(post[item["start"] : item["end"]] == item["text"] for post, item in items)


def test_page_allows_its_own_code_only(tmp_path):
    html = make_page(tmp_path, [scored_row(1, HOSTILE)]).read_text(encoding="utf-8")
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html).group(1)
    assert "default-src 'none'" in policy
    for tag, directive in (("script", "script-src"), ("style", "style-src")):
        content = re.search(f"<{tag}>(.*?)</{tag}>", html, re.DOTALL).group(1)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}'" in policy
    assert "stolen" not in html
    assert not re.search(r"(?:src|href)=[\"']?(?:https?:)?//", html)
    assert unpacked(html)["posts"]["text"] == [HOSTILE]


@given(st.text(max_size=40), st.text(min_size=1, max_size=10), st.text(max_size=10))
def test_spans_count_utf16_units(before, words, after):
    post = before + words + after
    row = scored_row(1, post, cues=(("hearsay", words),))
    posts = ReportPosts(ReportColumns(id="id"), {})
    posts.add(row)
    start, end = map(int, posts.payload()["posts"]["evidence"][0].split(",")[:2])
    units = post.encode("utf-16-le", "surrogatepass")
    assert units[2 * start : 2 * end].decode("utf-16-le", "surrogatepass") == words


def test_most_urgent_posts_are_kept_and_the_rest_is_counted():
    posts = ReportPosts(ReportColumns(), {}, limit=10)
    for number in range(55):
        posts.add(scored_row(number, f"bài {number}", unverified=(number * 37 % 55) / 55))
    payload = posts.payload()
    kept = payload["posts"]["priority"]
    assert (payload["rows"], payload["shown"]) == (55, 10)
    assert kept == sorted(kept, reverse=True)
    assert kept[-1] >= 0.5 * 45 / 55


def test_rows_without_scores_are_counted(tmp_path):
    failed = dict.fromkeys(scored_row(1, "x")) | {"id": "b", "text": None, "error": "row 2: the text is null"}
    scored = write_lines(tmp_path / "scored.jsonl", [scored_row(1, "một bài"), failed])
    payload = read_scored(scored, ReportColumns(), {}).payload()
    assert (payload["rows"], payload["unscored"], payload["shown"]) == (2, 1, 1)


def test_groups_and_times_are_read(tmp_path):
    rows = [scored_row(number, f"bài {number}", group="g1", day="2026-03-01") for number in (1, 2)]
    payload = read_scored(write_lines(tmp_path / "scored.jsonl", rows), ReportColumns(time="day"), {}).payload()
    assert payload["posts"]["group"] == [0, 0]
    assert payload["posts"]["time"] == [int((datetime(2026, 3, 1) - datetime(1970, 1, 1)).total_seconds()) // 60] * 2


@pytest.mark.parametrize(
    ("rows", "columns", "expected"),
    [
        ([{"id": 1, "text": "x"}], ReportColumns(), "holds no scores"),
        ([{k: v for k, v in scored_row(1, "x").items() if k != "text"}], ReportColumns(), "--keep-text"),
        ([scored_row(1, "x")], ReportColumns(time="when"), "'when'.*with --time-column"),
        ([scored_row(1, "x")], ReportColumns(group="same"), "'same'.*with --group-column"),
    ],
)
def test_other_tables_are_refused(tmp_path, rows, columns, expected):
    with pytest.raises(UnreadableTableError, match=expected):
        read_scored(write_lines(tmp_path / "scored.jsonl", rows), columns, {})


def test_broken_rows_and_times_are_refused(tmp_path):
    broken = scored_row(1, "bí mật") | {"unverified_decision": "certainly"}
    with pytest.raises(InputError, match="Row 1 is not as") as caught:
        read_scored(write_lines(tmp_path / "a.jsonl", [broken]), ReportColumns(), {})
    assert "bí mật" not in str(caught.value)
    odd = write_lines(tmp_path / "b.jsonl", [scored_row(1, "x", day="hôm qua")])
    with pytest.raises(InputError, match="'day'"):
        read_scored(odd, ReportColumns(time="day"), {})


@pytest.mark.parametrize("other", ["ngắn", "😱 nghe nói vỡ đập ở Hà Nội"])
def test_spans_of_another_column_are_refused(tmp_path, other):
    row = scored_row(1, "nghe nói vỡ đập ở Hà Nội 😱", place=("Hà Nội", "Hà Nội"), other=other)
    with pytest.raises(InputError, match="--text-column"):
        read_scored(write_lines(tmp_path / "a.jsonl", [row]), ReportColumns(text="other"), {})


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of POSIX")
def test_a_pipe_is_refused(tmp_path):
    os.mkfifo(tmp_path / "scored.jsonl")
    outcome = run("report", tmp_path / "scored.jsonl", "-o", tmp_path / "page.html")
    assert outcome.exit_code == 2
    assert "more than once" in outcome.stderr


def test_page_must_be_html_and_no_other_file(project, tmp_path):
    scored = write_lines(tmp_path / "scored.jsonl", [scored_row(1, "x")])
    assert run("report", scored, "-o", tmp_path / "page.pdf").exit_code == 2
    posts = project / "data/sample_posts.jsonl"
    outcome = run("score", posts, "-o", tmp_path / "s.jsonl", "--report", tmp_path / "s.txt")
    assert outcome.exit_code == 2
    assert not (tmp_path / "s.jsonl").exists()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-03-01T08:30", datetime(2026, 3, 1, 8, 30)),
        ("2026-03-01T01:30:00Z", datetime(2026, 3, 1, 8, 30)),
        ("2026-03-01 08:30:00+07:00", datetime(2026, 3, 1, 8, 30)),
        ("01/03/2026 08:30", datetime(2026, 3, 1, 8, 30)),
        ("1/3/2026", datetime(2026, 3, 1)),
        (date(2026, 3, 1), datetime(2026, 3, 1)),
        (datetime(2026, 3, 1, 1, 30, tzinfo=timezone.utc), datetime(2026, 3, 1, 8, 30)),
        (datetime(2026, 3, 1, 1, 30, tzinfo=timezone(timedelta(hours=7))).timestamp(), datetime(2026, 3, 1, 1, 30)),
        ("1772328600", datetime(2026, 3, 1, 8, 30)),
        (1772328600000, datetime(2026, 3, 1, 8, 30)),
        ("1772328600000", datetime(2026, 3, 1, 8, 30)),
        ("1735120101234", datetime(2024, 12, 25, 16, 48)),
        ("1772328600.5", datetime(2026, 3, 1, 8, 30)),
        ("1772328600000.5", datetime(2026, 3, 1, 8, 30)),
        ("-86400", datetime(1969, 12, 31, 7)),
        ("20260301083000", datetime(2026, 3, 1, 8, 30)),
        ("20260301", datetime(2026, 3, 1)),
        (20260301, datetime(2026, 3, 1)),
        (20260301.0, datetime(2026, 3, 1)),
        ("20261301", None),
        ("hôm qua", None),
        ("", None),
        (None, None),
        (True, None),
        (float("nan"), None),
        ("1e400", None),
        (10**400, None),
        ("9999-12-31T23:59:59Z", None),
        ("0001-01-01T00:00:00+14:00", None),
        (pd.NaT, None),
    ],
)
def test_times(value, expected):
    minutes = minutes_since_1970(value)
    assert minutes == (None if expected is None else (expected - datetime(1970, 1, 1)) // timedelta(minutes=1))


def test_tiles_are_the_provinces_and_do_not_cover_each_other():
    gazetteer = Gazetteer.load()
    names = {gazetteer.province_name(gazetteer.province_now(unit)) for unit in range(63)}
    assert set(PROVINCES) == names
    assert len({(tile.row, tile.column) for tile in TILES}) == len({tile.code for tile in TILES}) == len(TILES) == 34


def test_words_are_there_in_both_languages_and_used():
    words = page_words()
    assert words["en"].keys() == words["vi"].keys()
    code = "".join(path.read_text(encoding="utf-8") for path in _ASSETS.iterdir() if path.suffix in (".js", ".j2"))
    whole = {
        *re.findall(r"words\.(\w+)", code),
        *re.findall(r"data-\w+=\"(\w+)\"", code),
        *re.findall(r"'(\w+)'", code),
    }
    families = tuple(re.findall(r"word\(`(\w+_)\$", code))
    assert [name for name in words["en"] if name not in whole and not name.startswith(families)] == []
    for name, text in words["en"].items():
        assert sorted(re.findall(r"\{\d\}", text)) == sorted(re.findall(r"\{\d\}", words["vi"][name])), name


def test_names_of_files_need_not_be_unicode():
    posts = ReportPosts(ReportColumns(), dict.fromkeys(TOPICS, 0.5))
    name = os.fsdecode(b"b\xe0i")
    html = render_page(posts, title=name, versions={"model": name}, thresholds=THRESHOLDS)
    assert "b\ufffdi" in html


def test_title_stays_text():
    posts = ReportPosts(ReportColumns(), dict.fromkeys(TOPICS, 0.5))
    html = render_page(posts, title="</title><script>x</script>", versions={}, thresholds=THRESHOLDS)
    assert "<script>x" not in html
