"""Judge a model on any file, its own training posts included, without flattering it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from flagger.errors import InputError
from flagger.evaluation.crossvalidation import FOLDS, cross_validate
from flagger.evaluation.curves import check_picture, draw_curves
from flagger.evaluation.intervals import intervals
from flagger.evaluation.report import EvaluationReport, compare, judge
from flagger.evaluation.scored import ARRAYS, Scored, threshold_rows
from flagger.lexicon import Lexicon
from flagger.model_folder import ModelFolder
from flagger.scorer import BATCH_POSTS, Flagger
from flagger.training.dataset import LabelledPost, read_labelled, text_key
from flagger.training.encoder.overlap import without_copies
from flagger.training.linear import OtherLogits
from flagger.training.table import ENCODER_FEATURES, HEADS, join_table

Booleans = npt.NDArray[np.bool_]
Doubles = npt.NDArray[np.float64]

# With fewer, folds would say nothing.
LEAST_CROSS_VALIDATED = 100


def evaluate_model(
    model: ModelFolder,
    path: str | Path,
    *,
    authored: Sequence[str | Path] = (),
    more: Sequence[LabelledPost] = (),
    against: Mapping[str, ModelFolder] | None = None,
    curves: str | Path | None = None,
    progress: Callable[[str], None] | None = None,
) -> EvaluationReport:
    """Judge a model on labelled posts.

    Posts that the model never saw are scored by it as it is. Posts that it was trained on are cross-validated, where
    there are at least ``LEAST_CROSS_VALIDATED`` of them: the encoder's logits are those of the fold network that had
    not seen the post, which the model keeps by hash, and n-grams and fusion are trained anew for each fold. Of two
    models such posts therefore compare the encoders only.

    :param model: the model.
    :param path: a table of labelled posts in the schema of the annotation guide.
    :param authored: files of posts that join every training part and are never judged.
    :param more: labelled real posts that join every training part and are never judged; copies of judged ones are
        left out.
    :param against: other models by name, judged in the same way; the report then has the intervals of the gain.
    :param curves: where to draw reliability, precision and recall, if anywhere.
    :param progress: called with a line of text as each step ends.
    :return: the report; ``seen_in_training`` counts posts that could only be judged in sample.
    :raises InputError: when a row breaks the schema; when a model does not say what it was trained on; when the posts
        cannot tell two models apart, since both were trained on all of them and have the same encoder or none.
    :raises OutputError: when the picture cannot be written.
    """
    if curves is not None:
        check_picture(curves)
    notes = _notes(model, against or {}, path)
    judged = score_file(model, path, authored=authored, more=more, progress=progress)
    report = judge(judged.scored, method=judged.method)
    if judged.without_encoder is not None:
        report = compare(report, judge(judged.without_encoder, method="", brief=True))
    figures = {**report.figures, "seen_in_training": judged.in_sample}
    for name, other in (against or {}).items():
        scored = score_file(other, path, authored=authored, more=more, progress=progress)
        theirs = judge(scored.scored, method=scored.method, brief=True).figures
        figures.setdefault("against", {})[name] = {
            **{axis: theirs[axis] for axis in ("unverified", "rumour", "sensitive", "neutrality")},
            "gain": intervals(judged.scored, scored.scored),
            "seen_in_training": scored.in_sample,
            **notes[name],
        }
    if curves is not None:
        draw_curves(judged.scored, curves)
    return EvaluationReport(figures)


@dataclass(frozen=True, slots=True)
class JudgedFile:
    """A file scored honestly.

    :param scored: scores in the order of the file.
    :param without_encoder: the same without the encoder, where all posts were cross-validated.
    :param method: how the scores were made, in words.
    :param in_sample: how many posts could only be scored by a model that had trained on them.
    """

    scored: Scored
    without_encoder: Scored | None
    method: str
    in_sample: int


def score_file(
    model: ModelFolder,
    path: str | Path,
    *,
    authored: Sequence[str | Path] = (),
    more: Sequence[LabelledPost] = (),
    progress: Callable[[str], None] | None = None,
) -> JudgedFile:
    """Score labelled posts with a model without letting it profit from what it was trained on.

    :param model: the model.
    :param path: labelled posts.
    :param authored: files of posts that join every training part.
    :param more: labelled real posts that join every training part.
    :param progress: called with a line of text as each step ends.
    :return: the scores.
    """
    posts = read_labelled(path)
    seen, held_out, logits = _known(model, posts)
    in_sample = int((seen & ~held_out).sum())
    chosen, rest = np.flatnonzero(held_out), np.flatnonzero(~held_out)
    parts: list[Scored] = []
    alone: Scored | None = None
    if len(chosen):
        table = join_table(posts, authored, more=without_copies(more, posts))
        kept = np.concatenate([chosen, np.arange(len(posts), len(table.posts))])
        other = None
        if model.encoder is not None:
            values = np.full((len(kept), len(HEADS)), np.nan)
            values[: len(chosen)] = logits[chosen]
            other = OtherLogits(values, ENCODER_FEATURES)
        fused, without = cross_validate(table.take(kept), len(chosen), other=other, progress=progress)
        alone = None if other is None else without
        parts.append(fused)
    if len(rest):
        if progress is not None:
            progress(f"{len(rest)} posts are scored by the model as it is")
        parts.append(score_labelled(model, [posts[row] for row in rest.tolist()]))
    order = np.argsort(np.concatenate([chosen, rest]), kind="stable")
    return JudgedFile(
        scored=join(parts).take(order),
        without_encoder=None if len(rest) else alone,
        method=_method(len(chosen), in_sample, len(rest) - in_sample),
        in_sample=in_sample,
    )


def _known(model: ModelFolder, posts: Sequence[LabelledPost]) -> tuple[Booleans, Booleans, Doubles]:
    """Say which posts trained the model, which of these can be cross-validated, and their out-of-fold logits."""
    if model.record is None:
        nothing = np.zeros(len(posts), dtype=bool)
        return nothing, nothing, np.full((len(posts), len(HEADS)), np.nan)
    seen, logits = model.record.look_up([text_key(post.text) for post in posts])
    held_out = seen & ~np.isnan(logits).any(axis=1)
    if held_out.sum() < LEAST_CROSS_VALIDATED:
        held_out = np.zeros(len(posts), dtype=bool)
    return seen, held_out, logits


def _notes(model: ModelFolder, against: Mapping[str, ModelFolder], path: str | Path) -> dict[str, dict[str, Any]]:
    """Say for each other model on how many posts it cannot be told from the first."""
    for name, one in {"The model": model, **{f"'{name}'": other for name, other in against.items()}}.items():
        if one.record is None:
            raise InputError(
                f"{name} does not say which posts it was trained on, so that nothing honest can be said of it here. "
                "Train it anew with this version."
            )
    if not against:
        return {}
    posts = read_labelled(path)
    _, ours, logits = _known(model, posts)
    notes: dict[str, dict[str, Any]] = {}
    for name, other in against.items():
        _, theirs, others = _known(other, posts)
        same = ours & theirs
        same &= (logits == others).all(axis=1) if logits.shape == others.shape else False
        if same.all():
            raise InputError(
                f"'{name}' cannot be compared on '{path}': both models were trained on all these posts, with the same "
                "encoder or none, and n-grams and fusion are fitted anew for such posts, so that both get the same "
                "scores. Give posts that neither was trained on, or leave out --against."
            )
        count = int(same.sum())
        words = (
            f"{count} of the {len(posts)} posts trained both models, with the same encoder or none: n-grams and fusion "
            "are fitted anew for them, so that they do not tell the two apart. Give posts that neither was trained on."
        )
        notes[name] = {"not_compared": count, **({"note": words} if count else {})}
    return notes


def score_labelled(model: ModelFolder, posts: Sequence[LabelledPost]) -> Scored:
    """Score labelled posts with a model as it is.

    :param model: the model.
    :param posts: the posts.
    :return: their scores with the model's thresholds.
    """
    pipeline = Flagger(model, Lexicon.default()).pipeline
    names = ("unverified", "rumour", "sensitive", "local", "any_topic", "topics")
    found: dict[str, list[npt.NDArray[np.float64]]] = {name: [] for name in names}
    for first in range(0, len(posts), BATCH_POSTS):
        scores = pipeline.probabilities([post.text for post in posts[first : first + BATCH_POSTS]])
        for name in names:
            found[name].append(np.array(getattr(scores, name)))

    return Scored(
        posts=posts,
        **{name: np.concatenate(values) for name, values in found.items()},
        unverified_thresholds=threshold_rows(model.fusion.thresholds["unverified"], len(posts)),
        sensitive_thresholds=threshold_rows(model.fusion.thresholds["sensitive"], len(posts)),
    )


def join(parts: Sequence[Scored]) -> Scored:
    """Put scored posts behind one another.

    :param parts: at least one.
    :return: all posts with their scores.
    """
    arrays = {name: np.concatenate([getattr(part, name) for part in parts]) for name in ARRAYS}
    return Scored([post for part in parts for post in part.posts], **arrays)


def _method(cross_validated: int, in_sample: int, unseen: int) -> str:
    words = []
    if in_sample:
        words.append(
            f"the model as it is on {in_sample} posts that it was trained on, so that these figures are too good"
        )
    if cross_validated:
        words.append(f"grouped {FOLDS}-fold cross-validation of {cross_validated} training posts")
    if unseen:
        words.append(f"the model as it is on {unseen} other posts")
    return "; ".join(words)
