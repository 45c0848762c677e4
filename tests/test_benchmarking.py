import json
import os
import re

import pytest
from typer.testing import CliRunner

from flagger.benchmarking.threads import VARIABLES, set_threads
from flagger.benchmarking.workload import Workload, percentile, sample_posts
from flagger.cli.main import app
from flagger.errors import InputError
from flagger.threads import available_cores, thread_count


@pytest.mark.parametrize(("share", "expected"), [(1, 1), (10, 1), (11, 2), (50, 5), (90, 9), (99, 10), (100, 10)])
def test_percentile_is_the_least_value_that_covers_the_share(share, expected):
    assert percentile(list(range(1, 11)), share) == expected


def test_equal_posts_are_left_out():
    workload = Workload.of(["a", "bb", "a", "cccc"])
    assert workload.posts == ("a", "bb", "cccc")
    lengths = workload.lengths()
    assert (lengths["posts"], lengths["distinct"]) == (4, 3)
    assert lengths["characters"] == {"mean": 2.3, "p10": 1, "p50": 2, "p90": 4, "p99": 4, "longest": 4}


def test_posts_of_median_length():
    posts = ["x" * length for length in (1, 50, 10, 11, 9, 90)]
    assert list(map(len, Workload.of(posts).median_posts(3))) == [10, 11, 9]


def test_no_posts_are_refused():
    with pytest.raises(InputError, match="no posts"):
        Workload.of([])


def test_the_limit_takes_posts_from_the_whole_table(tmp_path):
    path = tmp_path / "posts.txt"
    path.write_text("".join(f"{number}\n" for number in range(100)), encoding="utf-8")
    posts = Workload.read(path, limit=30).posts
    assert len(posts) <= 30
    assert int(posts[-1]) > 90


def test_sample_posts_are_the_default():
    assert len(Workload.read().posts) == 60
    assert len(Workload.read(text="body").posts) == 60


def test_sample_posts_are_found_in_a_built_package_and_in_a_checkout(project, tmp_path):
    build = (project / "pyproject.toml").read_text(encoding="utf-8").split("force-include]\n")[1].split("\n\n")[0]
    shipped = dict(re.findall(r'^"(.+)" = "(.+)"$', build, re.MULTILINE))
    inside = tmp_path / shipped["data/sample_posts.jsonl"]
    inside.parent.mkdir(parents=True)
    inside.touch()
    assert sample_posts(tmp_path / "flagger") == inside
    assert sample_posts(project / "src" / "flagger") == project / "data" / "sample_posts.jsonl"
    with pytest.raises(InputError, match="--posts"):
        sample_posts(tmp_path / "other" / "flagger")


@pytest.mark.parametrize("threads", [0, -1, available_cores() + 1])
def test_more_threads_than_cores_are_refused(threads):
    with pytest.raises(InputError, match="number of cores"):
        set_threads(threads)


@pytest.fixture
def environment(monkeypatch):
    """Variables that the command sets are put back afterwards."""
    for variable in VARIABLES:
        monkeypatch.setenv(variable, "1")


def test_threads_are_set(environment):
    os.environ["OMP_NUM_THREADS"] = "7"
    set_threads(1)
    assert {os.environ[variable] for variable in VARIABLES} == {"1"}


@pytest.mark.parametrize(
    ("own", "general", "expected"),
    [
        ("1", "9999", 1),
        ("9999", "1", available_cores()),
        ("", "1", 1),
        ("0", "1", 1),
        ("two", "", available_cores()),
        ("", "", available_cores()),
    ],
)
def test_threads_of_the_encoder(monkeypatch, own, general, expected):
    monkeypatch.setenv("FLAGGER_THREADS", own)
    monkeypatch.setenv("OMP_NUM_THREADS", general)
    assert thread_count() == expected


@pytest.mark.parametrize("as_json", [True, False])
def test_the_command_measures_everything(environment, tmp_path, as_json):
    path = tmp_path / "posts.txt"
    path.write_text("Nghe nói sắp có bão ở Quảng Ngãi\nTrời đẹp\nTrời đẹp\n", encoding="utf-8")
    arguments = ["bench", "--posts", str(path), "--rounds", "1", *(["--json"] if as_json else [])]
    outcome = CliRunner().invoke(app, arguments)
    assert outcome.exit_code == 0, outcome.output
    assert "Nghe" not in outcome.output
    if not as_json:
        assert "2 different posts" in outcome.stdout
        return
    figures = json.loads(outcome.stdout)
    assert figures["threads"] == 1
    assert figures["workload"]["posts"] == 3
    assert figures["rate"]["posts_per_second"] > 0
    assert 0 < figures["latency_milliseconds"]["p50"] <= figures["latency_milliseconds"]["p99"]
    assert 0 < figures["start"]["seconds_to_import"] < figures["start"]["seconds_to_first_score"]
    assert figures["peak_mebibytes"] is None or figures["peak_mebibytes"] > 20
    assert set(figures["stages_microseconds"]) == {
        *("prepare", "lexicon", "places", "features", "linear", "encoder", "fusion", "whole", "whole_with_wording")
    }
