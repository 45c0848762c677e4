"""A small logistic combination: named features, one coefficient each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Combination:
    """A fitted logistic regression over named features.

    :param features: names, in the order of the coefficients.
    :param coefficients: one for each feature.
    :param intercept: the logit of a post all of whose features are 0.
    """

    features: tuple[str, ...]
    coefficients: tuple[float, ...]
    intercept: float

    def logits(self, matrix: Doubles) -> Doubles:
        """Combine the features of a batch.

        :param matrix: features of shape ``(posts, len(features))``.
        :return: logits of shape ``(posts,)``.
        """
        # A sum over the last axis, not a matrix product: the same post gives the same bits in any batch.
        return np.asarray((matrix * np.asarray(self.coefficients)).sum(axis=1) + self.intercept)

    def terms(self, row: Doubles) -> dict[str, float]:
        """Split the logit of one post into its terms.

        :param row: features of the post, of shape ``(len(features),)``.
        :return: coefficient times value for each feature; with the intercept they add up to the logit.
        """
        return {
            name: coefficient * value
            for name, coefficient, value in zip(self.features, self.coefficients, row.tolist(), strict=True)
        }

    def to_dict(self) -> dict[str, object]:
        """Give a JSON-ready dictionary that a person can read."""
        return {"intercept": self.intercept, "coefficients": dict(zip(self.features, self.coefficients, strict=True))}

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Combination:
        """Read what :meth:`to_dict` wrote.

        :param data: the dictionary.
        :return: the combination.
        :raises TypeError: when the dictionary has not that form.
        """
        coefficients = data["coefficients"]
        intercept = data["intercept"]
        if not isinstance(coefficients, Mapping) or not isinstance(intercept, int | float):
            raise TypeError("a combination needs an 'intercept' and a mapping of 'coefficients'")
        return cls(tuple(coefficients), tuple(float(value) for value in coefficients.values()), float(intercept))


def sigmoid(logits: Doubles | float) -> Doubles:
    """Turn logits into probabilities without overflow.

    :param logits: any finite numbers.
    :return: probabilities in (0, 1).
    """
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * np.asarray(logits, dtype=np.float64))))


def logit(probabilities: Doubles | float, *, limit: float = 1e-6) -> Doubles:
    """Turn probabilities into logits.

    :param probabilities: numbers in [0, 1].
    :param limit: probabilities are first held inside ``[limit, 1 - limit]``.
    :return: the logits.
    """
    held = np.clip(np.asarray(probabilities, dtype=np.float64), limit, 1.0 - limit)
    return np.asarray(np.log(held) - np.log1p(-held))


def select(matrix: Doubles, names: Sequence[str], wanted: Sequence[str]) -> Doubles:
    """Pick named columns.

    :param matrix: features of shape ``(posts, len(names))``.
    :param names: names of the columns.
    :param wanted: names to pick, in this order.
    :return: matrix of shape ``(posts, len(wanted))``.
    """
    return matrix[:, columns(tuple(names), tuple(wanted))]


@lru_cache(maxsize=256)
def columns(names: tuple[str, ...], wanted: tuple[str, ...]) -> npt.NDArray[np.intp]:
    """Find where named columns stand.

    :param names: names of all columns.
    :param wanted: names to find.
    :return: positions in ``names``, in the order of ``wanted``; shared, so not to be written to.
    :raises KeyError: when there is no such column.
    """
    index = {name: position for position, name in enumerate(names)}
    found = np.array([index[name] for name in wanted], dtype=np.intp)
    found.setflags(write=False)
    return found
