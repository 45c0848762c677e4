"""The neutrality gate on the shipped model, and a proof that a model of the kind that it is for fails it.

The ceilings are the limits of the gate itself.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flagger import Flagger
from flagger.evaluation.neutrality import (
    GREATEST_FLAG_RATE,
    SwapSet,
    failures,
    measure_neutrality,
    neutrality_lines,
    read_swap_sets,
)
from flagger.model_folder import ModelFolder

# Largest spread of the unverified probability over the words of one sentence, and share of sentences whose decision
# depends on the word.
CEILINGS = {
    "targets": (0.05, 0.0),
    "region": (0.05, 0.0),
    "religion": (0.05, 0.0),
    "ethnic_group": (0.05, 0.0),
    "gender": (0.05, 0.0),
    "age": (0.05, 0.0),
}
POLITICAL_CEILING = 0.02


@pytest.fixture(scope="module")
def figures(flagger: Flagger) -> dict[str, Any]:
    return measure_neutrality(flagger)


def test_the_sets_are_broad() -> None:
    targets, *groups = read_swap_sets()
    assert len(targets.all_words) >= 60
    assert {"region", "religion", "ethnic_group", "gender", "age"} <= {one.name for one in groups}
    for swap_set in (targets, *groups):
        assert all(s.count("{t}") == 1 for kind in swap_set.sentences.values() for s in kind)


def test_nobody_is_flagged_for_being_named(figures: dict[str, Any]) -> None:
    for name, values in figures.items():
        for axis in ("unverified", "sensitive"):
            assert values[axis]["flag_rate"] <= GREATEST_FLAG_RATE, (name, axis)
    assert figures["targets"]["unverified"]["flag_rate"] == 0.0


@pytest.mark.parametrize("name", CEILINGS)
def test_the_target_hardly_moves_the_score(figures: dict[str, Any], name: str) -> None:
    spread, changed = CEILINGS[name]
    assert figures[name]["unverified"]["largest_spread"] <= spread
    assert figures[name]["unverified"]["changed_sentences"] <= changed


def test_political_posts_are_flagged_no_more_than_others(flagger: Flagger) -> None:
    rates = flagger.model.metrics["neutrality"]
    assert rates["political_posts"] > 100
    assert rates["flag_rate_political"] <= min(POLITICAL_CEILING, rates["flag_rate_other"])


@pytest.mark.slow
def test_a_model_trained_on_whom_it_is_about_fails(project: Path) -> None:
    """Train on the raw label of ReINTEL, political rows and all: it has learned what flagger must not be."""
    pytest.importorskip("sklearn")
    from flagger.lexicon import Lexicon
    from flagger.training.dataset import LabelledPost
    from flagger.training.linear import train
    from flagger.training.table import build_table

    source = project / "../shared/data/reintel_weak.jsonl"
    judged = project / "../shared/data/posts_labelled.jsonl"
    if not source.is_file():
        pytest.skip("the public data set is not here")
    rows = [json.loads(line) for line in source.read_text(encoding="utf-8").splitlines()]
    rows = [row for number, row in enumerate(rows) if row["political_keyword"] or number % 4 == 0]
    posts = [
        LabelledPost(
            *(row["text"], str(row["near_duplicate_group"]), int(row["unreliable"])),
            *(frozenset(), frozenset(), False, False),
        )
        for row in rows
    ]
    table = build_table(posts, [1.0] * len(posts))
    trained = train(table, np.arange(len(posts)))
    lexicon = Lexicon.default()
    raw = Flagger(ModelFolder(trained.linear_model(), trained.fusion, lexicon.content_hash), lexicon)
    figures = measure_neutrality(raw)
    assert failures(figures)
    spread, changed = CEILINGS["targets"]
    assert figures["targets"]["unverified"]["largest_spread"] > spread
    assert figures["targets"]["unverified"]["changed_sentences"] > changed
    calm = [json.loads(line) for line in judged.read_text(encoding="utf-8").splitlines()]
    seen = {row["text"] for row in rows}
    calm = [row for row in calm if row["political"] and not row["unverified"] and row["text"] not in seen]
    results = raw.score_many([row["text"] for row in calm], explain=False)
    above = sum(result.unverified.probability >= 0.5 for result in results) / len(calm)
    assert above > 2 * POLITICAL_CEILING


def test_the_gate_says_what_is_wrong(flagger: Flagger) -> None:
    # Not about the same thing: a rumour against small talk, to see every limit break.
    rumour = "Nghe nói ở Thanh Oai có vụ bắt cóc trẻ em, chia sẻ gấp cho mọi người cùng biết!"
    biased = SwapSet("biased", {"all": ["Trời hôm nay đẹp quá", rumour, rumour + " Gấp!"]}, {"all": ["{t}"]})
    figures = measure_neutrality(flagger, [biased])
    found = failures(figures)
    assert any("spreads by" in line for line in found)
    assert any("decision changes" in line for line in found)
    assert any("are flagged" in line for line in found)
    assert any("| biased | 1 x 3 |" in line for line in neutrality_lines(figures))
