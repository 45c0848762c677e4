"""Everything that training reads from labelled posts, computed once."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import StratifiedGroupKFold

from flagger.errors import InputError
from flagger.fusion.features import rule_features
from flagger.lexicon import Lexicon, LexiconMatcher
from flagger.linear.ngrams import Counts
from flagger.places import PlaceFinder
from flagger.text import prepare
from flagger.training.dataset import LabelledPost, read_labelled
from flagger.training.gram import count_all
from flagger.vocabulary import TOPICS

AUTHORED_WEIGHT = 0.3
HEADS = ("unverified", "rumour", "local", "any_topic", *TOPICS)
ENCODER_FEATURES = tuple(f"encoder.{name}" for name in HEADS)

Doubles = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class TrainingTable:
    """Labelled posts with their n-gram counts and rule features.

    :param posts: the posts.
    :param counts: n-gram counts of all posts.
    :param rules: rule features of shape ``(posts, len(RULE_FEATURES))``.
    :param weights: weight of each post in the fit; below 1 for posts that were written for training.
    """

    posts: tuple[LabelledPost, ...]
    counts: Counts
    rules: Doubles
    weights: Doubles

    def take(self, rows: Integers) -> TrainingTable:
        """Take some posts.

        :param rows: their rows, in the order wanted.
        :return: a table of these posts only.
        """
        position = np.full(len(self.posts), -1, dtype=np.int64)
        position[rows] = np.arange(len(rows))
        moved = position[self.counts.rows]
        kept = moved >= 0
        order = np.argsort(moved[kept], kind="stable")
        counts = Counts(
            moved[kept][order], self.counts.buckets[kept][order], self.counts.counts[kept][order], len(rows)
        )
        return TrainingTable(
            tuple(self.posts[row] for row in rows.tolist()), counts, self.rules[rows], self.weights[rows]
        )

    def targets(self, head: str) -> Booleans:
        """Give the labels of one head.

        :param head: a name of ``HEADS``.
        :return: labels of shape ``(posts,)``.
        """
        if head == "unverified":
            return np.array([post.unverified > 0 for post in self.posts])
        if head == "rumour":
            return np.array([post.unverified > 1 for post in self.posts])
        if head == "local":
            return np.array([post.is_local for post in self.posts])
        if head == "any_topic":
            return np.array([bool(post.topics) for post in self.posts])
        return np.array([head in post.topics for post in self.posts])

    def trains(self, head: str) -> Booleans:
        """Say which posts may train a head; political posts never are positives of the first axis.

        :param head: a name of ``HEADS``.
        :return: mask of shape ``(posts,)``.
        """
        if head in ("unverified", "rumour"):
            return np.array([post.trains_wording for post in self.posts])
        if head == "local":
            return np.array([post.ngrams != "none" and post.has_local for post in self.posts])
        return np.array([post.ngrams != "none" and post.has_topics for post in self.posts])


def build_table(
    posts: Sequence[LabelledPost], weights: Sequence[float], lexicon: Lexicon | None = None
) -> TrainingTable:
    """Prepare, match and count labelled posts.

    :param posts: the posts.
    :param weights: weight of each post in the fit.
    :param lexicon: the rules; the shipped ones when left out.
    :return: the table.
    """
    matcher = LexiconMatcher(lexicon if lexicon is not None else Lexicon.default())
    finder = PlaceFinder.default()
    prepared = [prepare(post.text) for post in posts]
    rules = np.stack([rule_features(post, matcher.find(post), finder.find(post)) for post in prepared])
    return TrainingTable(tuple(posts), count_all(prepared), rules, np.asarray(weights, dtype=np.float64))


def read_table(
    data: str | Path,
    authored: Sequence[str | Path] = (),
    lexicon: Lexicon | None = None,
    *,
    more: Sequence[LabelledPost] = (),
) -> tuple[TrainingTable, int]:
    """Read labelled posts, and behind them those written for training.

    :param data: a table of labelled posts in the schema of the annotation guide (see
        :func:`flagger.training.dataset.read_labelled`).
    :param authored: files of posts that join every training part and are never judged.
    :param lexicon: the rules; the shipped ones when left out.
    :param more: labelled real posts that join every training part with full weight and are never judged.
    :return: the table, and how many of its first posts may be judged.
    :raises InputError: when a row breaks the schema.
    """
    posts = read_labelled(data)
    return join_table(posts, authored, lexicon, more=more), len(posts)


def join_table(
    posts: Sequence[LabelledPost],
    authored: Sequence[str | Path] = (),
    lexicon: Lexicon | None = None,
    *,
    more: Sequence[LabelledPost] = (),
) -> TrainingTable:
    """Put posts that only train behind those that may be judged.

    :param posts: labelled posts that may be judged.
    :param authored: files of posts that join every training part and are never judged.
    :param lexicon: the rules; the shipped ones when left out.
    :param more: labelled real posts that join every training part with full weight and are never judged; those that
        train the encoder alone are left out.
    :return: the table: ``posts``, then the authored ones, then ``more``.
    :raises InputError: when a row breaks the schema.
    """
    extra = [post for path in authored for post in read_labelled(path)]
    more = [post for post in more if post.ngrams != "none"]
    weights = [1.0] * len(posts) + [AUTHORED_WEIGHT] * len(extra) + [1.0] * len(more)
    return build_table([*posts, *extra, *more], weights, lexicon)


def grouped_folds(posts: Sequence[LabelledPost], folds: int, *, seed: int) -> list[tuple[Integers, Integers]]:
    """Split posts so that near-duplicates stay together and every fold has its share of each level.

    :param posts: the posts.
    :param folds: number of folds, at least 2.
    :param seed: seed of the shuffle.
    :return: for each fold the rows to fit on and the rows held out.
    :raises InputError: when there are too few groups, or too few posts of one level.
    """
    levels = [2 * post.unverified + post.is_political for post in posts]
    groups = [post.group for post in posts]
    if len(set(groups)) < folds:
        raise InputError(
            f"There are {len(set(groups))} groups of labelled posts, too few for {folds} folds: posts of one group "
            "(near-duplicates) stay together. Give more labelled posts."
        )
    if max(Counter(levels).values()) < folds:
        raise InputError(
            f"Among {len(posts)} labelled posts no level of 'unverified' has {folds}, too few for {folds} folds. "
            "Give more labelled posts."
        )
    splitter = StratifiedGroupKFold(n_splits=folds, shuffle=True, random_state=seed)
    with warnings.catch_warnings():
        # A level with fewer posts than folds is no fault of the user's, and is in some folds only.
        warnings.simplefilter("ignore", UserWarning)
        return list(splitter.split(np.zeros(len(posts)), levels, groups))
