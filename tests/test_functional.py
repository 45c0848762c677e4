"""The functional suite on the shipped model.

The floors are ratchets: what the present model reaches, less a small margin. They go up, never down.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from flagger import Flagger
from flagger.errors import InputError, UnreadableTableError
from flagger.evaluation.functional import CaseOutcome, flag_rate, read_cases, run_suite, summarise
from flagger.fusion.model import Thresholds

OPINION = ("criticism", "complaint", "petition", "praise", "policy", "satire")
OVERALL_FLOOR = 0.97
OPINION_CEILING = 0.01


@pytest.fixture(scope="module")
def outcomes(flagger: Flagger, project: Path) -> list[CaseOutcome]:
    return run_suite(flagger, read_cases(project / "tests" / "functional"))


def test_the_suite_is_broad(outcomes: list[CaseOutcome]) -> None:
    summary = summarise(outcomes)
    assert summary["cases"] >= 1_000
    assert len(summary["functionalities"]) >= 45


def test_most_cases_pass(outcomes: list[CaseOutcome]) -> None:
    assert summarise(outcomes)["pass_rate"] >= OVERALL_FLOOR


@pytest.mark.parametrize("axis", ["unverified", "sensitive"])
def test_opinion_is_hardly_ever_flagged(outcomes: list[CaseOutcome], axis: str) -> None:
    assert flag_rate(outcomes, OPINION, axis=axis) <= OPINION_CEILING


def test_a_model_that_flags_opinion_fails(flagger: Flagger, project: Path) -> None:
    eager = {axis: Thresholds(review=0.0, flag=0.005) for axis in ("unverified", "sensitive")}
    model = replace(flagger.model, fusion=replace(flagger.model.fusion, thresholds=eager))
    cases = read_cases(project / "tests" / "functional" / "opinions.csv")
    outcomes = run_suite(Flagger(model, flagger.lexicon), cases)
    assert flag_rate(outcomes, OPINION) > OPINION_CEILING
    assert summarise(outcomes)["pass_rate"] < OVERALL_FLOOR


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("id,text\n1,a\n", "columns"),
        ("id,functionality,text,axis,expected,pair\n1,f,a,mood,flag,\n", "mood"),
        ("id,functionality,text,axis,expected,pair\n1,f,a,unverified,angry,\n", "angry"),
        ("id,functionality,text,axis,expected,pair\n1,f,a,unverified,not_above,2\n", "compared with '2'"),
        ("id,functionality,text,axis,expected,pair\n", "no functional cases"),
    ],
)
def test_a_bad_suite_is_refused(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "suite.csv").write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read_cases(tmp_path)
    with pytest.raises((InputError, UnreadableTableError)):
        read_cases(tmp_path / "nowhere.csv")
