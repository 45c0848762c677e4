"""How many threads the numeric libraries and the encoder may use."""

from __future__ import annotations

import os
from typing import Final

from flagger.errors import InputError
from flagger.threads import THREADS_VARIABLE, available_cores

VARIABLES: Final = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "ARROW_NUM_THREADS",
    THREADS_VARIABLE,
)


def set_threads(threads: int) -> None:
    """Set the threads of the numeric libraries and of the encoder, for this process and its children.

    Libraries that are loaded already keep what they had.

    :param threads: at least 1, at most the cores that there are.
    :raises InputError: when there are fewer cores.
    """
    cores = available_cores()
    if not 1 <= threads <= cores:
        raise InputError(f"{threads} threads asked for; expected 1 to {cores}, the number of cores.")
    for variable in VARIABLES:
        os.environ[variable] = str(threads)
