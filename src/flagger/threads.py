"""How many cores there are, and how many of them the encoder and the fit of the n-grams use."""

from __future__ import annotations

import os
from typing import Final

THREADS_VARIABLE: Final = "FLAGGER_THREADS"


def available_cores() -> int:
    """Count the cores that this process may use.

    :return: at least 1.
    """
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


def thread_count() -> int:
    """Say how many threads the encoder and the fit of the n-grams use.

    That is ``FLAGGER_THREADS``, else ``OMP_NUM_THREADS``, else one for each core.

    :return: at least 1, never more than there are cores.
    """
    cores = available_cores()
    for name in (THREADS_VARIABLE, "OMP_NUM_THREADS"):
        given = os.environ.get(name, "")
        if given.isdigit() and int(given) > 0:
            return min(int(given), cores)
    return cores
