"""A functional suite in the manner of HateCheck and CheckList: small cases, each of which says what must come out.

Röttger et al. 2021 (HateCheck) and Ribeiro et al. 2020 (CheckList) describe the method.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Final

from flagger.errors import InputError, UnreadableTableError
from flagger.results import AxisScore, Result
from flagger.scorer import Flagger
from flagger.vocabulary import AXES, Decision

COLUMNS: Final = ("id", "functionality", "text", "axis", "expected", "pair")
# Rounding in a batch moves a probability by less; a real effect of a word moves it by far more.
TOLERANCE: Final = 0.01


class Expected(str, Enum):
    """What a case expects of one axis."""

    CLEAR = "clear"
    NOT_FLAG = "not_flag"
    RAISED = "raised"
    FLAG = "flag"
    NOT_ABOVE = "not_above"
    NOT_BELOW = "not_below"
    BASELINE = "baseline"


DIRECTIONS: Final = (Expected.NOT_ABOVE, Expected.NOT_BELOW)


@dataclass(frozen=True, slots=True)
class FunctionalCase:
    """One line of the suite.

    :param id: name of the text; a text that is judged on both axes has two lines with the same id.
    :param functionality: what the case tests.
    :param text: the post.
    :param axis: ``unverified`` or ``sensitive``.
    :param expected: what must come out.
    :param pair: id of the text that this one is compared with, or the empty string.
    """

    id: str
    functionality: str
    text: str
    axis: str
    expected: Expected
    pair: str = ""


@dataclass(frozen=True, slots=True)
class CaseOutcome:
    """What came out of one case.

    :param case: the case.
    :param probability: score on the axis of the case, in [0, 1].
    :param decision: decision on that axis.
    :param passed: whether the expectation holds; ``None`` for a baseline, which expects nothing.
    """

    case: FunctionalCase
    probability: float
    decision: Decision
    passed: bool | None


def read_cases(path: str | Path) -> list[FunctionalCase]:
    """Read one file of the suite, or all CSV files of a folder in the order of their names.

    :param path: a CSV file with the columns of ``COLUMNS``, or a folder of such files.
    :return: the cases in file order.
    :raises UnreadableTableError: when a file cannot be opened.
    :raises InputError: when a file has other columns, a line an unknown axis or expectation, or a pair is missing.
    """
    root = Path(path)
    files = sorted(root.glob("*.csv")) if root.is_dir() else [root]
    cases = [case for file in files for case in _read_file(file)]
    if not cases:
        raise InputError(f"'{root}' holds no functional cases; expected CSV files with {', '.join(COLUMNS)}.")
    known = {(case.id, case.axis) for case in cases}
    for case in cases:
        if case.expected in DIRECTIONS and (case.pair, case.axis) not in known:
            raise InputError(f"Case '{case.id}' is compared with '{case.pair}', which has no line on '{case.axis}'.")
    return cases


def _read_file(path: Path) -> list[FunctionalCase]:
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            reader = csv.DictReader(lines)
            if tuple(reader.fieldnames or ()) != COLUMNS:
                raise InputError(f"'{path}' has the columns {reader.fieldnames}; expected {', '.join(COLUMNS)}.")
            return [_parse(row, f"{path}:{number}") for number, row in enumerate(reader, start=2)]
    except OSError as error:
        raise UnreadableTableError(f"Cannot read the suite in '{path}': {error.strerror}. Give a CSV file.") from error


def _parse(row: Mapping[str, str], where: str) -> FunctionalCase:
    if row["axis"] not in AXES:
        raise InputError(f"{where}: axis '{row['axis']}' is unknown; expected {' or '.join(AXES)}.")
    try:
        expected = Expected(row["expected"])
    except ValueError as error:
        known = ", ".join(value.value for value in Expected)
        raise InputError(f"{where}: expectation '{row['expected']}' is unknown; expected one of {known}.") from error
    return FunctionalCase(row["id"], row["functionality"], row["text"], row["axis"], expected, row["pair"])


def run_suite(flagger: Flagger, cases: Sequence[FunctionalCase]) -> list[CaseOutcome]:
    """Score every text of the suite once and judge every case.

    :param flagger: the scorer.
    :param cases: the cases.
    :return: one outcome for each case, in order.
    """
    texts = list(dict.fromkeys(case.text for case in cases))
    results = dict(zip(texts, flagger.score_many(texts, explain=False), strict=True))
    baselines = {(case.id, case.axis): axis_score(results[case.text], case.axis).probability for case in cases}
    outcomes = []
    for case in cases:
        score = axis_score(results[case.text], case.axis)
        passed = _holds(case.expected, score, baselines.get((case.pair, case.axis)))
        outcomes.append(CaseOutcome(case, score.probability, score.decision, passed))
    return outcomes


def axis_score(result: Result, axis: str) -> AxisScore:
    """Give the score of one axis.

    :param result: a result.
    :param axis: ``unverified`` or ``sensitive``.
    :return: the score.
    """
    return result.unverified if axis == "unverified" else result.sensitive


def _holds(expected: Expected, score: AxisScore, baseline: float | None) -> bool | None:
    if expected is Expected.BASELINE:
        return None
    if expected is Expected.CLEAR:
        return score.decision is Decision.CLEAR
    if expected is Expected.NOT_FLAG:
        return score.decision is not Decision.FLAG
    if expected is Expected.RAISED:
        return score.decision is not Decision.CLEAR
    if expected is Expected.FLAG:
        return score.decision is Decision.FLAG
    if baseline is None:
        return False
    if expected is Expected.NOT_ABOVE:
        return score.probability <= baseline + TOLERANCE
    return score.probability >= baseline - TOLERANCE


def summarise(outcomes: Iterable[CaseOutcome]) -> dict[str, Any]:
    """Count what passed, overall and by functionality.

    :param outcomes: the outcomes.
    :return: ``cases``, ``texts``, ``passed``, ``pass_rate`` and ``functionalities``, each of which has ``cases``,
        ``passed``, ``pass_rate`` and the ids of those that ``failed`` with their axis; baselines count nowhere.
    """
    judged = [outcome for outcome in outcomes if outcome.passed is not None]
    groups: dict[str, list[CaseOutcome]] = {}
    for outcome in judged:
        groups.setdefault(outcome.case.functionality, []).append(outcome)
    return {
        **_counts(judged),
        "texts": len({outcome.case.text for outcome in judged}),
        "functionalities": {
            name: {
                **_counts(group),
                "failed": [f"{item.case.id}:{item.case.axis}" for item in group if not item.passed],
            }
            for name, group in groups.items()
        },
    }


def flag_rate(outcomes: Iterable[CaseOutcome], prefixes: Sequence[str], *, axis: str = "unverified") -> float:
    """Give the share of cases that are flagged, over functionalities of some kinds.

    :param outcomes: the outcomes.
    :param prefixes: how the names of the functionalities begin, such as ``criticism``.
    :param axis: ``unverified`` or ``sensitive``.
    :return: share in [0, 1].
    :raises InputError: when no case is of these kinds.
    """
    chosen = [
        outcome.decision is Decision.FLAG
        for outcome in outcomes
        if outcome.case.axis == axis and outcome.case.functionality.startswith(tuple(prefixes))
    ]
    if not chosen:
        raise InputError(f"No functionality on '{axis}' begins with {' or '.join(map(repr, prefixes))}.")
    return sum(chosen) / len(chosen)


def table_lines(summary: Mapping[str, Any]) -> list[str]:
    """Give the pass rates as a Markdown table, worst first.

    :param summary: what :func:`summarise` gave.
    :return: the lines of the table.
    """
    lines = ["| functionality | cases | passed | pass rate |", "|---|---:|---:|---:|"]
    ordered = sorted(summary["functionalities"].items(), key=lambda item: (item[1]["pass_rate"], item[0]))
    for name, values in [*ordered, ("**all**", summary)]:
        lines.append(f"| {name} | {values['cases']} | {values['passed']} | {values['pass_rate']:.1%} |")
    return lines


def _counts(outcomes: Sequence[CaseOutcome]) -> dict[str, Any]:
    passed = sum(bool(outcome.passed) for outcome in outcomes)
    rate = round(passed / len(outcomes), 4) if outcomes else 0.0
    return {"cases": len(outcomes), "passed": passed, "pass_rate": rate}
