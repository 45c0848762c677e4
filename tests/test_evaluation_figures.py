"""Intervals, slices and curves: what they say on cases whose answer is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from flagger.evaluation.curves import draw_curves
from flagger.evaluation.intervals import intervals
from flagger.evaluation.metrics import calibration_error, reliability
from flagger.evaluation.report import judge
from flagger.evaluation.scored import Scored
from flagger.evaluation.shipped import join
from flagger.evaluation.slices import slice_figures
from flagger.training.dataset import LabelledPost
from flagger.training_record import TrainingRecord
from flagger.vocabulary import TOPICS

SIZE = 200


def scored(skill: float, *, groups: int = SIZE, seed: int = 0) -> Scored:
    generator = np.random.default_rng(seed)
    levels = generator.integers(0, 3, SIZE)
    posts = [
        LabelledPost(
            ("nghe noi " if row % 4 == 0 else "nghe nói ") * (1 + row % 3 * 40),
            str(row % groups),
            int(level),
            frozenset({"health"} if row % 2 else ()),
            frozenset(),
            row % 3 == 0,
            False,
            source="a" if row % 5 else "b",
        )
        for row, level in enumerate(levels)
    ]
    noise = generator.random(SIZE)
    values = skill * (levels > 0) * 0.5 + (1 - skill * 0.5) * noise
    flat = np.full(SIZE, 0.5)
    limits = np.tile([0.3, 0.7], (SIZE, 1))
    return Scored(posts, values, values, values, flat, flat, np.full((SIZE, len(TOPICS)), 0.5), limits, limits)


def test_intervals_hold_the_figure_and_widen_with_fewer_groups() -> None:
    many, few = scored(0.8), scored(0.8, groups=12)
    low, high = intervals(many, rounds=120)["unverified"]["roc_auc"]
    figure = judge(many, method="test").figures["unverified"]["roc_auc"]
    assert low < figure < high
    narrow, wide = (np.ptp(intervals(one, rounds=120)["unverified"]["roc_auc"]) for one in (many, few))
    assert wide > 0.0
    assert narrow > 0.0


def test_gain_over_oneself_is_nothing_and_over_chance_is_something() -> None:
    good, chance = scored(0.9), scored(0.0)
    assert intervals(good, good, rounds=20)["unverified"]["roc_auc"] == [0.0, 0.0]
    assert intervals(good, chance, rounds=120)["unverified"]["roc_auc"][0] > 0.1


def test_a_brief_report_lacks_intervals_and_slices_only() -> None:
    whole, brief = (judge(scored(0.8), method="test", brief=brief).to_dict() for brief in (False, True))
    assert {name: whole[name] for name in brief} == brief
    assert set(whole) - set(brief) == {"intervals", "slices"}


def test_slices_part_the_posts() -> None:
    figures = slice_figures(scored(0.8))
    assert figures["no_diacritics"]["posts"] == SIZE // 4
    assert figures["source:a"]["posts"] + figures["source:b"]["posts"] == SIZE
    assert figures["topic:health"]["posts"] == SIZE // 2
    assert sum(figures[name]["posts"] for name in ("short", "middle", "long") if name in figures) == SIZE
    assert "topic:crime" not in figures
    assert figures["source:a"]["unverified"]["roc_auc"] > 0.7


def test_a_calibrated_score_lies_on_the_diagonal() -> None:
    generator = np.random.default_rng(0)
    probabilities = generator.random(20_000)
    targets = generator.random(20_000) < probabilities
    expected, observed, sizes = reliability(targets, probabilities)
    assert observed == pytest.approx(expected, abs=0.03)
    assert sizes == [2_000] * 10
    assert calibration_error(targets, probabilities) < 0.03
    assert calibration_error(targets, probabilities**3) > 0.2


def test_targets_are_the_labels() -> None:
    def post(unverified: int, topics: set[str], *, local: bool, political: bool) -> LabelledPost:
        return LabelledPost("bão", "1", unverified, frozenset(topics), frozenset(), local, political)

    posts = [
        post(2, {"health"}, local=True, political=False),
        post(1, {"crime"}, local=False, political=True),
        post(0, set(), local=True, political=True),
    ]
    flat, limits = np.full(3, 0.5), np.tile([0.3, 0.7], (3, 1))
    one = Scored(posts, flat, flat, flat, flat, flat, np.full((3, len(TOPICS)), 0.5), limits, limits)
    assert one.judged.tolist() == [True, False, True]
    assert {name: values.tolist() for name, values in one.targets.items()} == {
        "unverified": [True, True, False],
        "rumour": [True, False, False],
        "sensitive": [True, False, False],
        "local": [True, False, True],
        "any_topic": [True, True, False],
    }
    assert {
        name: one.topic_targets[:, i].tolist() for i, name in enumerate(TOPICS) if one.topic_targets[:, i].any()
    } == {
        "health": [True, False, False],
        "crime": [False, True, False],
    }


def test_curves_are_drawn(tmp_path: Path) -> None:
    draw_curves(scored(0.8), tmp_path / "quality.png")
    assert (tmp_path / "quality.png").read_bytes().startswith(b"\x89PNG")


def test_scores_are_joined() -> None:
    one, other = scored(0.8), scored(0.2, seed=1)
    both = join([one, other])
    assert len(both.posts) == 2 * SIZE
    assert both.unverified[SIZE:].tolist() == other.unverified.tolist()
    assert both.topics.shape == (2 * SIZE, len(TOPICS))


def test_a_training_record_finds_posts_by_hash() -> None:
    record = TrainingRecord.of(["ff", "01"], np.array([[1.0, 2.0], [3.0, 4.0]]), ["aa", "01"])
    again = TrainingRecord.from_arrays(record.to_arrays())
    seen, logits = again.look_up(["01", "02", "aa", "ff", "ffff"])
    assert seen.tolist() == [True, False, True, True, False]
    assert logits[0].tolist() == [3.0, 4.0]
    assert np.isnan(logits[[1, 2, 4]]).all()
    assert np.array_equal(again.logits, record.logits, equal_nan=True)
    stored = record.to_arrays()
    assert len(stored["logits"]) == 2
    with pytest.raises(ValueError, match="2 keys"):
        TrainingRecord.from_arrays({**stored, "keys": record.keys[:2]})
    with pytest.raises(ValueError, match="2 of 3 posts judged"):
        TrainingRecord.from_arrays({**stored, "logits": stored["logits"][:1]})
