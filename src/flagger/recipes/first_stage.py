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
from scipy.sparse import csr_matrix, vstack
from sklearn.linear_model import Ridge
from sklearn.model_selection import GroupKFold, cross_val_predict

from flagger.errors import InputError
from flagger.fusion.cascade import Cascade
from flagger.fusion.combination import select, sigmoid
from flagger.fusion.features import RULE_FEATURES, rule_features
from flagger.fusion.model import Fusion
from flagger.lexicon import Lexicon
from flagger.linear.model import LinearModel
from flagger.model_folder import ModelFolder
from flagger.scorer import Flagger
from flagger.text import prepare
from flagger.text.syllables import WORD
from flagger.text.windows import WINDOW_CHARACTERS
from flagger.training.cascade import StageScores, fit_band
from flagger.training.dataset import text_key
from flagger.training.fusion import AXIS_PENALTY, axis_signs
from flagger.training.logistic import fit_combination
from flagger.vocabulary import AXES

HEAD: Final = "distilled"
FOLDS: Final = 5
LEAST_POSTS: Final = 200
HEADING: Final = "\n## What is settled without the encoder\n"
_PENALTY: Final = 1.0
_BATCH: Final = 512
_BEGINNING_WORDS: Final = 6
_INT8_MOST: Final = 127

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Lesson:
    """Posts without labels that teach a first stage.

    :param posts: different posts of one window each, with a letter in them; all of them teach.
    :param sets: by the name of each set the rows of its posts that the model was not trained on; they choose the band.
    """

    posts: Sequence[str]
    sets: Mapping[str, npt.NDArray[np.intp]]

    @classmethod
    def of(cls, model: ModelFolder, sets: Mapping[str, Sequence[str]], *, unseen: frozenset[str]) -> Lesson:
        """Choose what teaches.

        :param model: a model with an encoder and a cascade.
        :param sets: posts by name of their set; a post may be in several.
        :param unseen: keys of posts that must not teach (see :func:`flagger.training.dataset.text_key`).
        :return: the lesson.
        :raises InputError: when the model has no two stages, or no set is large enough to choose the band. Sets that
            the model was trained on only teach.
        """
        if model.encoder is None or model.cascade is None:
            raise InputError("The model has no encoder behind its n-grams, so that nothing can be settled before it.")
        rows: dict[str, int] = {}
        members: dict[str, list[int]] = {}
        for name, posts in sets.items():
            fitting = (post for post in posts if len(post) <= WINDOW_CHARACTERS and any(map(str.isalpha, post)))
            members[name] = sorted(
                {rows.setdefault(post, len(rows)) for post in fitting if not unseen or text_key(post) not in unseen}
            )
        trained = np.zeros(len(rows), dtype=bool)
        if model.record is not None and rows:
            trained, _ = model.record.look_up([text_key(post) for post in rows])
        chosen = {
            name: np.array([row for row in found if not trained[row]], np.intp) for name, found in members.items()
        }
        judging = {name: found for name, found in chosen.items() if len(found) >= LEAST_POSTS}
        if not judging:
            most = max(map(len, chosen.values()), default=0)
            raise InputError(
                f"There are {most} different posts that the model was not trained on, and {int(trained.sum())} that it "
                f"was; to learn what it may settle, the first stage needs at least {LEAST_POSTS} of the former in one "
                "table. Give more posts."
            )
        return cls(list(rows), judging)


def teach_first_stage(model: ModelFolder, lesson: Lesson, *, progress: Callable[[str], None]) -> ModelFolder:
    """Fit the first stage and its band to what the whole model says.

    :param model: a model with an encoder and a cascade; a head of an earlier lesson is replaced.
    :param lesson: the posts; in each set the band changes at most ``MOST_CHANGED`` of the decisions.
    :param progress: called with a line of text for each step.
    :return: the model with one more head of n-grams and the new band; scores of the whole model stay as they are.
    :raises InputError: when the model has no two stages, or nearly all posts begin alike.
    """
    cascade = model.cascade
    if model.encoder is None or cascade is None:
        raise InputError("The model has no encoder behind its n-grams, so that nothing can be settled before it.")
    linear = _without_head(model.linear)
    progress(f"the whole model reads {len(lesson.posts)} posts")
    teacher, sensitive = _whole(model, lesson.posts)
    vectors, rules = _first(linear, model, lesson.posts)
    student = Ridge(alpha=_PENALTY, solver="sparse_cg")
    beginnings = list(map(_beginning, lesson.posts))
    if len(set(beginnings)) < FOLDS:
        raise InputError(f"The posts begin in fewer than {FOLDS} ways, too few to learn from. Give other posts, too.")
    foreseen = cross_val_predict(student, vectors, teacher, groups=beginnings, cv=GroupKFold(FOLDS))
    student.fit(vectors, teacher)
    taught = _with_head(linear, student.coef_, float(student.intercept_))
    logits = np.asarray(vectors @ (linear.weights * linear.scales.astype(np.float64))) + linear.intercepts
    matrix = np.concatenate([logits, foreseen[:, None], rules], axis=1)
    inputs = (*(f"linear.{name}" for name in taught.outputs), *RULE_FEATURES)
    first = _fitted(replace(cascade.fusion, inputs=inputs), matrix, sigmoid(teacher))
    scores = first.combine(matrix)
    band, shares = fit_band(
        [
            _stages(model, rows, (scores.unverified, teacher), (scores.sensitive, sensitive))
            for rows in lesson.sets.values()
        ]
    )
    by_set = dict(zip(lesson.sets, shares, strict=True))
    for name, found in by_set.items():
        progress(f"{name}: {found['settled']:.1%} settled early, {found['changed']:.2%} of all decided otherwise")
    heads = model.fusion.inputs[len(cascade.fusion.inputs) :]
    metrics: dict[str, Any] = {**model.metrics, "cascade": by_set}
    return replace(
        model,
        linear=taught,
        fusion=replace(model.fusion, inputs=(*inputs, *heads)),
        cascade=Cascade(first, band),
        metrics=metrics,
        card=model.card.split(HEADING)[0] + _section(by_set),
    )


