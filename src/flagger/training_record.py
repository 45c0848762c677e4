"""What a model was trained on: hashes of the posts, and for those that could be judged their out-of-fold logits.

No text can be read back from it. It is what lets ``flagger evaluate`` judge a model on its own training posts honestly:
by logits of networks that had seen neither the post nor its near-duplicates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class TrainingRecord:
    """Hashes and out-of-fold logits of training posts.

    :param keys: uint64 of shape ``(posts,)``: first 8 bytes of the hash of each text, sorted.
    :param logits: float16 of shape ``(posts, heads)``: out-of-fold logits of the encoder; not-a-number for posts that
        only trained.
    """

    keys: npt.NDArray[np.uint64]
    logits: npt.NDArray[np.float16]

    @classmethod
    def of(cls, keys: Sequence[str], logits: Doubles, only_trained: Sequence[str]) -> TrainingRecord:
        """Make a record.

        :param keys: hexadecimal hashes of the judged posts.
        :param logits: their out-of-fold logits, of shape ``(len(keys), heads)``.
        :param only_trained: hashes of the posts that only trained.
        :return: the record.
        """
        numbers = np.array([int(key, 16) for key in (*keys, *only_trained)], dtype=np.uint64)
        missing = np.full((len(only_trained), logits.shape[1]), np.nan)
        # The first of equal hashes stays: a judged post's logits win over those that are missing.
        unique, first = np.unique(numbers, return_index=True)
        return cls(unique, np.concatenate([logits, missing]).astype(np.float16)[first])

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[np.generic]]) -> TrainingRecord:
        """Read what :meth:`to_arrays` gave.

        :param arrays: the arrays.
        :return: the record.
        :raises KeyError: when one is missing.
        :raises ValueError: when they do not fit each other.
        """
        keys, stored = arrays["keys"].astype(np.uint64), arrays["logits"].astype(np.float16)
        judged = arrays["judged"].astype(bool)
        if stored.ndim != 2 or len(keys) != len(judged) or judged.sum() != len(stored):
            raise ValueError(
                f"training record: {len(keys)} keys, {judged.sum()} of {len(judged)} posts judged, "
                f"logits of shape {stored.shape}"
            )
        logits = np.full((len(keys), stored.shape[1]), np.nan, dtype=np.float16)
        logits[judged] = stored
        return cls(keys, logits)

    def to_arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        """Give the arrays to store: which posts were judged, and the logits of these only."""
        judged = np.asarray(~np.isnan(self.logits).all(axis=1))
        return {"keys": self.keys, "judged": judged, "logits": self.logits[judged]}

    def look_up(self, keys: Sequence[str]) -> tuple[npt.NDArray[np.bool_], Doubles]:
        """Find posts.

        :param keys: hexadecimal hashes of texts.
        :return: which of them were trained on, and their out-of-fold logits of shape ``(len(keys), heads)``:
            not-a-number where there are none.
        """
        numbers = np.array([int(key, 16) for key in keys], dtype=np.uint64)
        found = np.full((len(keys), self.logits.shape[1]), np.nan)
        if not len(self.keys):
            return np.zeros(len(keys), dtype=bool), found
        places = np.minimum(np.searchsorted(self.keys, numbers), len(self.keys) - 1)
        seen = self.keys[places] == numbers
        found[seen] = self.logits[places[seen]]
        return seen, found
