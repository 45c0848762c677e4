"""Held-out scores of labelled posts, the raw material of every figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from flagger.fusion.combination import sigmoid
from flagger.fusion.model import FusedScores, Thresholds
from flagger.training.dataset import LabelledPost
from flagger.vocabulary import TOPICS

Doubles = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]
ARRAYS = (
    *("unverified", "rumour", "sensitive", "local", "any_topic", "topics"),
    *("unverified_thresholds", "sensitive_thresholds"),
)


@dataclass(frozen=True, slots=True)
class Scored:
    """Held-out scores of labelled posts, with the decisions of the model that had not seen them.

    :param posts: the posts.
    :param unverified: probabilities of shape ``(posts,)``.
    :param rumour: probabilities of shape ``(posts,)``.
    :param sensitive: probabilities of shape ``(posts,)``.
    :param local: probabilities of shape ``(posts,)``.
    :param any_topic: probabilities of shape ``(posts,)``.
    :param topics: probabilities of shape ``(posts, 12)``.
    :param unverified_thresholds: thresholds of shape ``(posts, 2)``: review and flag.
    :param sensitive_thresholds: thresholds of shape ``(posts, 2)``.
    """

    posts: Sequence[LabelledPost]
    unverified: Doubles
    rumour: Doubles
    sensitive: Doubles
    local: Doubles
    any_topic: Doubles
    topics: Doubles
    unverified_thresholds: Doubles
    sensitive_thresholds: Doubles

    @property
    def judged(self) -> Booleans:
        """Mask of shape ``(posts,)``: which posts may judge ``unverified`` and ``rumour``."""
        return np.array([post.trains_unverified for post in self.posts], dtype=bool)

    def judges(self, score: str) -> Booleans:
        """Say which posts may judge a score: those that are labelled for it.

        :param score: a name of ``targets``, or ``topics``.
        :return: mask of shape ``(posts,)``.
        """
        if score in ("unverified", "rumour"):
            return self.judged
        needed = {"local": "has_local", "sensitive": "trains_sensitive"}.get(score, "has_topics")
        return np.array([getattr(post, needed) for post in self.posts], dtype=bool)

    @property
    def targets(self) -> dict[str, Booleans]:
        """Labels of shape ``(posts,)`` of each score but the topics."""
        return {
            "unverified": np.array([post.unverified > 0 for post in self.posts], dtype=bool),
            "rumour": np.array([post.unverified > 1 for post in self.posts], dtype=bool),
            "sensitive": np.array([post.is_sensitive for post in self.posts], dtype=bool),
            "local": np.array([post.is_local for post in self.posts], dtype=bool),
            "any_topic": np.array([bool(post.topics) for post in self.posts], dtype=bool),
        }

    @property
    def topic_targets(self) -> Booleans:
        """Labels of shape ``(posts, 12)`` in the order of ``TOPICS``."""
        return np.array([[name in post.topics for name in TOPICS] for post in self.posts], dtype=bool)

    def take(self, rows: npt.NDArray[np.intp]) -> Scored:
        """Take some posts.

        :param rows: their rows, in the order wanted.
        :return: their scores.
        """
        arrays = {name: getattr(self, name)[rows] for name in ARRAYS}
        return Scored([self.posts[row] for row in rows.tolist()], **arrays)


def scored_rows(scores: FusedScores) -> tuple[Doubles, ...]:
    """Turn fused logits into probabilities.

    :param scores: fused logits.
    :return: unverified, rumour, sensitive, local, any-topic and topic probabilities.
    """
    logits = (scores.unverified, scores.rumour, scores.sensitive, scores.local, scores.any_topic, scores.topics)
    return tuple(sigmoid(values) for values in logits)


def threshold_rows(thresholds: Thresholds, size: int) -> Doubles:
    """Repeat the thresholds of one model for each post that it scored.

    :param thresholds: thresholds of an axis.
    :param size: number of posts.
    :return: shape ``(size, 2)``: review and flag.
    """
    return np.tile([thresholds.review, thresholds.flag], (size, 1))
