"""A derived text that remembers where each of its characters came from."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class AlignedText:
    """A text derived from an original, with a map from its characters to spans of the original.

    :param text: the derived text.
    :param starts: for each character of ``text``, the offset in the original where its source begins; ``None`` when
        ``text`` has the original's length and every character stands where it stood.
    :param ends: for each character, the offset in the original just after its source; ``None`` when
        ``starts`` is.
    """

    text: str
    starts: Sequence[int] | None = None
    ends: Sequence[int] | None = None

    def __len__(self) -> int:
        """Give the number of characters of the derived text."""
        return len(self.text)

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """Map a span of the derived text to the original.

        :param start: first character of the span in the derived text.
        :param end: just after the last character; ``end >= start``.
        :return: start and end offsets in the original text, so that ``original[start:end]`` covers all sources.
        """
        if self.starts is None or self.ends is None:
            return start, end
        if start == end:
            position = self.starts[start] if start < len(self.starts) else (self.ends[-1] if self.ends else 0)
            return position, position
        return self.starts[start], self.ends[end - 1]

    def with_text(self, text: str) -> AlignedText:
        """Replace the text by one of the same length whose characters correspond one to one.

        :param text: the new text; its length must equal that of the present one.
        :return: the same map over the new text.
        :raises ValueError: when the lengths differ.
        """
        if len(text) != len(self.text):
            raise ValueError(f"with_text needs {len(self.text)} characters, got {len(text)}")
        return AlignedText(text, self.starts, self.ends)

    def substitute(self, pattern: re.Pattern[str], replacement: Callable[[re.Match[str]], str]) -> AlignedText:
        """Replace every match of a pattern, and keep the map true.

        Each character of a replacement of the match's own length keeps its own source;
        otherwise every character of the replacement comes from the whole match.

        :param pattern: what to replace.
        :param replacement: gives the new text for a match; the same text means no change.
        :return: a new aligned text, or this one when nothing changed.
        """
        edits = []
        for match in pattern.finditer(self.text):
            new = replacement(match)
            if new != match.group():
                edits.append((match.start(), match.end(), new))
        return self.replace_spans(edits)

    def replace_spans(self, edits: Sequence[tuple[int, int, str]]) -> AlignedText:
        """Replace given spans, and keep the map true.

        :param edits: ``(start, end, new text)`` in the derived text, in order and without overlap.
        :return: a new aligned text, or this one when there are no edits.
        """
        if not edits:
            return self
        pieces: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        old_starts = self.starts if self.starts is not None else range(len(self.text))
        old_ends = self.ends if self.ends is not None else range(1, len(self.text) + 1)
        position = 0
        for start, end, new in edits:
            pieces.append(self.text[position:start])
            starts.extend(old_starts[position:start])
            ends.extend(old_ends[position:start])
            pieces.append(new)
            if len(new) == end - start:
                starts.extend(old_starts[start:end])
                ends.extend(old_ends[start:end])
            elif new:
                source_start, source_end = self.original_span(start, end)
                if start == end and start:
                    # Between two characters of one source, what is put in comes from that source too.
                    source_end = max(source_end, old_ends[start - 1])
                starts.extend([source_start] * len(new))
                ends.extend([source_end] * len(new))
            position = end
        pieces.append(self.text[position:])
        starts.extend(old_starts[position:])
        ends.extend(old_ends[position:])
        return AlignedText("".join(pieces), starts, ends)

    def is_monotonic(self) -> bool:
        """Say whether the map never goes backwards; true for every view that flagger builds."""
        if self.starts is None or self.ends is None:
            return True
        return all(a <= b for a, b in pairwise(self.starts)) and all(a <= b for a, b in pairwise(self.ends))
