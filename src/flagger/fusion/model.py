"""Fusion: where rules and models meet, in fitted combinations that a person can read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from flagger.fusion.combination import Combination, logit, select, sigmoid
from flagger.vocabulary import AXES, TOPICS, Decision

Doubles = npt.NDArray[np.float64]

TOPIC_LOGITS: Final = tuple(f"topic.{name}" for name in TOPICS)
EITHER_TOPIC: Final = "topic.either"
ANY_TOPIC: Final = "topic.any"
LOCAL: Final = "local"
BOTH: Final = "both"
DERIVED_FEATURES: Final = (*TOPIC_LOGITS, EITHER_TOPIC, ANY_TOPIC, LOCAL, BOTH)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The two thresholds of one axis: ``clear`` below the lower one, ``flag`` at and above the upper one.

    :param review: inclusive lower end of the abstain band, in [0, 1].
    :param flag: inclusive lower end of ``flag``, at least ``review``.
    """

    review: float
    flag: float

    def decide(self, probability: float) -> Decision:
        """Turn a probability into a decision.

        :param probability: in [0, 1].
        :return: the decision; both thresholds belong to the side above them.
        """
        if probability >= self.flag:
            return Decision.FLAG
        return Decision.REVIEW if probability >= self.review else Decision.CLEAR

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Thresholds:
        """Read thresholds.

        :param data: ``review`` and ``flag``.
        :return: the thresholds.
        :raises KeyError: when one is missing.
        :raises ValueError: when they are no probabilities in this order.
        """
        review, flag = (_probability(data[name], f"threshold '{name}'") for name in ("review", "flag"))
        if review > flag:
            raise ValueError(f"the threshold 'review' is {review}, above 'flag', which is {flag}")
        return cls(review, flag)


@dataclass(frozen=True, slots=True)
class FusedScores:
    """Logits of a batch after fusion.

    :param unverified: shape ``(posts,)``: passes on a claim that cannot be followed to a source (level 1 or 2).
    :param rumour: shape ``(posts,)``: plain rumour marks (level 2).
    :param sensitive: shape ``(posts,)``: harm in a place in Viet Nam.
    :param local: shape ``(posts,)``: located in a place in Viet Nam.
    :param any_topic: shape ``(posts,)``: about harm of any kind.
    :param topics: shape ``(posts, 12)``, in the order of ``TOPICS``.
    :param features: shape ``(posts, features)``: all input and derived features, for explanations.
    """

    unverified: Doubles
    rumour: Doubles
    sensitive: Doubles
    local: Doubles
    any_topic: Doubles
    topics: Doubles
    features: Doubles


