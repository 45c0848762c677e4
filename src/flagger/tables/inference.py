"""Arrow types for columns that come without types, such as those of JSON Lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import pyarrow as pa

from flagger.tables.text_writers import cell

_LARGEST_INTEGER: Final = 2**63 - 1
# Beyond it not every whole number has a double of its own.
_LARGEST_EXACT_IN_DOUBLE: Final = 2**53


def inferred_type(values: Sequence[Any]) -> Any:  # noqa: ANN401 - pyarrow has no types
    """Choose the type of a column by some of its values.

    :param values: values of one column; ``None`` says nothing.
    :return: whole numbers, doubles or booleans where all values are, else strings.
    """
    present = [value for value in values if value is not None]
    for kind in (pa.bool_(), pa.int64(), pa.float64()):
        if present and fits(present, kind):
            return kind
    return pa.string()


def fits(values: Sequence[Any], kind: Any) -> bool:  # noqa: ANN401 - pyarrow has no types
    """Say whether a column of some type holds values without changing them.

    :param values: values of one column; ``None`` always fits.
    :param kind: a type that :func:`inferred_type` gives.
    :return: whether all fit; in a column of strings all do.
    """
    if kind == pa.string():
        return True
    if kind == pa.bool_():
        return all(value is None or isinstance(value, bool) for value in values)
    limit = _LARGEST_INTEGER if kind == pa.int64() else _LARGEST_EXACT_IN_DOUBLE
    return all(
        value is None
        or (isinstance(value, int) and not isinstance(value, bool) and abs(value) <= limit)
        or (isinstance(value, float) and kind == pa.float64())
        for value in values
    )


def typed_array(values: Sequence[Any], kind: Any) -> Any:  # noqa: ANN401 - pyarrow has no types
    """Make a column of a type that :func:`inferred_type` gave.

    :param values: values that fit.
    :param kind: the type.
    :return: an Arrow array; in one of strings what is no string stands as in a cell of CSV.
    """
    if kind == pa.string():
        values = [None if value is None else cell(value) for value in values]
    return pa.array(values, kind)
