"""The cascade: rules and n-grams settle the posts that they are sure of, and the encoder reads the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from flagger.fusion.combination import sigmoid
from flagger.fusion.model import FusedScores, Fusion

Booleans = npt.NDArray[np.bool_]
Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Band:
    """Which posts the first stage settles: calm ones whose sensitive score is clearly low or clearly high.

    :param unverified_below: the unverified probability must lie below this.
    :param sensitive_below: the sensitive probability must lie below this,
    :param sensitive_above: or at or above this.
    """

    unverified_below: float
    sensitive_below: float
    sensitive_above: float

    def settles(self, unverified: Doubles, sensitive: Doubles) -> Booleans:
        """Say which posts are settled.

        :param unverified: probabilities of the first stage, of shape ``(posts,)``.
        :param sensitive: probabilities of the first stage, of shape ``(posts,)``.
        :return: mask of shape ``(posts,)``.
        """
        outside = (sensitive < self.sensitive_below) | (sensitive >= self.sensitive_above)
        return np.asarray((unverified < self.unverified_below) & outside)


@dataclass(frozen=True, slots=True)
class Cascade:
    """The first stage.

    :param fusion: fusion fitted without the encoder.
    :param band: which posts it settles.
    """

    fusion: Fusion
    band: Band

    def settled(self, scores: FusedScores) -> Booleans:
        """Say which posts the first stage settles.

        :param scores: scores of ``fusion``.
        :return: mask of shape ``(posts,)``.
        """
        return self.band.settles(sigmoid(scores.unverified), sigmoid(scores.sensitive))

    def to_dict(self) -> dict[str, Any]:
        """Give a JSON-ready dictionary."""
        band = self.band
        return {
            "unverified_below": band.unverified_below,
            "sensitive_below": band.sensitive_below,
            "sensitive_above": band.sensitive_above,
            "fusion": self.fusion.to_dict(),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Cascade:
        """Read what :meth:`to_dict` wrote.

        :param data: the dictionary.
        :return: the cascade.
        :raises KeyError: when a part is missing.
        """
        names = ("unverified_below", "sensitive_below", "sensitive_above")
        return cls(Fusion.from_dict(data["fusion"]), Band(*(float(data[name]) for name in names)))


def replace_rows(scores: FusedScores, rows: npt.NDArray[np.intp], better: FusedScores) -> FusedScores:
    """Put the scores of some posts in the place of others.

    :param scores: scores of all posts.
    :param rows: posts to replace.
    :param better: their scores; features are left as they are, since those of two fusions differ in width.
    :return: new scores.
    """

    def replaced(name: str) -> Doubles:
        values = np.array(getattr(scores, name))
        values[rows] = getattr(better, name)
        return values

    return FusedScores(
        unverified=replaced("unverified"),
        rumour=replaced("rumour"),
        sensitive=replaced("sensitive"),
        local=replaced("local"),
        any_topic=replaced("any_topic"),
        topics=replaced("topics"),
        features=scores.features,
    )
