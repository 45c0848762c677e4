"""Noise for measuring robustness: seeded, and it changes what it says it changes."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest

from flagger import Flagger
from flagger.errors import InputError
from flagger.evaluation.noise import NOISES, STRENGTHS, add_noise
from flagger.text.alphabet import strip_diacritics

POST = "Nghe nói tối qua ở chợ huyện có người bị cướp, mọi người không nên đi một mình nhé. " * 3


@pytest.mark.parametrize("kind", list(NOISES))
def test_noise_is_seeded_and_changes_the_text_at_most_strengths(kind: str) -> None:
    noised = {strength: add_noise(POST, kind, strength, seed=1) for strength in STRENGTHS}
    assert noised == {strength: add_noise(POST, kind, strength, seed=1) for strength in STRENGTHS}
    assert all(isinstance(text, str) and text for text in noised.values())


def test_known_kinds_do_what_they_say() -> None:
    heavy = list(STRENGTHS)[-1]
    assert unicodedata.normalize("NFC", add_noise(POST, "nfd", heavy)) == unicodedata.normalize("NFC", POST)
    assert strip_diacritics(add_noise(POST, "no_diacritics", heavy)) == strip_diacritics(POST)
    assert add_noise(POST, "no_diacritics", heavy) != POST
    assert add_noise(POST, "upper_case", heavy).lower() == POST.lower()


@pytest.mark.parametrize(("kind", "strength"), [("mood", "heavy"), ("nfd", "loud")])
def test_unknown_names_are_refused(kind: str, strength: str) -> None:
    with pytest.raises(InputError, match="Unknown"):
        add_noise(POST, kind, strength)


def test_a_model_is_judged_under_noise(flagger: Flagger, project: Path) -> None:
    pytest.importorskip("sklearn")
    from flagger.evaluation.report import noise_lines
    from flagger.evaluation.robustness import noise_report
    from flagger.training.dataset import read_labelled

    posts = read_labelled(project / "data" / "authored_posts.jsonl")[::12]
    unseen = [replace(post, text=f"{post.text} Hết.") for post in posts[:60]]
    # Rules and n-grams alone, so that it takes seconds.
    cascade = flagger.model.cascade
    assert cascade is not None
    model = replace(flagger.model, encoder=None, fusion=cascade.fusion, cascade=None)
    figures = noise_report(model, [*posts[60:], *unseen], limit=50)
    assert (figures["posts"], figures["seen_in_training"]) == (50, 0)
    assert set(figures["noises"]) == set(NOISES)
    assert figures["noises"]["nfd"]["heavy"]["unverified"]["drop"] == 0.0
    assert any(values["heavy"]["unverified"]["decisions_changed"] > 0.0 for values in figures["noises"].values())
    clean, heavy = figures["clean"]["unverified"], figures["noises"]["no_diacritics"]["heavy"]["unverified"]
    assert heavy["drop"] == pytest.approx(clean["roc_auc"] - heavy["roc_auc"], abs=1e-4)
    assert noise_report(model, posts[:5], limit=3)["seen_in_training"] == 3
    lines = noise_lines(figures)
    assert [line.split()[0] for line in lines[3:-1]] == list(NOISES)
