"""Logistic regression with sign limits: naming a source may only lower a score, a rumour mark may only raise it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from flagger.fusion.combination import Combination, sigmoid

Doubles = npt.NDArray[np.float64]


def fit_combination(
    matrix: Doubles,
    targets: npt.NDArray[np.bool_],
    names: Sequence[str],
    *,
    signs: Mapping[str, int],
    weights: Doubles,
    penalty: float = 1.0,
) -> Combination:
    """Fit an L2-penalised logistic regression whose coefficients keep the given signs.

    :param matrix: features of shape ``(posts, len(names))``.
    :param targets: labels of shape ``(posts,)``.
    :param names: names of the features.
    :param signs: +1 for a coefficient that may not be below 0, -1 for one that may not be above; others are free.
    :param weights: weight of each post, of shape ``(posts,)``.
    :param penalty: strength of the L2 penalty on the coefficients; the intercept is free.
    :return: the fitted combination.
    """
    signed = np.where(targets, 1.0, -1.0)

    def loss(parameters: Doubles) -> tuple[float, Doubles]:
        coefficients, intercept = parameters[:-1], parameters[-1]
        margins = signed * (matrix @ coefficients + intercept)
        value = float((weights * np.logaddexp(0.0, -margins)).sum() + 0.5 * penalty * coefficients @ coefficients)
        slopes = -weights * signed * sigmoid(-margins)
        gradient = np.append(matrix.T @ slopes + penalty * coefficients, slopes.sum())
        return value, gradient

    bounds = [(0.0 if signs.get(name) == 1 else None, 0.0 if signs.get(name) == -1 else None) for name in names]
    prior = np.clip(np.average(targets, weights=weights), 1e-4, 1.0 - 1e-4)
    start = np.append(np.zeros(len(names)), np.log(prior / (1.0 - prior)))
    solution = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[*bounds, (None, None)])
    return Combination(tuple(names), tuple(float(value) for value in solution.x[:-1]), float(solution.x[-1]))
