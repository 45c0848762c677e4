"""The n-gram model in half the bytes, nothing lost: gaps of sorted buckets, tables of what repeats, no zeros."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from flagger.linear.model import LinearModel

Arrays = Mapping[str, npt.NDArray[Any]]

_KINDS: Final[Mapping[str, type[np.generic]]] = {
    **dict.fromkeys(("gaps", "frequency_numbers"), np.unsignedinteger),
    **dict.fromkeys(("frequency_weights", "scales", "intercepts"), np.float32),
    "present": np.uint8,
    "values": np.int8,
}


_MANY: Final = 255
_LARGE: Final = "large_frequency_numbers"


def pack(model: LinearModel) -> dict[str, npt.NDArray[Any]]:
    """Pack a model for storage.

    :param model: the model; most gaps between its sorted buckets are small, document frequencies take few values, and
        half of its weights are rounded to 0.
    :return: ``gaps``, ``frequency_weights`` with ``frequency_numbers`` into them, ``present`` (a bit for each weight
        that is not 0) with ``values`` of these, ``scales`` and ``intercepts``. Most n-grams are rare and have one
        of the first numbers, which take a byte; 255 stands for the next of ``large_frequency_numbers``.
    """
    negative, numbers = np.unique(-model.document_frequency_weights, return_inverse=True)
    present = model.weights != 0
    buckets = model.buckets.astype(np.int64)
    return {
        "gaps": _small(np.ediff1d(buckets, to_begin=buckets[:1])),
        "frequency_weights": -negative,
        "frequency_numbers": np.minimum(numbers, _MANY).astype(np.uint8),
        _LARGE: _small(numbers[numbers >= _MANY]),
        "present": np.packbits(present),
        "values": model.weights[present],
        "scales": model.scales,
        "intercepts": model.intercepts,
    }


def unpack(arrays: Arrays, outputs: tuple[str, ...]) -> LinearModel:
    """Undo :func:`pack`.

    :param arrays: what it gave.
    :param outputs: names of the heads.
    :return: the model.
    :raises KeyError: when an array is missing.
    :raises ValueError: when the arrays do not fit each other.
    """
    for name, kind in _KINDS.items():
        if not np.issubdtype(arrays[name].dtype, kind) or arrays[name].ndim != 1:
            raise ValueError(
                f"'{name}' is {arrays[name].dtype} of shape {arrays[name].shape}, expected {kind.__name__}"
            )
    buckets = np.cumsum(arrays["gaps"].astype(np.int64))
    shape = (len(buckets), len(outputs))
    # Positions, since millions of weights are set three times as fast by them as by a mask.
    present = np.flatnonzero(np.unpackbits(arrays["present"], count=shape[0] * shape[1]).view(np.bool_))
    if len(present) != len(arrays["values"]) or len(arrays["frequency_numbers"]) != shape[0]:
        raise ValueError(f"{shape[0]} n-grams do not fit the other arrays")
    if arrays["scales"].shape != shape[1:] or arrays["intercepts"].shape != shape[1:]:
        raise ValueError(f"{shape[1]} heads do not fit the other arrays")
    numbers = arrays["frequency_numbers"].astype(np.int64)
    if _LARGE in arrays:
        large = numbers == _MANY
        if large.sum() != len(arrays[_LARGE]):
            raise ValueError(f"{large.sum()} large numbers of frequencies, {len(arrays[_LARGE])} are given")
        numbers[large] = arrays[_LARGE]
    weights = np.zeros(shape[0] * shape[1], dtype=np.int8)
    weights[present] = arrays["values"]
    frequency_weights = arrays["frequency_weights"]
    if len(buckets) and numbers.max() >= len(frequency_weights):
        raise ValueError("'frequency_numbers' point beyond 'frequency_weights'")
    return LinearModel(
        outputs=outputs,
        buckets=buckets.astype(np.uint32),
        document_frequency_weights=frequency_weights[numbers],
        weights=weights.reshape(shape),
        scales=arrays["scales"],
        intercepts=arrays["intercepts"],
    )


def _small(numbers: npt.NDArray[np.int64]) -> npt.NDArray[Any]:
    """Store whole numbers, none below 0, in the smallest type that holds them all."""
    return numbers.astype(np.min_scalar_type(int(numbers.max(initial=0))))
