"""How many threads the numeric libraries may use."""

from __future__ import annotations

import os
from typing import Final

from flagger.errors import InputError

VARIABLES: Final = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "ARROW_NUM_THREADS",
)


def available_cores() -> int:
    """Count the cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


def set_threads(threads: int) -> None:
    """Set the threads of the numeric libraries, in this process where they are not loaded yet, and in its children.

    :param threads: at least 1, at most the cores that there are.
    :raises InputError: when there are fewer cores.
    """
    cores = available_cores()
    if not 1 <= threads <= cores:
        raise InputError(f"{threads} threads asked for; expected 1 to {cores}, the number of cores.")
    for variable in VARIABLES:
        os.environ[variable] = str(threads)
