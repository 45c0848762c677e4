"""Figures on parts of the posts: by length, by spelling, by origin and by topic."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from flagger.evaluation.metrics import ranking
from flagger.evaluation.scored import Scored
from flagger.text import prepare
from flagger.training.dataset import LabelledPost
from flagger.vocabulary import TOPICS

# Smaller parts say more about chance than about the model.
LEAST_POSTS: Final = 40
SHORT_CHARACTERS: Final = 120
LONG_CHARACTERS: Final = 600


def slice_figures(scored: Scored) -> dict[str, Any]:
    """Judge each part that is large enough.

    :param scored: held-out scores.
    :return: by name of the part the ranking of both axes and the share of posts at ``flag``.
    """
    posts = scored.posts
    judged, harm, targets = scored.judged, scored.judges("sensitive"), scored.targets
    flagged = scored.unverified >= scored.unverified_thresholds[:, 1]
    figures = {}
    for name, rows in _parts(posts).items():
        if rows.sum() < LEAST_POSTS:
            continue
        figures[name] = {
            "posts": int(rows.sum()),
            "unverified": ranking(targets["unverified"][rows & judged], scored.unverified[rows & judged]),
            "sensitive": ranking(targets["sensitive"][rows & harm], scored.sensitive[rows & harm]),
            "flag_rate": round(float(flagged[rows].mean()), 4),
        }
    return figures


def _parts(posts: Sequence[LabelledPost]) -> dict[str, npt.NDArray[np.bool_]]:
    lengths = np.array([len(post.text) for post in posts])
    plain = np.array([not prepare(post.text).has_diacritics for post in posts])
    sources = np.array([post.source for post in posts])
    parts = {
        "short": lengths < SHORT_CHARACTERS,
        "middle": (lengths >= SHORT_CHARACTERS) & (lengths <= LONG_CHARACTERS),
        "long": lengths > LONG_CHARACTERS,
        "no_diacritics": plain,
        "political": np.array([post.is_political for post in posts]),
    }
    parts |= {f"source:{source}": sources == source for source in sorted(set(sources) - {""})}
    parts |= {f"topic:{name}": np.array([name in post.topics for post in posts]) for name in TOPICS}
    return parts
