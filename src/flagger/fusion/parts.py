"""A score as a sum of few named parts on the logit scale, so that a person sees what it rests on."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from flagger.fusion.combination import Combination, select
from flagger.fusion.model import ANY_TOPIC, BOTH, LOCAL, Fusion

INTERCEPT: Final = "intercept"
# Part of the unverified score that each kind of feature belongs to, by the name before the dot.
_PARTS: Final = {
    "linear": "wording",
    "encoder": "encoder",
    "cue": "rules",
    "rule": "rules",
    "form": "form",
    "place": "subject",
    "topic": "subject",
    "local": "subject",
}

Doubles = npt.NDArray[np.float64]


def unverified_parts(fusion: Fusion, features: Doubles) -> dict[str, float]:
    """Split the unverified score.

    :param fusion: the fitted fusion.
    :param features: all features of one window, of shape ``(len(fusion.names),)``.
    :return: ``intercept``, ``rules``, ``wording`` (n-grams), ``encoder`` (if the model has one), ``form`` (link, phone
        number, question mark) and ``subject`` (what and where it is about); they add up to the logit.
    """
    combination = fusion.unverified
    names, parts = _part_of_each(combination.features)
    values = select(features[None], fusion.names, combination.features)[0]
    sums = np.bincount(parts, values * np.asarray(combination.coefficients), minlength=len(names))
    return {INTERCEPT: combination.intercept, **dict(zip(names, sums.tolist(), strict=True))}


def sensitive_parts(fusion: Fusion, features: Doubles) -> dict[str, float]:
    """Split the sensitive score.

    :param fusion: the fitted fusion.
    :param features: all features of one window, of shape ``(len(fusion.names),)``.
    :return: ``intercept``, ``harm`` and ``place``; the term that needs both is halved. They add up to the logit. What
        the models read is in them, so a part can be below 0 where the places or hits that were found only raise it.
    """
    found = terms(fusion, fusion.sensitive, features)
    both = found.get(BOTH, 0.0) / 2.0
    return {
        INTERCEPT: fusion.sensitive.intercept,
        "harm": found.get(ANY_TOPIC, 0.0) + both,
        "place": found.get(LOCAL, 0.0) + both,
    }


def terms(fusion: Fusion, combination: Combination, features: Doubles) -> dict[str, float]:
    """Give the terms of one combination of a fusion.

    :param fusion: the fitted fusion.
    :param combination: one of its combinations.
    :param features: all features of one window, of shape ``(len(fusion.names),)``.
    :return: coefficient times value for each feature.
    """
    return combination.terms(select(features[None], fusion.names, combination.features)[0])


@lru_cache(maxsize=16)
def _part_of_each(features: tuple[str, ...]) -> tuple[tuple[str, ...], npt.NDArray[np.intp]]:
    """Name the parts that features belong to, and give for each feature the number of its part."""
    parts = [_PARTS[feature.split(".")[0]] for feature in features]
    names = tuple(dict.fromkeys(parts))
    return names, np.array([names.index(part) for part in parts], dtype=np.intp)
