"""Fusion: combinations, thresholds, evidence that adds up, directions that hold."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from flagger import Flagger
from flagger.fusion.combination import Combination, logit, sigmoid
from flagger.fusion.features import RULE_FEATURES, hits_by_feature, rule_features, strength
from flagger.fusion.model import Fusion, Thresholds
from flagger.fusion.parts import sensitive_parts, unverified_parts
from flagger.lexicon import Lexicon, LexiconMatcher
from flagger.pipeline import priority
from flagger.places import PlaceFinder
from flagger.text import prepare
from flagger.vocabulary import LOWERING_CUES, RAISING_CUES, Decision


@pytest.mark.parametrize(
    ("probability", "decision"),
    [(0.0, "clear"), (0.2999, "clear"), (0.3, "review"), (0.6999, "review"), (0.7, "flag"), (1.0, "flag")],
)
def test_thresholds_belong_to_the_side_above(probability: float, decision: str) -> None:
    assert Thresholds(review=0.3, flag=0.7).decide(probability) == Decision(decision)


def test_sigmoid_and_logit_are_inverse_and_never_overflow() -> None:
    values = np.array([-800.0, -5.0, 0.0, 5.0, 800.0])
    assert np.isfinite(sigmoid(values)).all()
    assert logit(sigmoid(values[1:4])) == pytest.approx(values[1:4])
    assert np.isfinite(logit(np.array([0.0, 1.0]))).all()


def test_combination_terms_add_up_and_survive_json() -> None:
    combination = Combination(("a", "b"), (2.0, -1.0), 0.5)
    row = np.array([3.0, 4.0])
    assert sum(combination.terms(row).values()) + combination.intercept == pytest.approx(
        combination.logits(row[None])[0]
    )
    assert Combination.from_dict(combination.to_dict()) == combination
    with pytest.raises(TypeError, match="intercept"):
        Combination.from_dict({"coefficients": {}, "intercept": "high"})


def test_strength_is_bounded_and_grows() -> None:
    values = [strength([1.0] * count) for count in range(5)]
    assert values[0] == 0.0
    assert values == sorted(values)
    assert values[-1] < 1.0


def test_repeating_a_phrase_is_no_new_reason() -> None:
    def features(post: str) -> np.ndarray:
        prepared = prepare(post)
        hits = LexiconMatcher(Lexicon.default()).find(prepared)
        return rule_features(prepared, hits, PlaceFinder.default().find(prepared))

    once, thrice = features("Chia sẻ gấp!"), features("Chia sẻ gấp! Chia sẻ gấp! Chia sẻ gấp!")
    assert once == pytest.approx(thrice)
    assert once.max() > 0
    assert len(once) == len(RULE_FEATURES)


def test_a_denied_rumour_feeds_another_feature_than_a_rumour() -> None:
    matcher = LexiconMatcher(Lexicon.default())
    told = hits_by_feature(matcher.find(prepare("Nghe đồn có bắt cóc trẻ em.")))
    denied = hits_by_feature(matcher.find(prepare("Công an bác bỏ chuyện nghe đồn có bắt cóc trẻ em.")))
    assert "cue.hearsay" in told
    assert "cue.hearsay" not in denied
    assert "cue.correction" in denied


def test_signs_of_the_shipped_model(flagger: Flagger) -> None:
    for combination in (flagger.model.fusion.unverified, flagger.model.fusion.rumour):
        coefficients = dict(zip(combination.features, combination.coefficients, strict=True))
        assert all(coefficients[f"cue.{name}"] >= 0 for name in RAISING_CUES)
        assert all(coefficients[f"cue.{name}"] <= 0 for name in LOWERING_CUES)
    for combination in (flagger.model.fusion.sensitive, flagger.model.fusion.local):
        assert min(combination.coefficients) >= 0


def test_no_feature_is_about_people_or_opinion(flagger: Flagger) -> None:
    allowed = {"linear", "encoder", "cue", "rule", "place", "form"}
    assert {name.split(".")[0] for name in flagger.model.fusion.inputs} <= allowed
    forbidden = ("politic", "opinion", "stance", "writer", "user", "likes", "share_count", "sentiment", "engagement")
    assert not [name for name in flagger.model.fusion.names if any(word in name for word in forbidden)]


def test_fusion_survives_json(flagger: Flagger) -> None:
    assert Fusion.from_dict(flagger.model.fusion.to_dict()) == flagger.model.fusion


def test_parts_add_up_to_the_scores(flagger: Flagger) -> None:
    fusion = flagger.model.fusion
    rng = np.random.default_rng(0)
    scores = fusion.combine(rng.normal(size=(50, len(fusion.inputs))))
    for row, unverified, sensitive in zip(scores.features, scores.unverified, scores.sensitive, strict=True):
        assert sum(unverified_parts(fusion, row).values()) == pytest.approx(unverified)
        assert sum(sensitive_parts(fusion, row).values()) == pytest.approx(sensitive)


@pytest.mark.slow
def test_parts_add_up_on_a_thousand_posts(flagger: Flagger, project: Path) -> None:
    lines = (project / "data" / "authored_posts.jsonl").read_text(encoding="utf-8").splitlines()[:1000]
    for result in flagger.score_many([json.loads(line)["text"] for line in lines]):
        for axis in (result.unverified, result.sensitive):
            assert sum(axis.parts.values()) == pytest.approx(axis.logit, abs=1e-3)
            assert "intercept" in axis.parts


def test_priority_never_falls_when_an_axis_rises() -> None:
    grid = np.linspace(0, 1, 11)
    for fixed in grid:
        assert np.all(np.diff([priority(value, fixed) for value in grid]) >= 0)
        assert np.all(np.diff([priority(fixed, value) for value in grid]) >= 0)
    assert priority(1, 1) == pytest.approx(1.0)
    assert priority(0, 0) == 0.0


@pytest.mark.parametrize(
    ("with_place", "without"),
    [
        ("Cháy lớn ở quận Gò Vấp, nhiều nhà bị thiêu rụi", "Cháy lớn, nhiều nhà bị thiêu rụi"),
        ("Lũ quét cuốn trôi ba căn nhà ở huyện Mường Lát", "Lũ quét cuốn trôi ba căn nhà"),
    ],
)
def test_a_place_raises_the_sensitive_score_of_harm(flagger: Flagger, with_place: str, without: str) -> None:
    located, unlocated = flagger(with_place), flagger(without)
    assert located.sensitive.probability > unlocated.sensitive.probability + 0.3
    assert located.is_local
    assert not unlocated.is_local


def test_a_place_without_harm_is_not_sensitive(flagger: Flagger) -> None:
    result = flagger("Cuối tuần này cả nhà đi chơi Đà Lạt, Lâm Đồng ngắm hoa dã quỳ")
    assert result.places
    assert result.sensitive.decision == Decision.CLEAR
