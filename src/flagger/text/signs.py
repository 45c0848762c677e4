"""Signs and pictures that stand between letters or words, as ranges for sets in patterns."""

from __future__ import annotations

from typing import Final

# Pictographs and what is drawn like them; what joins and colours them is gone after cleaning.
PICTURES: Final = "\u231a-\u23ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff"
# Arrows, boxes and bullets part the items of a list as often as they decorate.
SYMBOLS: Final = rf"\u2190-\u21ff\u2460-\u25ff\u2900-\u297f{PICTURES}"
DASHES: Final = r"\-\u2011-\u2014"
DOTS: Final = r".·•\u2027\u2219\u22c5\u30fb"
