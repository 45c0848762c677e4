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
    priors: Mapping[str, tuple[float, float]] | None = None,
) -> Combination:
    """Fit an L2-penalised logistic regression whose coefficients keep the given signs.

    The penalty is that of independent normal priors on the coefficients.

    :param matrix: features of shape ``(posts, len(names))``.
    :param targets: labels of shape ``(posts,)``.
    :param names: names of the features.
    :param signs: +1 for a coefficient that may not be below 0, -1 for one that may not be above; others are free.
    :param weights: weight of each post, of shape ``(posts,)``.
    :param penalty: strength of the L2 penalty on the coefficients, towards 0; the intercept is free.
    :param priors: mean and standard deviation of the coefficients that have priors of their own instead.
    :return: the fitted combination.
    """
    signed = np.where(targets, 1.0, -1.0)
    usual = (0.0, penalty**-0.5)
    means, deviations = np.array([(priors or {}).get(name, usual) for name in names]).T

    def loss(parameters: Doubles) -> tuple[float, Doubles]:
        coefficients, intercept = parameters[:-1], parameters[-1]
        margins = signed * (matrix @ coefficients + intercept)
        strange = (coefficients - means) / deviations
        value = float((weights * np.logaddexp(0.0, -margins)).sum() + 0.5 * strange @ strange)
        slopes = -weights * signed * sigmoid(-margins)
        gradient = np.append(matrix.T @ slopes + strange / deviations, slopes.sum())
        return value, gradient

    bounds = [(0.0 if signs.get(name) == 1 else None, 0.0 if signs.get(name) == -1 else None) for name in names]
    prior = np.clip(np.average(targets, weights=weights), 1e-4, 1.0 - 1e-4)
    start = np.append(means, np.log(prior / (1.0 - prior)))
    solution = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[*bounds, (None, None)])
    return Combination(tuple(names), tuple(float(value) for value in solution.x[:-1]), float(solution.x[-1]))
