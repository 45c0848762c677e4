"""Arrow types for columns that come without types, such as those of JSON Lines."""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import Any, Final

import pyarrow as pa

from flagger.tables.text_writers import cell

_LARGEST_INTEGER: Final = 2**63 - 1
# Beyond it not every whole number has a double of its own.
LARGEST_EXACT_IN_DOUBLE: Final = 2**53


class ColumnType:
    """The narrowest type that holds all values of a column so far: none yet, booleans, numbers or strings."""

    def __init__(self) -> None:
        self.kind: Any = pa.null()
        self._largest = 0

    def add(self, values: Sequence[Any]) -> None:
        """Widen the type where values do not fit.

        :param values: values of the column; ``None`` always fits.
        """
        if self.kind == pa.string():
            return
        present = [value for value in values if value is not None]
        kinds = {_type_of(kind) for kind in set(map(type, present))}
        if pa.int64() in kinds:
            self._largest = max(self._largest, *(abs(value) for value in present if isinstance(value, int)))
        self.kind = self._joined(kinds | ({self.kind} - {pa.null()}))

    def _joined(self, kinds: Set[Any]) -> Any:  # noqa: ANN401 - pyarrow has no types
        if kinds == {pa.int64(), pa.float64()} and self._largest <= LARGEST_EXACT_IN_DOUBLE:
            return pa.float64()
        if len(kinds) > 1 or (kinds == {pa.int64()} and self._largest > _LARGEST_INTEGER):
            return pa.string()
        return next(iter(kinds), pa.null())


def _type_of(kind: type) -> Any:  # noqa: ANN401 - pyarrow has no types
    for one, arrow in ((bool, pa.bool_()), (int, pa.int64()), (float, pa.float64())):
        if issubclass(kind, one):
            return arrow
    return pa.string()


def typed_array(values: Sequence[Any], kind: Any) -> Any:  # noqa: ANN401 - pyarrow has no types
    """Make a column of a type of :class:`ColumnType`.

    :param values: values that fit.
    :param kind: the type.
    :return: an Arrow array; in one of strings what is no string stands as in a cell of CSV.
    """
    if kind == pa.string():
        values = [None if value is None else cell(value) for value in values]
    return pa.array(values, kind)
