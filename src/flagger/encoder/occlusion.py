"""What the encoder read a score from: leave out a part of the post, and see how much the score falls.

Occlusion (Zeiler and Fergus 2014) needs no gradients, so it runs where scoring runs. It costs one run of the encoder
for each part, so it is no part of scoring many posts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from flagger.encoder.model import Encoder
from flagger.encoder.pieces import even_spans
from flagger.text.syllables import words

# A post is cut into at most this many parts, each at least this many words.
MOST_PARTS: Final = 16
LEAST_WORDS: Final = 3

Doubles = npt.NDArray[np.float64]


def occlude(encoder: Encoder, text: str, head_weights: Doubles) -> list[tuple[int, int, float]]:
    """Share a weighted sum of heads out over parts of a text.

    :param encoder: the encoder.
    :param text: the text, in the cased view.
    :param head_weights: weight of each head in the sum, of shape ``(heads,)``.
    :return: ``(start, end, fall)`` for each part: its span in the text, and by how much the sum is higher with it
        than without it.
    """
    whole = float(encoder.score_text(text) @ head_weights)
    found = []
    for start, end in parts(words(text)):
        rest = f"{text[:start]} {text[end:]}"
        found.append((start, end, whole - float(encoder.score_text(rest) @ head_weights)))
    return found


def parts(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Group words into parts of nearly equal length.

    :param spans: spans of the words.
    :return: spans of the parts; none when there are no words.
    """
    if not spans:
        return []
    count = max(1, min(MOST_PARTS, len(spans) // LEAST_WORDS))
    return [(spans[first][0], spans[last - 1][1]) for first, last in even_spans(len(spans), count)]
