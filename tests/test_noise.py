"""Noise for measuring robustness: seeded, and it changes what it says it changes."""

from __future__ import annotations

import unicodedata

import pytest

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
