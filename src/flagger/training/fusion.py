"""Fit the fusion step on out-of-fold logits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from flagger.errors import InputError
from flagger.fusion.combination import Combination, select, sigmoid
from flagger.fusion.features import CANCELLED, CUE_FEATURES, FORM_FEATURES, PLACE_FEATURES, TOPIC_RULE_FEATURES
from flagger.fusion.model import ANY_TOPIC, BOTH, EITHER_TOPIC, LOCAL, FusedScores, Fusion
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


@dataclass(frozen=True, slots=True)
class _Labels:
    """Labels of posts as arrays.

    :param levels: level of the first axis, of shape ``(posts,)``, as all that follows.
    :param has_topic: for each topic whether a post is about it.
    :param is_local: whether it concerns a place in Viet Nam.
    :param trains: whether it may teach the first axis.
    :param knows_topics: whether it is labelled for topics.
    :param knows_local: the same for locality.
    """

    levels: npt.NDArray[np.int_]
    has_topic: Mapping[str, Booleans]
    is_local: Booleans
    trains: Booleans
    knows_topics: Booleans
    knows_local: Booleans

    @classmethod
    def of(cls, posts: Sequence[LabelledPost]) -> _Labels:
        return cls(
            levels=np.array([post.unverified for post in posts]),
            has_topic={name: np.array([name in post.topics for post in posts]) for name in TOPICS},
            is_local=np.array([post.is_local for post in posts]),
            trains=np.array([post.trains_wording for post in posts]),
            knows_topics=np.array([post.has_topics for post in posts]),
            knows_local=np.array([post.has_local for post in posts]),
        )

    @property
    def any_topic(self) -> Booleans:
        return np.asarray(np.any(np.stack(list(self.has_topic.values())), axis=0))

    @property
    def is_sensitive(self) -> Booleans:
        return self.any_topic & self.is_local

    @property
    def knows_sensitive(self) -> Booleans:
        return self.knows_topics & self.knows_local


def fit_fusion(matrix: Doubles, inputs: Sequence[str], posts: Sequence[LabelledPost], weights: Doubles) -> Fusion:
    """Fit every combination and choose the thresholds.

    :param matrix: features of shape ``(posts, len(inputs))`` whose model logits are out of fold.
    :param inputs: names of the features.
    :param posts: the labelled posts.
    :param weights: weight of each post; 0 leaves it out, posts of weight 1 choose the thresholds.
    :return: the fitted fusion.
    :raises InputError: when no post at all may teach one of the axes, the topics or locality.
    """
    _refuse_unknown(posts, weights >= 1.0)
    labels = _Labels.of(posts)
    models = sorted({name.split(".")[0] for name in inputs} - _NO_MODELS)
    read = _Fit(matrix, tuple(inputs), weights)
    topics = _fit_topics(read, labels, models)
    local = _fit_local(read, labels, models)
    partial = Fusion(read.names, topics, _EMPTY, local, _EMPTY, _EMPTY, _EMPTY)
    # What is derived from topics and locality is read by the combinations that are fitted after them.
    partial = replace(partial, any_topic=_fit_any_topic(read.derived_by(partial), labels, models))
    derived = read.derived_by(partial)
    unverified, rumour = (_fit_claims(derived, labels, models, level=level) for level in (1, 2))
    fitted = replace(partial, unverified=unverified, rumour=rumour, sensitive=_fit_sensitive(derived, labels))
    return _with_thresholds(fitted, fitted.combine(matrix), labels, weights >= 1.0)


@dataclass(frozen=True, slots=True)
class _Fit:
    """Fits combinations of named features on weighted posts.

    :param table: features of shape ``(posts, len(names))``.
    :param names: their names.
    :param weights: weight of each post; 0 leaves it out.
    """

    table: Doubles
    names: tuple[str, ...]
    weights: Doubles

    def derived_by(self, fusion: Fusion) -> _Fit:
        """Read what a fusion derives, too."""
        return _Fit(fusion.derive(self.table)[1], fusion.names, self.weights)

    def __call__(
        self,
        features: Sequence[str],
        targets: Booleans,
        *,
        signs: dict[str, int],
        kept: Booleans,
        penalty: float = TOPIC_PENALTY,
        priors: dict[str, tuple[float, float]] | None = None,
    ) -> Combination:
        used = (self.weights > 0) & kept
        chosen = select(self.table[used], self.names, features)
        return fit_combination(
            chosen, targets[used], features, signs=signs, weights=self.weights[used], penalty=penalty, priors=priors
        )


def _fit_topics(fit: _Fit, labels: _Labels, models: Sequence[str]) -> dict[str, Combination]:
    """A topic is what the models and its rules say of it; where positives are few, what they say elsewhere counts."""
    prior = (MODELS_PRIOR[0] / len(models), MODELS_PRIOR[1] / len(models))
    topics = {}
    for name in TOPICS:
        rule = f"rule.{name}"
        features = [*(f"{model}.{name}" for model in models), rule]
        priors = {**dict.fromkeys(features, prior), rule: RULE_PRIOR}
        signs = dict.fromkeys(features, 1)
        topics[name] = fit(features, labels.has_topic[name], signs=signs, kept=labels.knows_topics, priors=priors)
    return topics


def _fit_local(fit: _Fit, labels: _Labels, models: Sequence[str]) -> Combination:
    features = [*(f"{model}.local" for model in models), *PLACE_FEATURES]
    return fit(features, labels.is_local, signs=dict.fromkeys(features, 1), kept=labels.knows_local)


def _fit_any_topic(fit: _Fit, labels: _Labels, models: Sequence[str]) -> Combination:
    features = [*(f"{model}.any_topic" for model in models), EITHER_TOPIC, *TOPIC_RULE_FEATURES]
    return fit(features, labels.any_topic, signs=dict.fromkeys(features, 1), kept=labels.knows_topics)


def _fit_claims(fit: _Fit, labels: _Labels, models: Sequence[str], *, level: int) -> Combination:
    """Fit the first axis: posts of this level and above against those below."""
    features = [
        *(name for model in models for name in (f"{model}.unverified", f"{model}.rumour")),
        *(*CUE_FEATURES, CANCELLED, *FORM_FEATURES, ANY_TOPIC, LOCAL),
    ]
    signs = axis_signs(features)
    return fit(features, labels.levels >= level, signs=signs, kept=labels.trains, penalty=AXIS_PENALTY)


def _fit_sensitive(fit: _Fit, labels: _Labels) -> Combination:
    features = [ANY_TOPIC, LOCAL, BOTH]
    signs = dict.fromkeys(features, 1)
    return fit(features, labels.is_sensitive, signs=signs, kept=labels.knows_sensitive, penalty=SENSITIVE_PENALTY)


def _with_thresholds(fusion: Fusion, scores: FusedScores, labels: _Labels, real: Booleans) -> Fusion:
    """Choose the thresholds on real posts, for what each of them is labelled for."""
    claims, harm, topics = real & labels.trains, real & labels.knows_sensitive, real & labels.knows_topics
    axes = {
        "unverified": (scores.unverified[claims], labels.levels[claims] > 0),
        "sensitive": (scores.sensitive[harm], labels.is_sensitive[harm]),
    }
    return replace(
        fusion,
        thresholds={
            axis: choose_thresholds(
                *(sigmoid(logits), targets), flag_precision=FLAG_PRECISION[axis], review_recall=REVIEW_RECALL[axis]
            )
            for axis, (logits, targets) in axes.items()
        },
        topic_thresholds={
            name: choose_topic_threshold(sigmoid(scores.topics[topics, position]), labels.has_topic[name][topics])
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
