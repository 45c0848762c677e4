"""All measurements in one run."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from flagger.benchmarking.fresh_process import measure_first_stage, measure_memory, measure_start
from flagger.benchmarking.stages import measure_stages, settled_share
from flagger.benchmarking.timing import measure_latency, measure_rate
from flagger.threads import available_cores
from flagger.version import __version__

if TYPE_CHECKING:
    from flagger.benchmarking.workload import Workload
    from flagger.scorer import Flagger

LATENCY_CALLS: Final = 300
STAGE_POSTS: Final = 600


def run_benchmark(
    flagger: Flagger, workload: Workload, *, model: str | None, threads: int, rounds: int
) -> dict[str, Any]:
    """Measure everything.

    :param flagger: the scorer, loaded from ``model``.
    :param workload: the posts.
    :param model: folder or hub id, for the fresh processes; ``None`` for the model inside the package.
    :param threads: what :func:`flagger.benchmarking.threads.set_threads` was called with, for the record.
    :param rounds: number of rounds of each measurement, at least 1; the fastest counts.
    :return: a JSON-ready dictionary.
    """
    posts = workload.posts
    return {
        "flagger": __version__,
        "model": flagger.name,
        "machine": {
            "processor": platform.machine(),
            "system": platform.system(),
            "cores": available_cores(),
            "python": platform.python_version(),
        },
        "threads": threads,
        "workload": workload.lengths(),
        "rate": measure_rate(flagger, posts, rounds=rounds),
        "rate_at_median_length": measure_rate(flagger, workload.median_posts(STAGE_POSTS), rounds=rounds),
        "rate_of_first_stage_at_median_length": measure_first_stage(
            workload.median_posts(STAGE_POSTS), model, rounds=rounds
        ),
        "latency_milliseconds": measure_latency(flagger, _spread(posts, LATENCY_CALLS), calls=LATENCY_CALLS),
        "stages_microseconds": measure_stages(flagger.pipeline, _spread(posts, STAGE_POSTS), rounds=rounds),
        "settled_early": settled_share(flagger.pipeline, _spread(posts, STAGE_POSTS)),
        "start": measure_start(model, rounds=rounds),
        "peak_mebibytes": measure_memory(posts, model),
    }


def _spread(posts: Sequence[str], count: int) -> Sequence[str]:
    """Take about so many posts, evenly from all of them."""
    return posts[:: max(1, len(posts) // count)]
