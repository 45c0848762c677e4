"""Times of posts, in the many ways in which files write them."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date, datetime, timedelta, timezone
from typing import Final

VIET_NAM: Final = timezone(timedelta(hours=7))
_EPOCH: Final = datetime(1970, 1, 1)
# Seconds since 1970 stay below this until the year 5138; what is above counts milliseconds.
_MILLISECONDS_FROM: Final = 1e11
_FORMATS: Final = (
    "%d/%m/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%d/%m/%Y",
    "%d-%m-%Y %H:%M:%S",
    "%d-%m-%Y %H:%M",
    "%d-%m-%Y",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d",
    "%a %b %d %H:%M:%S %z %Y",
)
# Before Python 3.11 neither fractions of any length nor zones without a colon are ISO 8601.
_END_OF_ISO_TIME: Final = re.compile(r"(?<=[T :]\d\d)(?:[.,]\d+)?\s*(?:(Z|UTC)|([+-]\d\d):?(\d\d)?)?$", re.IGNORECASE)
# By the number of digits: days and seconds written without any sign between.
_COMPACT_FORMATS: Final = {8: "%Y%m%d", 14: "%Y%m%d%H%M%S"}


def minutes_since_1970(value: object) -> int | None:
    """Read a time.

    :param value: a date or time, an ISO 8601 string, a day written ``31/12/2025`` or ``20251231``, or seconds or
        milliseconds since 1970.
    :return: minutes of the clock on the wall since 1970: of Viet Nam where the value names a time zone, else of the
        writer; ``None`` when it cannot be read.
    """
    # Sentinels such as 9999-12-31T23:59:59Z lie outside what a calendar can hold here, and pandas' NaT is no time.
    try:
        moment = _moment(value)
        if moment is None:
            return None
        if moment.tzinfo is not None:
            moment = moment.astimezone(VIET_NAM).replace(tzinfo=None)
        return int((moment - _EPOCH).total_seconds() // 60)
    except (OverflowError, ValueError):
        return None


def _moment(value: object) -> datetime | None:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).strip()
    # Before ISO 8601, whose form without signs may be a year: digits can count milliseconds as well.
    try:
        # Python's numbers may hold underscores; those of files do not.
        number = float(text.replace("_", " "))
    except ValueError:
        return _written(text)
    pattern = _COMPACT_FORMATS.get(len(text)) if text.isdigit() else None
    return _counted(number) if pattern is None else datetime.strptime(text, pattern)


def _written(text: str) -> datetime | None:
    with suppress(ValueError):
        return datetime.fromisoformat(_END_OF_ISO_TIME.sub(_plain_end, text))
    for pattern in _FORMATS:
        with suppress(ValueError):
            return datetime.strptime(text, pattern)
    return None


def _plain_end(end: re.Match[str]) -> str:
    universal, hours, minutes = end.groups()
    if universal:
        return "+00:00"
    return f"{hours}:{minutes or '00'}" if hours else ""


def _counted(number: float) -> datetime | None:
    seconds = number / 1000 if abs(number) >= _MILLISECONDS_FROM else number
    try:
        return datetime.fromtimestamp(seconds, VIET_NAM)
    except (OverflowError, ValueError, OSError):
        return None
