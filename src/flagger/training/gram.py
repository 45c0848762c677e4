"""Ridge-penalised logistic heads over hashed n-grams, fitted in the space of the training posts.

With far fewer posts than n-grams, the weights of an L2-penalised linear model are a combination of the posts (the
representer theorem, Kimeldorf and Wahba 1971). So the fit happens on a factor of the Gram matrix, whose
width is the number of posts, and is turned back into n-gram weights once.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.linalg import solve_triangular
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from scipy.special import expit

from flagger.linear.model import LinearModel, unit_values
from flagger.linear.ngrams import BUCKETS, Counts, count, occurrences
from flagger.text.post import PreparedPost
from flagger.threads import thread_count

MINIMUM_POSTS_PER_NGRAM = 3
_BATCH = 64
# Keeps the factorisation stable when posts repeat; n-gram vectors have length 1.
_JITTER = 1e-6
# Large products are made in parts of so many rows, few enough to leave out most zeros of a triangle.
_ROWS_OF_PART = 512
# N-grams of a larger share of the posts are multiplied as a dense matrix.
_FREQUENT = 0.1
_MOST_STEPS = 80
_TOLERANCE = 1e-5

Doubles = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Head:
    """A linear head in the space of the training posts.

    :param coefficients: shape ``(rank,)``.
    :param intercept: the logit of an empty post.
    """

    coefficients: npt.NDArray[np.float32]
    intercept: float


class GramSpace:
    """Unit n-gram vectors of a set of posts, and their factor.

    :param counts: n-gram counts of all posts, held-out ones included.
    :param fitted: rows whose n-grams define the space; all others are only projected into it.
    """

    def __init__(self, counts: Counts, fitted: Integers) -> None:
        inside = np.zeros(counts.size, dtype=bool)
        inside[fitted] = True
        frequencies = np.bincount(counts.buckets[inside[counts.rows]], minlength=BUCKETS)
        self.buckets = np.flatnonzero(frequencies >= MINIMUM_POSTS_PER_NGRAM).astype(np.uint32)
        self.document_frequency_weights = (
            1.0 + np.log((1.0 + len(fitted)) / (1.0 + frequencies[self.buckets]))
        ).astype(np.float32)
        index = np.full(BUCKETS, -1, dtype=np.int64)
        index[self.buckets] = np.arange(len(self.buckets))
        kept = index[counts.buckets]
        keep = kept >= 0
        rows, kept = counts.rows[keep], kept[keep]
        numbers = counts.counts[keep].astype(np.float64)
        values = unit_values(rows, counts.buckets[keep], numbers, self.document_frequency_weights[kept])
        vectors = csr_matrix((values, (rows, kept)), shape=(counts.size, len(self.buckets)))
        self._fitted_vectors = vectors[fitted]
        products = _products(vectors, fitted, frequencies[self.buckets] > _FREQUENT * len(fitted))
        gram = products[fitted]
        gram[np.diag_indices_from(gram)] += _JITTER
        # fitted = factor @ orthonormal basis, so a penalty on the factor's coefficients is one on the n-gram weights.
        self._factor = np.linalg.cholesky(gram)
        self.rotated = np.empty(products.shape, dtype=np.float32)
        self.rotated[fitted] = self._factor
        # The factor is a triangle: of a fitted post only so many columns are not 0.
        self._rank = len(fitted)
        self._widths = np.full(len(products), self._rank)
        self._widths[fitted] = np.arange(1, self._rank + 1)
        projected = np.flatnonzero(~inside)
        self.rotated[projected] = solve_triangular(self._factor, products[projected].T, lower=True).T

    def fit(
        self, targets: npt.NDArray[np.bool_], rows: Integers, weights: Doubles, *, inverse_penalty: float
    ) -> list[Head]:
        """Fit heads, all together: a step costs one pass over the vectors, however many heads there are.

        L-BFGS runs on parameters that are scaled by the curvature at the start (a Jacobi preconditioner), which halves
        the steps: the first columns of the factor hold what most posts share and bend the loss a thousand times as much
        as the last.

        :param targets: labels of all posts, of shape ``(posts, heads)``.
        :param rows: rows to fit on.
        :param weights: weight of every post for every head, of shape ``(posts, heads)``; 0 leaves it out.
        :param inverse_penalty: inverse strength of the L2 penalty (``C`` of scikit-learn); the intercepts are free.
        :return: the heads; those whose rows hold one class only are constant at the prior.
        """
        parts = self._parts(rows)
        chosen, shares = targets[rows], weights[rows].astype(np.float32)
        signed = np.where(chosen, np.float32(1.0), np.float32(-1.0))
        counted = shares > 0
        priors = ((chosen & counted).sum(axis=0) + 0.5) / (counted.sum(axis=0) + 1.0)
        intercepts = np.log(priors / (1.0 - priors))
        mixed = np.flatnonzero([0 < (chosen[used, head]).sum() < used.sum() for head, used in enumerate(counted.T)])
        signed, shares = signed[:, mixed], shares[:, mixed]
        shape = (self._rank + 1, len(mixed))
        bends = inverse_penalty * shares * (priors * (1.0 - priors)).astype(np.float32)[mixed]
        curvature = np.ones(shape)
        curvature[-1] = bends.sum(axis=0)
        for part, vectors in parts:
            curvature[: vectors.shape[1]] += (vectors**2).T @ bends[part]
        scales = curvature**-0.5

        def loss(parameters: Doubles) -> tuple[float, Doubles]:
            table = parameters.reshape(shape) * scales
            single = table.astype(np.float32)
            value, gradient = 0.5 * float((table[:-1] ** 2).sum()), table.copy()
            gradient[-1] = 0.0
            for part, vectors in parts:
                margins = signed[part] * (vectors @ single[: vectors.shape[1]] + single[-1])
                value += inverse_penalty * float((shares[part] * np.logaddexp(0.0, -margins)).sum(dtype=np.float64))
                slopes = -inverse_penalty * shares[part] * signed[part] * expit(-margins)
                gradient[: vectors.shape[1]] += vectors.T @ slopes
                gradient[-1] += slopes.sum(axis=0, dtype=np.float64)
            return value, (gradient * scales).ravel()

        start = np.zeros(shape)
        start[-1] = intercepts[mixed] / scales[-1]
        found = scales * minimize(
            *(loss, start.ravel()), jac=True, method="L-BFGS-B", options={"maxiter": _MOST_STEPS, "ftol": _TOLERANCE}
        ).x.reshape(shape)
        heads = [Head(np.zeros(self._rank, dtype=np.float32), float(value)) for value in intercepts]
        for position, head in enumerate(mixed.tolist()):
            heads[head] = Head(found[:-1, position].astype(np.float32), float(found[-1, position]))
        return heads

    def _parts(self, rows: Integers) -> list[tuple[slice, npt.NDArray[np.float32]]]:
        """Cut rows into parts, each without the columns that are 0 in all of it."""
        vectors, widths = self.rotated[rows], self._widths[rows]
        slices = [slice(first, first + _ROWS_OF_PART) for first in range(0, len(rows), _ROWS_OF_PART)]
        return [(part, vectors[part, : widths[part].max()]) for part in slices]

    def logits(self, head: Head, rows: Integers) -> Doubles:
        """Score rows with a head.

        :param head: the head.
        :param rows: rows to score.
        :return: logits of shape ``(len(rows),)``.
        """
        return np.asarray(self.rotated[rows] @ head.coefficients, dtype=np.float64) + head.intercept

    def model(self, outputs: Sequence[str], heads: Sequence[Head]) -> LinearModel:
        """Turn heads into a model over n-grams, with weights rounded to int8 by head.

        :param outputs: names of the heads.
        :param heads: the heads.
        :return: the model.
        """
        coefficients = np.stack([head.coefficients for head in heads], axis=1).astype(np.float64)
        dual = solve_triangular(self._factor, coefficients, lower=True, trans="T")
        weights = np.asarray(self._fitted_vectors.T @ dual)
        scales = np.maximum(np.abs(weights).max(axis=0) / 127.0, 1e-12)
        return LinearModel(
            outputs=tuple(outputs),
            buckets=self.buckets,
            document_frequency_weights=self.document_frequency_weights,
            weights=np.rint(weights / scales).astype(np.int8),
            scales=scales.astype(np.float32),
            intercepts=np.array([head.intercept for head in heads], dtype=np.float32),
        )


def _products(vectors: csr_matrix, fitted: Integers, frequent: npt.NDArray[np.bool_]) -> Doubles:
    """Multiply all vectors by the fitted ones; n-grams of many posts, which cost the most, as a dense matrix."""
    columns = vectors.tocsc()
    rare, dense = columns[:, ~frequent].tocsr(), columns[:, frequent].toarray()
    products = np.asarray(dense @ dense[fitted].T)
    others = rare[fitted].T.tocsr()

    def add(first: int) -> None:
        products[first : first + _ROWS_OF_PART] += (rare[first : first + _ROWS_OF_PART] @ others).toarray()

    # The sparse product runs outside the interpreter's lock. In parts it needs gigabytes less, too.
    with ThreadPoolExecutor(thread_count()) as pool:
        list(pool.map(add, range(0, len(products), _ROWS_OF_PART)))
    return products


def count_all(posts: Sequence[PreparedPost]) -> Counts:
    """Count the n-grams of many posts in small batches.

    :param posts: the posts.
    :return: counts with rows numbered over all posts.
    """
    parts = []
    for begin in range(0, len(posts), _BATCH):
        batch = posts[begin : begin + _BATCH]
        counts = count(occurrences(batch), len(batch))
        parts.append((counts.rows + begin, counts.buckets, counts.counts))
    rows, buckets, numbers = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    return Counts(rows, buckets, numbers, len(posts))
