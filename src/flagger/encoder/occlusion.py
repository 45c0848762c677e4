"""What the encoder read a score from: leave out a part of the post, and see how much the score falls.

Occlusion (Zeiler and Fergus 2014) needs no gradients, so it runs where scoring runs. It costs one run of the encoder
for each part, so it is no part of scoring many posts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from flagger.encoder.model import Encoder
from flagger.text.cased import cased
from flagger.text.post import PreparedPost
from flagger.text.syllables import words

# A post is cut into at most this many parts, each at least this many words.
MOST_PARTS: Final = 16
LEAST_WORDS: Final = 3


def occlude(encoder: Encoder, post: PreparedPost, head_weights: Mapping[str, float]) -> list[tuple[int, int, float]]:
    """Share a weighted sum of heads out over parts of a post.

    :param encoder: the encoder.
    :param post: the post.
    :param head_weights: weight of each head in the sum; heads that are not named count nothing.
    :return: ``(start, end, fall)`` for each part: its span in the original post, and by how much the sum is higher
        with it than without it.
    """
    view = cased(post)
    weights = np.array([head_weights.get(head, 0.0) for head in encoder.settings.heads])
    whole = float(encoder.score_text(view.text) @ weights)
    found = []
    for start, end in parts(words(view.text)):
        rest = f"{view.text[:start]} {view.text[end:]}"
        fall = whole - float(encoder.score_text(rest) @ weights)
        found.append((*view.original_span(start, end), fall))
    return found


def parts(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Group words into parts of nearly equal length.

    :param spans: spans of the words.
    :return: spans of the parts; none when there are no words.
    """
    if not spans:
        return []
    count = max(1, min(MOST_PARTS, len(spans) // LEAST_WORDS))
    edges = [round(number * len(spans) / count) for number in range(count + 1)]
    return [(spans[first][0], spans[last - 1][1]) for first, last in pairwise(edges)]