@dataclass(frozen=True, slots=True)
class Fusion:
    """All fitted combinations of a model and its thresholds.

    :param inputs: names of the input features, in the order of the columns given to :meth:`combine`.
    :param topics: one combination for each topic.
    :param any_topic: combination for harm of any kind.
    :param local: combination for locality.
    :param unverified: combination for level 1 or 2.
    :param rumour: combination for level 2.
    :param sensitive: combination for harm in a place.
    :param thresholds: thresholds of both axes.
    :param topic_thresholds: probability at and above which a topic counts as present.
    """

    inputs: tuple[str, ...]
    topics: Mapping[str, Combination]
    any_topic: Combination
    local: Combination
    unverified: Combination
    rumour: Combination
    sensitive: Combination
    thresholds: Mapping[str, Thresholds] = field(default_factory=dict)
    topic_thresholds: Mapping[str, float] = field(default_factory=dict)
    names: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Name all features: the inputs and those derived from them."""
        object.__setattr__(self, "names", (*self.inputs, *DERIVED_FEATURES))

    def combine(self, matrix: Doubles) -> FusedScores:
        """Score a batch of feature vectors; each row depends on itself only.

        :param matrix: features of shape ``(posts, len(inputs))``.
        :return: logits of all scores.
        """
        topics, features = self.derive(matrix)

        def combined(combination: Combination) -> Doubles:
            return combination.logits(select(features, self.names, combination.features))

        return FusedScores(
            unverified=combined(self.unverified),
            rumour=combined(self.rumour),
            sensitive=combined(self.sensitive),
            local=select(features, self.names, [LOCAL])[:, 0],
            any_topic=select(features, self.names, [ANY_TOPIC])[:, 0],
            topics=topics,
            features=features,
        )

    def derive(self, matrix: Doubles) -> tuple[Doubles, Doubles]:
        """Score topics and locality, and derive the features that the axes read from them.

        :param matrix: features of shape ``(posts, len(inputs))``.
        :return: topic logits of shape ``(posts, 12)``, and the matrix widened by ``DERIVED_FEATURES``: topic logits,
            the logit that either topic is present (topics taken as independent), the fitted logit of any topic,
            locality, and the smaller of these two, which is high only when both are.
        """
        topics = np.stack(
            [self.topics[name].logits(select(matrix, self.inputs, self.topics[name].features)) for name in TOPICS],
            axis=1,
        )
        either = logit(1.0 - np.prod(1.0 - sigmoid(topics), axis=1))[:, None]
        with_either = np.concatenate([matrix, either], axis=1)
        any_topic = self.any_topic.logits(select(with_either, (*self.inputs, EITHER_TOPIC), self.any_topic.features))[
            :, None
        ]
        local = self.local.logits(select(matrix, self.inputs, self.local.features))[:, None]
        both = np.minimum(any_topic, local)
        return topics, np.concatenate([matrix, topics, either, any_topic, local, both], axis=1)

    def to_dict(self) -> dict[str, Any]:
        """Give a JSON-ready dictionary that a person can read."""
        return {
            "inputs": list(self.inputs),
            "topics": {name: combination.to_dict() for name, combination in self.topics.items()},
            "any_topic": self.any_topic.to_dict(),
            "local": self.local.to_dict(),
            "unverified": self.unverified.to_dict(),
            "rumour": self.rumour.to_dict(),
            "sensitive": self.sensitive.to_dict(),
            "thresholds": {
                axis: {"review": thresholds.review, "flag": thresholds.flag}
                for axis, thresholds in self.thresholds.items()
            },
            "topic_thresholds": dict(self.topic_thresholds),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Fusion:
        """Read what :meth:`to_dict` wrote.

        :param data: the dictionary.
        :return: the fusion.
        :raises KeyError: when a part is missing.
        :raises TypeError: when a part has another form.
        :raises ValueError: when a number or the name of a feature cannot be.
        """
        fusion = cls(
            inputs=tuple(data["inputs"]),
            topics={name: Combination.from_dict(data["topics"][name]) for name in TOPICS},
            any_topic=Combination.from_dict(data["any_topic"]),
            local=Combination.from_dict(data["local"]),
            unverified=Combination.from_dict(data["unverified"]),
            rumour=Combination.from_dict(data["rumour"]),
            sensitive=Combination.from_dict(data["sensitive"]),
            thresholds={axis: Thresholds.from_dict(data["thresholds"][axis]) for axis in AXES},
            topic_thresholds={
                name: _probability(data["topic_thresholds"][name], f"threshold of {name}") for name in TOPICS
            },
        )
        fusion._check()
        return fusion

    def _check(self) -> None:
        first = {f"topic {name}": combination for name, combination in self.topics.items()} | {"local": self.local}
        axes = {"unverified": self.unverified, "rumour": self.rumour, "sensitive": self.sensitive}
        known = {
            **dict.fromkeys(first, self.inputs),
            "any_topic": (*self.inputs, EITHER_TOPIC),
            **dict.fromkeys(axes, self.names),
        }
        for score, combination in {**first, "any_topic": self.any_topic, **axes}.items():
            strange = sorted(set(combination.features) - set(known[score]))
            if strange:
                raise ValueError(f"the score {score} reads {', '.join(strange)}, which no input gives")
            if not np.isfinite((*combination.coefficients, combination.intercept)).all():
                raise ValueError(f"the score {score} has a coefficient that is no finite number")


def _probability(value: object, what: str) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0.0 <= value <= 1.0:
        raise ValueError(f"the {what} is {value!r}; expected a number from 0 to 1")
    return float(value)
