"""Cut a post into pieces, so that overlapping evidence can be shown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from flagger.results import AxisScore, Evidence, Result
from flagger.vocabulary import RAISING_CUES, Language, label

PLACE: Final = "place"
WORDING: Final = "wording"
RAISES: Final = "raises"
LOWERS: Final = "lowers"

# C1 controls, and marks that change the direction of what follows: a post must not reorder the page around it.
_UNSAFE: Final = re.compile("[\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_CONTROL_PICTURES: Final = {code: 0x2400 + code for code in range(32) if chr(code) not in "\t\n"}


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a post to which the same evidence belongs.

    :param text: the words as written.
    :param evidence: what was found there, strongest contribution first; empty for plain text.
    :param end: just after its last character in the post.
    """

    text: str
    evidence: tuple[Evidence, ...]
    end: int

    @property
    def effect(self) -> str | None:
        """``raises``, ``lowers`` or ``place``, by the strongest reason; ``None`` for plain text."""
        if not self.evidence:
            return None
        reasons = [item for item in self.evidence if item.cue != PLACE]
        if not reasons:
            return PLACE
        return RAISES if reasons[0].contribution >= 0 else LOWERS


def segments(post: str, evidence: Sequence[Evidence]) -> list[Segment]:
    """Cut a post at every beginning and end of evidence.

    :param post: the original text.
    :param evidence: reasons with offsets in it.
    :return: pieces in order; their texts joined are the post.
    """
    spans = [item for item in evidence if 0 <= item.start < item.end <= len(post)]
    cuts = sorted({0, len(post), *(item.start for item in spans), *(item.end for item in spans)})
    starting: dict[int, list[Evidence]] = {}
    for item in spans:
        starting.setdefault(item.start, []).append(item)
    pieces = []
    active: list[Evidence] = []
    for start, end in pairwise(cuts):
        active = [item for item in active if item.end > start] + starting.get(start, [])
        strongest_first = sorted(active, key=lambda item: -abs(item.contribution))
        pieces.append(Segment(post[start:end], tuple(strongest_first), end))
    return pieces


def visible(text: str) -> str:
    """Make control characters visible, so that a post cannot steer a terminal or turn a page around.

    :param text: any text.
    :return: a text of the same length; tabs and line breaks stay.
    """
    return _UNSAFE.sub("\ufffd", text.translate(_CONTROL_PICTURES))


def percent(probability: float) -> str:
    """Write a probability for people; neither 0 % nor 100 %, since no model is sure.

    :param probability: in [0, 1].
    :return: such as ``97%``, ``<1%`` or ``>99%``.
    """
    if probability < 0.005:
        return "<1%"
    return ">99%" if probability >= 0.995 else f"{probability:.0%}"


def reason_label(item: Evidence, language: Language) -> str:
    """Name a reason with its contribution, such as ``hearsay +1.2``.

    :param item: the evidence.
    :param language: ``en`` or ``vi``.
    :return: the label and the signed contribution on the logit scale.
    """
    return f"{reason_name(item, language)} {item.contribution:+.1f}"


def cue_name(item: Evidence, language: Language) -> str:
    """Name what was found; a raising cue can only lower a score where its context takes it back, and that is said.

    :param item: the evidence.
    :param language: ``en`` or ``vi``.
    :return: such as ``hearsay`` or ``taken back: hearsay``.
    """
    name = label(item.cue, language)
    is_taken_back = item.cue in RAISING_CUES and item.contribution < 0
    return f"{label('taken_back', language)}: {name}" if is_taken_back else name


def reason_name(item: Evidence, language: Language) -> str:
    """Name a reason, and say which of the two models read it into the wording.

    :param item: the evidence.
    :param language: ``en`` or ``vi``.
    :return: such as ``hearsay``, ``taken back: hearsay`` or ``wording (language model)``.
    """
    name = cue_name(item, language)
    return f"{name} ({label('encoder', language)})" if item.source.startswith("encoder") else name


def parts_line(score: AxisScore, language: Language) -> str:
    """Write a score as the sum of its parts, such as ``starting point −1.2, cues found +3.1 = +1.9``.

    :param score: one axis.
    :param language: ``en`` or ``vi``.
    :return: one line, parts that are nothing left out; empty when the parts are not known.
    """
    named = [f"{label(name, language)} {value:+.2f}" for name, value in score.parts.items() if abs(value) >= 0.005]
    return f"{', '.join(named)} = {score.logit:+.2f}" if named else ""


def place_label(result: Result, position: int, language: Language) -> str:
    """Describe a place: the mention, its level, and its province where that is known.

    :param result: the result.
    :param position: which of its places.
    :param language: ``en`` or ``vi``.
    :return: one line of text.
    """
    place = result.places[position]
    details = [label(place.level.value, language)]
    names = list(dict.fromkeys(name for name in (place.province, place.province_before) if name))
    details += [names[0] + (f" ({_BEFORE[language]} {names[1]})" if len(names) > 1 else "")] if names else []
    return f"{visible(place.text)}: {', '.join(details)}"


_BEFORE: Final[dict[Language, str]] = {"en": "before July 2025", "vi": "trước 7/2025"}