def _beginning(post: str) -> str:
    """Give what copies of a post and posts of one pattern have in common, so that folds do not part them."""
    return " ".join(WORD.findall(prepare(post).plain.text)[:_BEGINNING_WORDS])


def _whole(model: ModelFolder, posts: Sequence[str]) -> tuple[Doubles, Doubles]:
    """Give the logits of both axes by the whole model."""
    pipeline = Flagger(model, Lexicon.default(), exact=True).pipeline
    parts = [pipeline.probabilities(posts[begin : begin + _BATCH]) for begin in range(0, len(posts), _BATCH)]
    unverified, sensitive = (np.concatenate([getattr(part, f"{axis}_logits") for part in parts]) for axis in AXES)
    return unverified, sensitive


def _first(linear: LinearModel, model: ModelFolder, posts: Sequence[str]) -> tuple[csr_matrix, Doubles]:
    """Give what the first stage reads: unit n-gram vectors and rule features."""
    pipeline = Flagger(replace(model, encoder=None), Lexicon.default()).pipeline
    vectors, rules = [], []
    for begin in range(0, len(posts), _BATCH):
        prepared = [prepare(post) for post in posts[begin : begin + _BATCH]]
        rows, columns, values = linear.unit_vectors(prepared)
        vectors.append(csr_matrix((values, (rows, columns)), shape=(len(prepared), len(linear.buckets))))
        rules += [rule_features(post, pipeline.matcher.find(post), pipeline.finder.find(post)) for post in prepared]
    return csr_matrix(vstack(vectors)), np.stack(rules)


def _stages(
    model: ModelFolder,
    rows: npt.NDArray[np.intp],
    unverified: tuple[Doubles, Doubles],
    sensitive: tuple[Doubles, Doubles],
) -> StageScores:
    limits = [model.fusion.thresholds[axis] for axis in AXES]
    return StageScores(
        *(np.stack([sigmoid(logits[rows]) for logits in pair], axis=1) for pair in (unverified, sensitive)),
        *(np.tile((found.review, found.flag), (len(rows), 1)) for found in limits),
    )


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
    """Fit the unverified score of the first stage to probabilities; raising cues still only raise."""
    _, table = first.derive(matrix)
    names = [*(name for name in first.unverified.features if name != f"linear.{HEAD}"), f"linear.{HEAD}"]
    chosen = select(table, first.names, names)
    # A probability is two labels with weights.
    fitted = fit_combination(
        *(np.concatenate([chosen, chosen]), np.repeat([True, False], len(chosen)), names),
        signs=axis_signs(names),
        weights=np.concatenate([unverified, 1.0 - unverified]),
        penalty=AXIS_PENALTY,
    )
    return replace(first, unverified=fitted)


def _section(by_set: Mapping[str, Mapping[str, float]]) -> str:
    rows = [
        HEADING,
        "Rules and n-grams settle posts that they are sure of; one head of n-grams learned from what the whole model",
        "says of posts without labels. The limits were fitted on these posts, whose labels did not train the model",
        "(its encoder may have seen some with another label), the head out of fold, so that other posts may cost a",
        "little more; posts of more than one window are left out:",
        "",
        "| posts | settled | decided otherwise than by the whole model | of those that it raises, settled |",
        "|---|---|---|---|",
        *(
            f"| {name} | {found['settled']:.1%} | {found['changed']:.2%} | {found['lost']:.1%} |"
            for name, found in by_set.items()
        ),
        "",
    ]
    return "\n".join(rows)
