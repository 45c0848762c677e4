"""What each step of the pipeline costs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from flagger.benchmarking.timing import ROUNDS, best_seconds
from flagger.fusion.features import rule_features
from flagger.scorer import BATCH_POSTS
from flagger.text import prepare

if TYPE_CHECKING:
    from flagger.pipeline import Pipeline


def measure_stages(pipeline: Pipeline, posts: Sequence[str], *, rounds: int = ROUNDS) -> dict[str, float]:
    """Time each step alone, the whole, and the whole with evidence from the wording.

    :param pipeline: the pipeline.
    :param posts: the posts, at least one.
    :param rounds: number of rounds, at least 1; the fastest counts.
    :return: microseconds a post by step.
    """
    prepared = [prepare(post) for post in posts]
    hits = [pipeline.matcher.find(post) for post in prepared]
    places = [pipeline.finder.find(post) for post in prepared]
    rules = [rule_features(*row) for row in zip(prepared, hits, places, strict=True)]
    batches = [slice(begin, begin + BATCH_POSTS) for begin in range(0, len(posts), BATCH_POSTS)]
    first = pipeline.fusion if pipeline.cascade is None else pipeline.cascade.fusion
    matrix = np.concatenate([np.zeros((len(posts), len(first.inputs) - len(rules[0]))), np.stack(rules)], axis=1)
    steps: dict[str, Callable[[], object]] = {
        "prepare": lambda: [prepare(post) for post in posts],
        "lexicon": lambda: [pipeline.matcher.find(post) for post in prepared],
        "places": lambda: [pipeline.finder.find(post) for post in prepared],
        "features": lambda: [rule_features(*row) for row in zip(prepared, hits, places, strict=True)],
        "linear": lambda: [pipeline.linear.logits(prepared[batch]) for batch in batches],
        "fusion": lambda: [first.combine(matrix[batch]) for batch in batches],
        "whole": lambda: [pipeline.score(posts[batch], explain=False) for batch in batches],
        "whole_with_wording": lambda: [pipeline.score(posts[batch], explain=True) for batch in batches],
    }
    encoder = pipeline.encoder
    if encoder is not None:
        steps["encoder"] = lambda: [encoder.logits(prepared[batch]) for batch in batches]
    return {name: round(best_seconds(step, rounds=rounds) / len(posts) * 1e6, 1) for name, step in steps.items()}


def settled_share(pipeline: Pipeline, posts: Sequence[str]) -> float | None:
    """Give the share of posts that are scored without the encoder.

    :param pipeline: the pipeline.
    :param posts: the posts, at least one.
    :return: in [0, 1]; ``None`` when there is no cascade.
    """
    if pipeline.cascade is None:
        return None
    read = sum("encoder" in result.unverified.parts for result in pipeline.score(list(posts), explain=False))
    return round(1.0 - read / len(posts), 4)
