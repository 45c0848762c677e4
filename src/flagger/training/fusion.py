"""Fit the fusion step on out-of-fold logits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from flagger.errors import InputError
from flagger.fusion.combination import Combination, logit, select, sigmoid
from flagger.fusion.features import CANCELLED, CUE_FEATURES, FORM_FEATURES, PLACE_FEATURES, TOPIC_RULE_FEATURES
from flagger.fusion.model import ANY_TOPIC, BOTH, EITHER_TOPIC, LOCAL, Fusion
from flagger.training.dataset import LabelledPost
from flagger.training.logistic import fit_combination
from flagger.training.thresholds import FLAG_PRECISION, REVIEW_RECALL, choose_thresholds, choose_topic_threshold
from flagger.vocabulary import LOWERING_CUES, RAISING_CUES, TOPICS

Doubles = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]

TOPIC_PENALTY: Final = 0.1
# The rules were written by people who knew the labelled posts, so that a cross-validation over these flatters them:
# with a weaker penalty it looks better, and posts that nobody had seen (benchmarks/heldout.py) are ranked worse.
AXIS_PENALTY: Final = 1.0
# Mean and deviation that the coefficients of topics with many positives show, the models' summed over the models; where
# positives are few, they say more than the posts do.
MODELS_PRIOR: Final = (1.2, 0.4)
RULE_PRIOR: Final = (3.0, 2.0)
SENSITIVE_PENALTY: Final = 0.1

_NO_MODELS: Final = {"cue", "rule", "place", "form", "topic", "local"}
_RAISE: Final = {f"cue.{name}": 1 for name in RAISING_CUES}
_LOWER: Final = {f"cue.{name}": -1 for name in LOWERING_CUES} | {CANCELLED: -1}
_PLACES: Final = dict.fromkeys(PLACE_FEATURES, 1)


def fit_fusion(matrix: Doubles, inputs: Sequence[str], posts: Sequence[LabelledPost], weights: Doubles) -> Fusion:
    """Fit every combination and choose the thresholds.

    :param matrix: features of shape ``(posts, len(inputs))`` whose model logits are out of fold.
    :param inputs: names of the features.
    :param posts: the labelled posts.
    :param weights: weight of each post; 0 leaves it out, posts of weight 1 choose the thresholds.
    :return: the fitted fusion.
    :raises InputError: when no post at all may teach one of the axes, the topics or locality.
    """
    unverified = np.array([post.unverified for post in posts])
    trains = np.array([post.trains_wording for post in posts])
    is_local = np.array([post.is_local for post in posts])
    has_topic = {name: np.array([name in post.topics for post in posts]) for name in TOPICS}
    knows_topics, knows_local = (
        np.array([getattr(post, name) for post in posts]) for name in ("has_topics", "has_local")
    )
    _refuse_unknown(posts, weights >= 1.0)
    harm = np.any(np.stack(list(has_topic.values())), axis=0) & is_local

    def fit(
        names: Sequence[str],
        table: Doubles,
        table_names: Sequence[str],
        targets: Booleans,
        *,
        signs: dict[str, int],
        kept: Booleans | None = None,
        penalty: float = TOPIC_PENALTY,
        priors: dict[str, tuple[float, float]] | None = None,
    ) -> Combination:
        used = weights > 0 if kept is None else (weights > 0) & kept
        chosen = select(table[used], table_names, names)
        settings = {"signs": signs, "weights": weights[used], "penalty": penalty, "priors": priors}
        return fit_combination(chosen, targets[used], names, **settings)  # type: ignore[arg-type]

    model_parts = sorted({name.split(".")[0] for name in inputs} - _NO_MODELS)
    model_prior = (MODELS_PRIOR[0] / len(model_parts), MODELS_PRIOR[1] / len(model_parts))
    topics = {}
    for name in TOPICS:
        rule = f"rule.{name}"
        names = [*(f"{part}.{name}" for part in model_parts), rule]
        priors = {**dict.fromkeys(names, model_prior), rule: RULE_PRIOR}
        signs = dict.fromkeys(names, 1)
        topics[name] = fit(names, matrix, inputs, has_topic[name], signs=signs, kept=knows_topics, priors=priors)
    local_names = [*(f"{part}.local" for part in model_parts), *PLACE_FEATURES]
    local = fit(local_names, matrix, inputs, is_local, signs=dict.fromkeys(local_names, 1), kept=knows_local)

    topic_logits = np.stack(
        [topics[name].logits(select(matrix, inputs, topics[name].features)) for name in TOPICS], axis=1
    )
    either = logit(1.0 - np.prod(1.0 - sigmoid(topic_logits), axis=1))[:, None]
    any_names = [*(f"{part}.any_topic" for part in model_parts), EITHER_TOPIC, *TOPIC_RULE_FEATURES]
    any_topic = fit(
        *(any_names, np.concatenate([matrix, either], axis=1), (*inputs, EITHER_TOPIC)),
        np.any(np.stack(list(has_topic.values())), axis=0),
        signs=dict.fromkeys(any_names, 1),
        kept=knows_topics,
    )
    partial = Fusion(tuple(inputs), topics, any_topic, local, _EMPTY, _EMPTY, _EMPTY)
    _, table = partial.derive(matrix)
    names = [
        *(name for part in model_parts for name in (f"{part}.unverified", f"{part}.rumour")),
        *CUE_FEATURES,
        CANCELLED,
        *FORM_FEATURES,
        ANY_TOPIC,
        LOCAL,
    ]
    axis_fit = {"signs": axis_signs(names), "kept": trains, "penalty": AXIS_PENALTY}
    unverified_fit = fit(names, table, partial.names, unverified > 0, **axis_fit)  # type: ignore[arg-type]
    rumour_fit = fit(names, table, partial.names, unverified > 1, **axis_fit)  # type: ignore[arg-type]
    sensitive_names = [ANY_TOPIC, LOCAL, BOTH]
    sensitive_fit = fit(
        *(sensitive_names, table, partial.names, harm),
        signs=dict.fromkeys(sensitive_names, 1),
        kept=knows_topics & knows_local,
        penalty=SENSITIVE_PENALTY,
    )
    fitted = Fusion(tuple(inputs), topics, any_topic, local, unverified_fit, rumour_fit, sensitive_fit)

    scores = fitted.combine(matrix)
    real = weights >= 1.0
    judged, with_harm, with_topics = real & trains, real & knows_topics & knows_local, real & knows_topics
    return Fusion(
        *(fitted.inputs, topics, any_topic, local, unverified_fit, rumour_fit, sensitive_fit),
        thresholds={
            axis: choose_thresholds(
                *(sigmoid(logits), targets), flag_precision=FLAG_PRECISION[axis], review_recall=REVIEW_RECALL[axis]
            )
            for axis, logits, targets in (
                ("unverified", scores.unverified[judged], unverified[judged] > 0),
                ("sensitive", scores.sensitive[with_harm], harm[with_harm]),
            )
        },
        topic_thresholds={
            name: choose_topic_threshold(sigmoid(scores.topics[with_topics, position]), has_topic[name][with_topics])
            for position, name in enumerate(TOPICS)
        },
    )


def _refuse_unknown(posts: Sequence[LabelledPost], real: Booleans) -> None:
    """Refuse posts that cannot teach everything; those of the full weight choose the thresholds as well."""
    judged = [post for post, counts in zip(posts, real, strict=True) if counts]
    what = {"unverified": "0, 1 or 2", "topics": "a list, empty for none", "local": "0 or 1"}
    for name, values in what.items():
        if not any(getattr(post, f"has_{name}") for post in judged):
            raise InputError(
                f"No labelled post has '{name}', so that nothing can be learned about it. Give it for some posts at "
                f"least, in every fold: '{name}' is {values}."
            )
    if not any(post.trains_wording for post in judged):
        raise InputError(
            "No labelled post can teach 'unverified': those that have it are mainly opinion ('political' is 1) and "
            "above level 0, or 'ngrams' keeps them out. Give posts of level 1 or 2 that are no opinion, and calm ones."
        )
    levels = sorted({post.unverified for post in judged if post.trains_wording})
    if levels[0] > 0 or levels[-1] == 0:
        found = " or ".join(map(str, levels))
        wanted = "calm posts, of level 0" if levels[0] > 0 else "posts that are no opinion of level 1 or 2"
        raise InputError(
            f"All posts that can teach 'unverified' have level {found}, so that nothing can be told apart. Give "
            f"{wanted}, too, some in every fold."
        )
    if not any(post.trains_sensitive for post in judged):
        raise InputError(
            "No labelled post has both 'topics' and 'local', so that nothing can be learned about harm in a place. "
            "Give both for the same posts."
        )


def axis_signs(names: Sequence[str]) -> dict[str, int]:
    """Say which coefficients of an axis may not be below 0 (+1) or above (-1): raising cues raise, lowering ones lower.

    :param names: names of features.
    :return: signs of those that have one; every model's own score raises.
    """
    signs = {**_RAISE, **_LOWER}
    models = {name: 1 for name in names if name.split(".")[0] not in _NO_MODELS}
    return {name: sign for name, sign in {**models, **signs}.items() if name in names}


_EMPTY: Final = Combination((), (), 0.0)
