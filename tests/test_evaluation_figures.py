"""Intervals, slices and curves: what they say on cases whose answer is known."""

from __future__ import annotations

import json
import warnings
from dataclasses import replace
from pathlib import Path
from unittest.mock import ANY

import numpy as np
import pytest

from flagger import Flagger
from flagger.errors import InputError, OutputError
from flagger.evaluation import EvaluationReport, evaluate_model
from flagger.evaluation.curves import draw_curves
from flagger.evaluation.intervals import intervals
from flagger.evaluation.metrics import calibration_error, reliability
from flagger.evaluation.report import judge
from flagger.evaluation.scored import Scored
from flagger.evaluation.shipped import _notes, join
from flagger.evaluation.slices import slice_figures
from flagger.training.dataset import LabelledPost, text_key
from flagger.training.table import HEADS
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


def test_an_axis_that_nothing_is_labelled_for_has_no_curve(tmp_path: Path) -> None:
    one = scored(0.8)
    bare = replace(one, posts=[replace(post, has_unverified=False, has_topics=False) for post in one.posts])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        draw_curves(bare, tmp_path / "quality.svg")
    assert "<svg" in (tmp_path / "quality.svg").read_text(encoding="utf-8")
    report = judge(bare, method="test")
    assert report.figures["unverified"]["calibration_error"] is None
    assert "calibration error -, at flag" in report.render()
    assert "None" not in report.render()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nodir/c.png", "no folder that you may write to"),
        ("c.xyz", r"ends with one of .*\.png"),
        ("c", "ends with one of"),
    ],
)
def test_a_picture_that_cannot_be_drawn_is_told_first(
    flagger: Flagger, tmp_path: Path, name: str, message: str
) -> None:
    with pytest.raises(OutputError, match=message):
        evaluate_model(flagger.model, tmp_path / "not read", curves=tmp_path / name)


def test_only_level_0_is_calm() -> None:
    def post(text: str, *, political: bool, known: bool) -> LabelledPost:
        return LabelledPost(text, text, 0, frozenset(), frozenset(), False, political, has_unverified=known)

    posts = [post(f"{a}{b}", political=a, known=b) for a in (False, True) for b in (False, True)]
    high, limits = np.full(4, 0.9), np.tile([0.3, 0.6], (4, 1))
    figures = judge(
        Scored(posts, high, high, high, high, high, np.full((4, len(TOPICS)), 0.5), limits, limits),
        method="test",
        brief=True,
    ).figures
    assert figures["neutrality"]["political_posts"] == figures["neutrality"]["other_posts"] == 1
    assert figures["unverified_all_rows"]["posts"] == 2


def labelled_file(path: Path, size: int) -> tuple[Path, list[str]]:
    texts = [f"Nghe nói mai cúp nước ở phường {number}" for number in range(size)]
    rows = [{"text": text, "unverified": number % 3, "topics": []} for number, text in enumerate(texts)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path, [text_key(text) for text in texts]


def test_figures_on_training_posts_are_said_to_be_too_good(flagger: Flagger, tmp_path: Path) -> None:
    data, keys = labelled_file(tmp_path / "tiny.jsonl", 20)
    record = TrainingRecord.of(keys[:15], np.zeros((15, len(HEADS))), [])
    report = evaluate_model(replace(flagger.model, record=record), data)
    assert report.figures["seen_in_training"] == 15
    first = report.render().splitlines()[0]
    assert first == (
        "20 posts: the model as it is on 15 posts that it was trained on, so that these figures are too good; "
        "the model as it is on 5 other posts"
    )


def test_models_that_posts_cannot_tell_apart_are_not_compared(flagger: Flagger, tmp_path: Path) -> None:
    data, keys = labelled_file(tmp_path / "posts.jsonl", 120)
    logits = np.random.default_rng(0).normal(size=(120, len(HEADS)))
    model = replace(flagger.model, record=TrainingRecord.of(keys, logits, []))
    lines = replace(flagger.model, record=TrainingRecord.of(keys, np.zeros((120, 0)), []))
    for one in (model, lines):
        with pytest.raises(InputError, match=r"'other' cannot be compared .* both models were trained on all"):
            evaluate_model(one, data, against={"other": replace(one, metrics={})})
    with pytest.raises(InputError, match="'other' does not say which posts it was trained on"):
        evaluate_model(model, data, against={"other": replace(model, record=None)})
    part = replace(flagger.model, record=TrainingRecord.of(keys[:110], logits[:110], []))
    assert _notes(model, {"part": part, "lines": lines}, data) == {
        "part": {"not_compared": 110, "note": ANY},
        "lines": {"not_compared": 0},
    }
    scores = {axis: {"roc_auc": 0.8, "average_precision": None} for axis in ("unverified", "rumour", "sensitive")}
    other = {**scores, "gain": {"unverified": {"roc_auc": [-0.01, 0.02]}}, "not_compared": 110, "note": "110 posts."}
    report = EvaluationReport(
        {**judge(scored(0.8), method="test").figures, "against": {"x": {**other, "seen_in_training": 3}}}
    )
    assert report.render().splitlines()[-4:] == [
        "against x:",
        "  110 posts.",
        "  it was trained on 3 of the posts, so its figures are too good",
        "  unverified    0.800/-, ROC-AUC gains -0.010 to +0.020 (95 %)",
    ]


def test_scores_are_joined() -> None:
    one, other = scored(0.8), scored(0.2, seed=1)
    both = join([one, other])
    assert len(both.posts) == 2 * SIZE
    assert both.unverified[SIZE:].tolist() == other.unverified.tolist()
    assert both.topics.shape == (2 * SIZE, len(TOPICS))


def test_a_training_record_finds_posts_by_hash() -> None:
    record = TrainingRecord.of(["ff", "01"], np.array([[1.0, 2.0], [3.0, 4.0]]), ["aa", "01", "bb"], untaught=["bb"])
    again = TrainingRecord.from_arrays(record.to_arrays())
    seen, logits = again.look_up(["01", "02", "aa", "ff", "ffff"])
    assert seen.tolist() == [True, False, True, True, False]
    assert logits[0].tolist() == [3.0, 4.0]
    assert np.isnan(logits[[1, 2, 4]]).all()
    assert np.array_equal(again.logits, record.logits, equal_nan=True)
    stored = record.to_arrays()
    assert len(stored["logits"]) == 2
    assert again.taught_to_encoder(["01", "02", "aa", "bb", "ff"]).tolist() == [True, False, True, False, True]
    earlier = TrainingRecord.from_arrays({name: value for name, value in stored.items() if name != "taught"})
    assert earlier.taught_to_encoder(["bb", "02"]).tolist() == [True, False]
    with pytest.raises(ValueError, match="2 keys"):
        TrainingRecord.from_arrays({**stored, "keys": record.keys[:2]})
    with pytest.raises(ValueError, match="2 of them taught"):
        TrainingRecord.from_arrays({**stored, "taught": record.taught[:2]})
    with pytest.raises(ValueError, match="2 of 4 posts judged"):
        TrainingRecord.from_arrays({**stored, "logits": stored["logits"][:1]})
