"""Values of labels, in the spellings of the many tools that write tables."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from typing import Any, Final

from flagger.errors import InputError

_LONGEST_SHOWN: Final = 40
# pandas writes 1.0 where another row of a column of whole numbers is empty.
_NUMBERS: Final = {
    spelling: number
    for number, spellings in enumerate((("0", "0.0", "false"), ("1", "1.0", "true"), ("2", "2.0")))
    for spelling in spellings
}
_QUOTED: Final = re.compile(r"""(['"])(.*?)\1""")
_BETWEEN_QUOTED: Final = re.compile(r"[\s,\[\]]*")


def without_gaps(row: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what a row does not say: null, and the not-a-number that stands for it in a column of numbers.

    :param row: a row.
    :return: its filled fields.
    """
    return {
        name: value
        for name, value in row.items()
        if value is not None and not (isinstance(value, float) and value != value)
    }


def number_of(row: Mapping[str, Any], field: str, where: str, *, most: int = 1) -> int | None:
    """Read a small whole number.

    :param row: a row without gaps.
    :param field: its name.
    :param where: where the row stands, for messages.
    :param most: largest number that the field may be; the smallest is 0.
    :return: the number; ``None`` where the row has no such field.
    :raises InputError: when it is anything else.
    """
    if field not in row:
        return None
    value = row[field]
    number = _NUMBERS.get(str(value).strip().lower())
    if number is None or number > most:
        *rest, last = map(str, range(most + 1))
        raise InputError(f"{where}: '{field}' is {_shown(value)}; expected {', '.join(rest)} or {last}.")
    return number


def names_of(
    row: Mapping[str, Any], field: str, where: str, *, known: Collection[str] | None = None
) -> tuple[str, ...]:
    """Read a list of names.

    :param row: a row without gaps.
    :param field: its name.
    :param where: where the row stands, for messages.
    :param known: the names that there are; any when left out.
    :return: the names; none where the row has no such field.
    :raises InputError: when it is no list of names, or holds an unknown one.
    """
    values = row.get(field, [])
    if not isinstance(values, list | tuple) or not all(isinstance(value, str) for value in values):
        found = "a list of other things" if isinstance(values, list | tuple) else type(values).__name__
        raise InputError(f"{where}: '{field}' is {found}; expected a list of names.")
    unknown = [] if known is None else sorted(set(values) - set(known))
    if unknown:
        raise InputError(
            f"{where}: unknown {field} {', '.join(map(_shown, unknown))}; expected some of {', '.join(known or ())}."
        )
    return tuple(values)


def listed(cell: str) -> list[Any] | str:
    """Read a list out of a cell of CSV.

    :param cell: a list as JSON, Python or numpy write it, or names between commas or semicolons.
    :return: the list; the cell itself where it begins like a list and is none.
    """
    if not cell.startswith("["):
        return [name.strip() for name in cell.replace(";", ",").split(",") if name.strip()]
    try:
        values = json.loads(cell)
    except ValueError:
        # numpy writes no commas: ['health' 'crime'].
        between = _QUOTED.sub("", cell)
        return [match[2] for match in _QUOTED.finditer(cell)] if _BETWEEN_QUOTED.fullmatch(between) else cell
    return values if isinstance(values, list) else cell


def _shown(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= _LONGEST_SHOWN else f"{shown[:_LONGEST_SHOWN]}…"
