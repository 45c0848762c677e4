"""Teach the first stage of the cascade what the whole model says, on posts without labels.

The n-grams of a trained model know labelled posts only. What settles the posts that a user has is how well they foresee
the encoder there, so one more head of n-grams is fitted to the whole model's scores of such posts (distillation, Hinton
et al. 2015), and the band of the cascade is fitted again with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.linear_model import Ridge
from sklearn.model_selection import KFold, cross_val_predict

from flagger.errors import InputError
from flagger.fusion.cascade import Cascade
from flagger.fusion.combination import select, sigmoid
from flagger.fusion.features import RULE_FEATURES
from flagger.fusion.model import Fusion
from flagger.lexicon import Lexicon
from flagger.linear.model import LinearModel, unit_values
from flagger.linear.ngrams import Counts
from flagger.model_folder import ModelFolder
from flagger.scorer import Flagger
from flagger.text.windows import WINDOW_CHARACTERS
from flagger.training.cascade import StageScores, fit_band
from flagger.training.dataset import LabelledPost
from flagger.training.fusion import AXIS_PENALTY, axis_signs
from flagger.training.logistic import fit_combination
from flagger.training.table import build_table
from flagger.vocabulary import AXES

HEAD: Final = "distilled"
FOLDS: Final = 5
LEAST_POSTS: Final = 200
_PENALTY: Final = 1.0
_BATCH: Final = 512
_INT8_MOST: Final = 127

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Read:
    """What both stages read in posts.

    :param vectors: unit n-gram vectors of shape ``(posts, n-grams of the model)``.
    :param rules: rule features of shape ``(posts, len(RULE_FEATURES))``.
    :param unverified: probability by the whole model, of shape ``(posts,)``.
    :param sensitive: the same for the other axis.
    :param owners: number of the set that each post comes from.
    """

    vectors: csr_matrix
    rules: Doubles
    unverified: Doubles
    sensitive: Doubles
    owners: npt.NDArray[np.int64]


def teach_first_stage(
    model: ModelFolder, sets: Mapping[str, Sequence[str]], *, progress: Callable[[str], None]
) -> ModelFolder:
    """Fit the first stage and its band to what the whole model says.

    :param model: a model with an encoder and a cascade; a head of an earlier lesson is replaced.
    :param sets: posts by name of their set; in each the band changes at most ``MOST_CHANGED`` of the decisions.
    :param progress: called with a line of text for each step.
    :return: the model with one more head of n-grams and the new band; scores of the whole model stay as they are.
    :raises InputError: when the model has no two stages, or a set is too small to say anything.
    """
    cascade = model.cascade
    if model.encoder is None or cascade is None:
        raise InputError("The model has no encoder behind its n-grams, so that nothing can be settled before it.")
    small = [name for name, posts in sets.items() if len(set(posts)) < LEAST_POSTS]
    if small or not sets:
        raise InputError(f"{', '.join(small) or 'No set'}: at least {LEAST_POSTS} different posts are needed.")
    linear = _without_head(model.linear)
    read = _read(model, linear, sets, progress)
    teacher = np.log(read.unverified / (1.0 - read.unverified))
    student = Ridge(alpha=_PENALTY, solver="sparse_cg")
    folds = KFold(FOLDS, shuffle=True, random_state=0)
    foreseen = cross_val_predict(student, read.vectors, teacher, cv=folds)
    student.fit(read.vectors, teacher)
    taught = _with_head(linear, student.coef_, float(student.intercept_))
    logits = np.column_stack([_logits(linear, read.vectors), foreseen])
    matrix = np.concatenate([logits, read.rules], axis=1)
    inputs = (*(f"linear.{name}" for name in taught.outputs), *RULE_FEATURES)
    first = _fitted(replace(cascade.fusion, inputs=inputs), matrix, read.unverified)
    scores = first.combine(matrix)
    early = (sigmoid(scores.unverified), sigmoid(scores.sensitive))
    limits = [(found.review, found.flag) for found in (model.fusion.thresholds[axis] for axis in AXES)]
    stages = [
        StageScores(
            *(
                np.stack([one[rows], whole[rows]], axis=1)
                for one, whole in zip(early, (read.unverified, read.sensitive), strict=True)
            ),
            *(np.tile(pair, (len(rows), 1)) for pair in limits),
        )
        for rows in (np.flatnonzero(read.owners == number) for number in range(len(sets)))
    ]
    band, shares = fit_band(stages)
    by_set = dict(zip(sets, shares, strict=True))
    for name, found in by_set.items():
        progress(
            f"{name}: {found['settled']:.1%} settled without the encoder, {found['changed']:.2%} decided otherwise"
        )
    heads = model.fusion.inputs[len(cascade.fusion.inputs) :]
    metrics: dict[str, Any] = {**model.metrics, "cascade": by_set}
    return replace(
        model,
        linear=taught,
        fusion=replace(model.fusion, inputs=(*inputs, *heads)),
        cascade=Cascade(first, band),
        metrics=metrics,
        card=model.card + _section(by_set),
    )


def _read(
    model: ModelFolder, linear: LinearModel, sets: Mapping[str, Sequence[str]], progress: Callable[[str], None]
) -> _Read:
    lexicon = Lexicon.default()
    pipeline = Flagger(model, lexicon, exact=True).pipeline
    posts = {post: number for number, name in enumerate(sets) for post in sets[name]}
    texts = list(posts)
    progress(f"the whole model reads {len(texts)} posts")
    parts = [pipeline.probabilities(texts[begin : begin + _BATCH]) for begin in range(0, len(texts), _BATCH)]
    # Posts of several windows are settled window by window; those of one teach.
    kept = [row for row, text in enumerate(texts) if len(text) <= WINDOW_CHARACTERS and any(map(str.isalpha, text))]
    stand_ins = [
        LabelledPost(texts[row], str(row), 0, frozenset(), frozenset(), is_local=False, is_political=False)
        for row in kept
    ]
    table = build_table(stand_ins, [1.0] * len(kept), lexicon)
    unverified, sensitive = (
        sigmoid(np.concatenate([getattr(part, f"{axis}_logits") for part in parts]))[kept] for axis in AXES
    )
    owners = np.array([posts[texts[row]] for row in kept])
    return _Read(_vectors(linear, table.counts), table.rules, unverified, sensitive, owners)


def _vectors(linear: LinearModel, counts: Counts) -> csr_matrix:
    """Give the unit vectors that the n-gram model makes of posts."""
    index = np.full(int(max(counts.buckets.max(), linear.buckets.max())) + 1, -1, dtype=np.int64)
    index[linear.buckets] = np.arange(len(linear.buckets))
    kept = index[counts.buckets]
    known = kept >= 0
    rows, kept, numbers = counts.rows[known], kept[known], counts.counts[known].astype(np.float64)
    values = unit_values(rows, counts.buckets[known], numbers, linear.document_frequency_weights[kept])
    return csr_matrix((values, (rows, kept)), shape=(counts.size, len(linear.buckets)))


def _logits(linear: LinearModel, vectors: csr_matrix) -> Doubles:
    return np.asarray(vectors @ (linear.weights * linear.scales.astype(np.float64))) + linear.intercepts


def _without_head(linear: LinearModel) -> LinearModel:
    kept = [number for number, name in enumerate(linear.outputs) if name != HEAD]
    return replace(
        linear,
        outputs=tuple(linear.outputs[number] for number in kept),
        weights=np.ascontiguousarray(linear.weights[:, kept]),
        scales=linear.scales[kept],
        intercepts=linear.intercepts[kept],
    )


def _with_head(linear: LinearModel, weights: Doubles, intercept: float) -> LinearModel:
    scale = max(float(np.abs(weights).max()) / _INT8_MOST, 1e-12)
    rounded = np.rint(weights / scale).astype(np.int8)
    return replace(
        linear,
        outputs=(*linear.outputs, HEAD),
        weights=np.column_stack([linear.weights, rounded]),
        scales=np.append(linear.scales, np.float32(scale)),
        intercepts=np.append(linear.intercepts, np.float32(intercept)),
    )


def _fitted(first: Fusion, matrix: Doubles, unverified: Doubles) -> Fusion:
    """Fit the unverified score of the first stage to probabilities; the limits on signs stay."""
    _, table = first.derive(matrix)
    old = first.unverified
    names = [*(name for name in old.features if name != f"linear.{HEAD}"), f"linear.{HEAD}"]
    chosen = select(table, first.names, names)
    signs = {**axis_signs(names), f"linear.{HEAD}": 1}
    # A probability is two labels with weights.
    fitted = fit_combination(
        np.concatenate([chosen, chosen]),
        np.repeat([True, False], len(chosen)),
        names,
        signs=signs,
        weights=np.concatenate([unverified, 1.0 - unverified]),
        penalty=AXIS_PENALTY,
    )
    return replace(first, unverified=fitted)


def _section(by_set: Mapping[str, Mapping[str, float]]) -> str:
    rows = [
        "",
        "## What is settled without the encoder",
        "",
        "Rules and n-grams settle posts that they are sure of; one head of n-grams learned from what the whole model",
        "says of posts without labels. Measured with that head out of fold:",
        "",
        "| posts | settled | decided otherwise than by the whole model |",
        "|---|---|---|",
        *(f"| {name} | {found['settled']:.1%} | {found['changed']:.2%} |" for name, found in by_set.items()),
        "",
    ]
    return "\n".join(rows)
