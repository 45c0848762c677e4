"""Fusion: combinations, thresholds, evidence that adds up, directions that hold."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from flagger import Flagger
from flagger.fusion.combination import Combination, logit, sigmoid
from flagger.fusion.evidence import Findings, places_difference, rule_evidence
from flagger.fusion.features import PLACE_FEATURES, RULE_FEATURES, hits_by_feature, rule_features, strength
from flagger.fusion.model import TOPIC_LOGITS, FusedScores, Fusion, Thresholds
from flagger.fusion.neighbours import with_places_beside
from flagger.fusion.parts import sensitive_parts, unverified_parts
from flagger.lexicon import Lexicon, LexiconMatcher
from flagger.pipeline import priority
from flagger.places import PlaceFinder
from flagger.text import prepare
from flagger.vocabulary import LOWERING_CUES, RAISING_CUES, TOPICS, Decision


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


MIXED = (
    "Nghe nói ở Thanh Oai, Hà Nội có vụ bắt cóc trẻ em, chia sẻ gấp! Công an huyện bác bỏ tin này.",
    "Động đất mạnh ở Kon Tum, một nguồn tin giấu tên cho hay.",
    "Cháy lớn ở quận Gò Vấp, lũ quét ở huyện Mường Lát, không phải nghe đồn.",
    "Cuối tuần này cả nhà đi chơi Đà Lạt, Lâm Đồng ngắm hoa dã quỳ.",
    "Công an Hà Đông bác bỏ tin đồn bắt cóc.",
)


def read(fusion: Fusion, posts: Sequence[str], rng: np.random.Generator) -> tuple[list[Findings], np.ndarray]:
    """Let the rules read posts, and make up what models read."""
    matcher, finder = LexiconMatcher(Lexicon.default()), PlaceFinder.default()
    prepared = [prepare(post) for post in posts]
    hits, places = [matcher.find(post) for post in prepared], [finder.find(post) for post in prepared]
    matrix = rng.normal(scale=3.0, size=(len(posts), len(fusion.inputs)))
    columns = [fusion.inputs.index(name) for name in RULE_FEATURES]
    matrix[:, columns] = [rule_features(*found) for found in zip(prepared, hits, places, strict=True)]
    features = fusion.combine(matrix).features
    found = [Findings(*row, fusion, row[-1]) for row in zip(prepared, hits, places, features, strict=True)]
    return found, matrix


def scores_without(fusion: Fusion, matrix: np.ndarray, names: Sequence[str]) -> FusedScores:
    changed = matrix.copy()
    changed[:, [fusion.inputs.index(name) for name in names]] = 0.0
    return fusion.combine(changed)


@pytest.mark.parametrize("seed", range(20))
def test_a_contribution_is_what_the_score_would_lose(flagger: Flagger, seed: int) -> None:
    fusion = flagger.model.fusion
    found, matrix = read(fusion, MIXED, np.random.default_rng(seed))
    scores = fusion.combine(matrix)
    for position, findings in enumerate(found):
        evidence = rule_evidence(findings)
        topic = TOPICS[int(np.argmax([findings.features[fusion.names.index(name)] for name in TOPIC_LOGITS]))]
        for axis, cue, names in (
            ("sensitive", "place", PLACE_FEATURES),
            ("sensitive", topic, [f"rule.{topic}"]),
            ("unverified", "official_source", ["cue.official_source"]),
        ):
            given = sum(item.contribution for item in evidence if (item.cue, item.axis) == (cue, axis))
            lost = getattr(scores, axis) - getattr(scores_without(fusion, matrix, names), axis)
            assert given == pytest.approx(lost[position], abs=1e-12)
        assert {item.cue for item in evidence} & {"place", "hearsay", "anonymous_source"}
        for item in evidence:
            if item.axis == "sensitive" or item.cue in RAISING_CUES:
                is_cancelled = any(
                    (hit.start, hit.entry_id) == (item.start, item.source) for hit in findings.hits if hit.cancelled_by
                )
                assert item.contribution <= 0 if is_cancelled else item.contribution >= 0
            else:
                assert item.contribution <= 0


@pytest.mark.parametrize("seed", range(20))
def test_places_of_windows_beside_make_what_difference_they_make(flagger: Flagger, seed: int) -> None:
    fusion = flagger.model.fusion
    rng = np.random.default_rng(seed)
    found, matrix = read(fusion, ["Có vụ bắt cóc trẻ em.", MIXED[int(rng.integers(5))], "Ở Thanh Oai."], rng)
    scores = fusion.combine(matrix)
    without = scores_without(fusion, matrix, PLACE_FEATURES)
    logits, rows = with_places_beside(scores, list(scores.features), [fusion] * 3, [3])
    bare, _ = with_places_beside(without, list(without.features), [fusion] * 3, [3])
    for window, beside in ((0, found[:2]), (1, found), (2, found[1:])):
        changed = replace(found[window], sensitive_features=rows[window])
        if changed.reads_beside:
            difference = places_difference(changed, beside)
            assert difference == pytest.approx(logits[window] - bare[window], abs=1e-12)
            assert difference >= 0


@pytest.mark.parametrize("post", MIXED)
def test_places_and_topics_only_raise_a_post_that_is_clear(flagger: Flagger, post: str) -> None:
    for told in (post, f"Hội thảo về kỹ năng sống đã diễn ra. {post}", f"Bài tập tiếng Việt lớp 5: đặt câu với {post}"):
        contributions = [item.contribution for item in flagger(told).evidence if item.axis == "sensitive"]
        assert contributions
        assert min(contributions) >= 0


def test_places_of_a_window_beside_only_raise_a_post_that_is_clear(flagger: Flagger) -> None:
    filler = "Hôm nay mình kể chuyện dài về công việc và gia đình, mọi người đọc cho vui nhé. "
    result = flagger("Động đất. " + filler * 22 + "Mình ở Đà Lạt.")
    assert result.windows > 1
    places = [item.contribution for item in result.evidence if item.cue == "place"]
    assert places
    assert min(places) >= 0


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
