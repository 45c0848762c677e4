"""What a model was trained on: hashes of the posts, and for those that could be judged their out-of-fold logits.

No text can be read back from it. It is what lets ``flagger evaluate`` judge a model on its own training posts honestly:
by logits of networks that had seen neither the post nor its near-duplicates.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
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
    :param taught: shape ``(posts,)``: whether the encoder was trained on the post, too, and not only what stands on it.
    """

    keys: npt.NDArray[np.uint64]
    logits: npt.NDArray[np.float16]
    taught: npt.NDArray[np.bool_]

    @classmethod
    def of(
        cls, keys: Sequence[str], logits: Doubles, only_trained: Sequence[str], *, untaught: Collection[str] = ()
    ) -> TrainingRecord:
        """Make a record.

        :param keys: hexadecimal hashes of the judged posts.
        :param logits: their out-of-fold logits, of shape ``(len(keys), heads)``.
        :param only_trained: hashes of the posts that only trained.
        :param untaught: those of them that did not train the encoder.
        :return: the record.
        """
        numbers = np.array([int(key, 16) for key in (*keys, *only_trained)], dtype=np.uint64)
        missing = np.full((len(only_trained), logits.shape[1]), np.nan)
        # The first of equal hashes stays: a judged post's logits win over those that are missing.
        unique, first = np.unique(numbers, return_index=True)
        taught = ~np.isin(unique, np.array([int(key, 16) for key in untaught], dtype=np.uint64))
        return cls(unique, np.concatenate([logits, missing]).astype(np.float16)[first], taught)

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
        # Records that were written before this was kept say that the encoder knows all.
        taught = np.asarray(arrays.get("taught", np.ones(len(keys)))).astype(bool)
        if taught.shape != keys.shape:
            raise ValueError(f"training record: {len(keys)} keys, {len(taught)} of them taught or not")
        return cls(keys, logits, taught)

    def to_arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        """Give the arrays to store: which posts were judged, and the logits of these only."""
        judged = np.asarray(~np.isnan(self.logits).all(axis=1))
        return {"keys": self.keys, "judged": judged, "logits": self.logits[judged], "taught": self.taught}

    def look_up(self, keys: Sequence[str]) -> tuple[npt.NDArray[np.bool_], Doubles]:
        """Find posts.

        :param keys: hexadecimal hashes of texts.
        :return: which of them were trained on, and their out-of-fold logits of shape ``(len(keys), heads)``:
            not-a-number where there are none.
        """
        seen, places = self._find(keys)
        found = np.full((len(keys), self.logits.shape[1]), np.nan)
        found[seen] = self.logits[places[seen]]
        return seen, found

    def taught_to_encoder(self, keys: Sequence[str]) -> npt.NDArray[np.bool_]:
        """Say which posts the encoder was trained on; a model fitted again on it may know more posts than it does.

        :param keys: hexadecimal hashes of texts.
        :return: shape ``(len(keys),)``.
        """
        seen, places = self._find(keys)
        seen[seen] = self.taught[places[seen]]
        return seen

    def _find(self, keys: Sequence[str]) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.intp]]:
        """Say which posts are here, and where."""
        numbers = np.array([int(key, 16) for key in keys], dtype=np.uint64)
        places = np.searchsorted(self.keys, numbers)
        seen = np.zeros(len(keys), dtype=bool)
        inside = places < len(self.keys)
        seen[inside] = self.keys[places[inside]] == numbers[inside]
        return seen, places
