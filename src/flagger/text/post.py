"""A post made ready for matching: every view that later steps read."""

from __future__ import annotations

from dataclasses import dataclass

from flagger.text.aligned import AlignedText


@dataclass(frozen=True, slots=True)
class PreparedPost:
    """The views of one post; all later steps read these and nothing else.

    :param original: the post as given.
    :param normal: the normalised lower-case view that everything matches first.
    :param plain: ``normal`` without diacritics; same length and the same map as ``normal``.
    :param masked: ``normal`` with links, addresses and phone numbers as one word each and no exclamation marks; what
        models read.
    :param masked_plain: ``masked`` without diacritics; same length and map.
    :param expanded: ``normal`` with unambiguous teencode spelled out, or ``None`` when that changes nothing.
    :param has_diacritics: whether the writer types Vietnamese diacritics at all; when not, ``plain`` is all there is.
    :param sentences: spans of sentences in ``normal``, in order, covering every character that is not white space.
    """

    original: str
    normal: AlignedText
    plain: AlignedText
    masked: AlignedText
    masked_plain: AlignedText
    expanded: AlignedText | None
    has_diacritics: bool
    sentences: tuple[tuple[int, int], ...]
