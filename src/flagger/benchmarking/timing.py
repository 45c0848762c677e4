"""Clocks: the best of some rounds, rates and latencies."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from flagger.benchmarking.workload import percentile

if TYPE_CHECKING:
    from flagger.scorer import Flagger

ROUNDS: Final = 3


def best_seconds(step: Callable[[], object], *, rounds: int = ROUNDS) -> float:
    """Time the fastest of some rounds, after one to warm up.

    :param step: what to time.
    :param rounds: number of rounds, at least 1.
    :return: seconds.
    """
    step()
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        step()
        times.append(time.perf_counter() - started)
    return min(times)


def measure_rate(flagger: Flagger, posts: Sequence[str], *, rounds: int = ROUNDS) -> dict[str, float]:
    """Measure how many posts are scored in a second, as ``flagger score`` does it: without evidence from the wording.

    :param flagger: the scorer.
    :param posts: the posts.
    :param rounds: number of rounds, at least 1.
    :return: posts and characters in a second.
    """

    def whole() -> None:
        for _ in flagger.score_many(posts, explain=False):
            pass

    seconds = best_seconds(whole, rounds=rounds)
    return {
        "posts_per_second": round(len(posts) / seconds, 1),
        "characters_per_second": round(sum(map(len, posts)) / seconds),
    }


def measure_latency(flagger: Flagger, posts: Sequence[str], *, calls: int) -> dict[str, Any]:
    """Measure how long one call with one post takes, all evidence included.

    :param flagger: the scorer.
    :param posts: the posts, taken in turn.
    :param calls: number of calls, at least 1.
    :return: milliseconds.
    """
    for post in posts[:50]:
        flagger(post)
    times = []
    for number in range(calls):
        post = posts[number % len(posts)]
        started = time.perf_counter()
        flagger(post)
        times.append(time.perf_counter() - started)
    times.sort()
    return {"calls": calls, **{f"p{share}": round(percentile(times, share) * 1e3, 3) for share in (50, 99)}}
