"""The cascade: what is settled early, at which price, and that it changes nothing else."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from flagger import Flagger
from flagger.errors import InputError
from flagger.fusion.cascade import Band, Cascade, replace_rows
from flagger.fusion.combination import sigmoid
from flagger.model_folder import read_model_folder, write_model_folder
from flagger.text import prepare
from flagger.training.cascade import StageScores, fit_band
from flagger.training.dataset import read_labelled, text_key


def stages(generator: np.random.Generator, *, agreement: float) -> StageScores:
    size = 4000
    early, sensitive = generator.beta(0.5, 1.5, size), generator.beta(0.5, 1.0, size)
    other = np.where(generator.random(size) < agreement, early, generator.random(size))
    limits = np.tile([0.2, 0.6], (size, 1))
    return StageScores(np.stack([early, other], axis=1), np.stack([sensitive, sensitive], axis=1), limits, limits)


def test_the_band_keeps_its_price() -> None:
    held = stages(np.random.default_rng(0), agreement=0.97)
    band, (shares,) = fit_band([held], most_changed=0.004, most_lost=1.0)
    settled = band.settles(held.unverified[:, 0], held.sensitive[:, 0])
    assert shares["settled"] == pytest.approx(settled.mean(), abs=1e-4)
    assert shares["changed"] == pytest.approx((settled & held.changed()).mean(), abs=1e-4)
    one_post, one_raised = 1.0 / len(settled), 1.0 / held.raised().sum()
    assert 0.0 < shares["changed"] <= 0.004 + one_post + 1e-4
    (looser,) = fit_band([held], most_changed=0.02, most_lost=1.0)[1]
    assert looser["settled"] > shares["settled"] > 0.0
    (careful,) = fit_band([held], most_changed=0.02, most_lost=0.002)[1]
    assert careful["lost"] <= 0.002 + one_raised + 1e-4 < looser["lost"]
    # Every set must keep it: a set whose stages agree less makes the band narrower.
    worse = stages(np.random.default_rng(2), agreement=0.9)
    both = fit_band([held, worse], most_changed=0.004, most_lost=1.0)[1]
    assert max(one["changed"] for one in both) <= 0.004 + one_post + 1e-4
    assert both[0]["settled"] < shares["settled"]


def test_stages_that_agree_settle_nearly_all_and_strangers_nothing() -> None:
    assert fit_band([stages(np.random.default_rng(1), agreement=1.0)], most_lost=1.0)[1][0]["settled"] > 0.9
    strangers = stages(np.random.default_rng(1), agreement=0.0)
    assert fit_band([strangers], most_changed=0.0, most_lost=0.0)[1][0]["settled"] < 0.05


def test_a_band_settles_calm_posts_only() -> None:
    band = Band(unverified_below=0.1, sensitive_below=0.2, sensitive_above=0.9)
    unverified = np.array([0.05, 0.05, 0.05, 0.1, 0.5])
    sensitive = np.array([0.1, 0.5, 0.95, 0.1, 0.1])
    assert band.settles(unverified, sensitive).tolist() == [True, False, True, False, False]


def test_rows_are_replaced(flagger: Flagger) -> None:
    fusion = flagger.model.fusion
    matrix = np.random.default_rng(0).normal(size=(6, len(fusion.inputs)))
    scores = fusion.combine(matrix)
    better = fusion.combine(matrix[[1, 4]] + 1.0)
    mixed = replace_rows(scores, np.array([1, 4]), better)
    assert mixed.unverified[[1, 4]].tolist() == better.unverified.tolist()
    assert mixed.topics[[0, 2, 3, 5]].tolist() == scores.topics[[0, 2, 3, 5]].tolist()


def needs_encoder(flagger: Flagger) -> tuple[Cascade, Flagger]:
    assert flagger.model.cascade is not None
    return flagger.model.cascade, Flagger(flagger.model, flagger.lexicon, exact=True)


def test_it_survives_json(flagger: Flagger) -> None:
    cascade, _ = needs_encoder(flagger)
    assert Cascade.from_dict(json.loads(json.dumps(cascade.to_dict()))) == cascade


def test_settled_posts_have_the_first_stages_scores_and_the_others_the_whole_models(
    flagger: Flagger, sample_posts: list[str]
) -> None:
    cascade, exact = needs_encoder(flagger)
    default = flagger.pipeline.probabilities(sample_posts)
    whole = exact.pipeline.probabilities(sample_posts)
    settled = []
    for row, post in enumerate(sample_posts):
        result = flagger(post)
        read = "encoder" in result.unverified.parts
        settled.append(not read)
        if read:
            assert default.unverified[row] == pytest.approx(whole.unverified[row], abs=1e-6)
        assert "encoder" in exact(post).unverified.parts
    assert any(settled)
    assert not all(settled)
    calm = [post for post, early in zip(sample_posts, settled, strict=True) if early]
    assert all(flagger(post).unverified.probability < cascade.band.unverified_below for post in calm)


def test_the_encoder_is_not_run_on_settled_posts(
    flagger: Flagger, sample_posts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    needs_encoder(flagger)
    encoder = flagger.pipeline.encoder
    assert encoder is not None
    calls: list[list[int]] = []
    real = encoder.graph.run_many
    monkeypatch.setattr(type(encoder.graph), "run_many", lambda self, ids: calls.extend(ids) or real(ids))
    calm = next(post for post in sample_posts if "encoder" not in flagger(post).unverified.parts)
    calls.clear()
    flagger(calm)
    assert calls == []
    flagger("Nghe nói sắp vỡ đập ở Hòa Bình, chia sẻ gấp")
    assert len(calls) == 1


def test_the_encoder_has_an_explanation(flagger: Flagger) -> None:
    needs_encoder(flagger)
    post = "Nghe nói ở Thanh Oai có vụ bắt cóc trẻ em, mọi người chia sẻ gấp cho người thân biết"
    plain, explained = flagger(post), flagger.explain(post)
    assert explained.unverified == plain.unverified
    found = [item for item in explained.evidence if item.source == "encoder"]
    assert found
    assert not [item for item in plain.evidence if item.source == "encoder"]
    assert all(post[item.start : item.end] == item.text for item in found)


def test_probabilities_of_the_encoder_do_not_depend_on_neighbours(flagger: Flagger, sample_posts: list[str]) -> None:
    encoder = flagger.pipeline.encoder
    assert encoder is not None
    prepared = [prepare(post) for post in sample_posts[:12]]
    together = encoder.logits(prepared)
    alone = np.concatenate([encoder.logits([post]) for post in prepared])
    assert np.abs(sigmoid(together) - sigmoid(alone)).max() < 1e-5


def test_the_first_stage_learns_from_the_whole_model(flagger: Flagger, project: Path, tmp_path: Path) -> None:
    pytest.importorskip("sklearn")
    from flagger.recipes.first_stage import HEAD, Lesson, teach_first_stage

    written = [post.text for post in read_labelled(project / "data" / "authored_everyday.jsonl")[:260]]
    # Nobody trained on these.
    posts = [f"{text} Vậy đó." for text in written]
    left_out = frozenset({text_key(posts[0])})
    lesson = Lesson.of(flagger.model, {"one": posts, "two": [*posts[:230], "😀", "a" * 5000]}, unseen=left_out)
    assert {name: len(rows) for name, rows in lesson.sets.items()} == {"one": 259, "two": 229}
    assert posts[0] not in lesson.posts
    said: list[str] = []
    taught = teach_first_stage(flagger.model, lesson, progress=said.append)
    again = teach_first_stage(taught, lesson, progress=said.append)
    assert again.linear.outputs == taught.linear.outputs
    assert taught.linear.outputs.count(HEAD) == again.card.count("What is settled without the encoder") == 1
    assert again.cascade == taught.cascade
    write_model_folder(tmp_path, taught, version="0")
    read = read_model_folder(tmp_path)
    before, exact, early = (
        Flagger(model, flagger.lexicon, exact=exact).pipeline.score(lesson.posts, explain=False)
        for model, exact in ((flagger.model, True), (read, True), (read, False))
    )
    for old, new in zip(before, exact, strict=True):
        assert new.unverified.probability == pytest.approx(old.unverified.probability, abs=1e-9)
        assert new.topics == pytest.approx(old.topics, abs=1e-9)
    settled = ["encoder" not in result.unverified.parts for result in early]
    share = taught.metrics["cascade"]["one"]
    # The stored head knows these posts, the figures are out of fold: about as many are settled, hardly any changed.
    assert np.mean(settled) == pytest.approx(share["settled"], abs=0.1)
    assert share["settled"] > 0.1
    changed = [
        one.unverified.decision is not other.unverified.decision for one, other in zip(exact, early, strict=True)
    ]
    assert np.mean(changed) <= 0.02


def test_a_lesson_that_says_nothing_is_refused(flagger: Flagger, project: Path) -> None:
    pytest.importorskip("sklearn")
    from flagger.recipes.first_stage import Lesson

    known = [post.text for post in read_labelled(project / "data" / "authored_everyday.jsonl")]
    with pytest.raises(InputError, match=r"There are \d+ different posts that the model was not trained on"):
        Lesson.of(flagger.model, {"seen": known}, unseen=frozenset())
    assert flagger.model.cascade is not None
    alone = replace(flagger.model, encoder=None, fusion=flagger.model.cascade.fusion, cascade=None)
    with pytest.raises(InputError, match="no encoder"):
        Lesson.of(alone, {"seen": known}, unseen=frozenset())
