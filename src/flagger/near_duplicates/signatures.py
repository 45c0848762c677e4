"""MinHash signatures of posts, kept on disk."""

from __future__ import annotations

import tempfile
import unicodedata
from collections.abc import Sequence
from types import ModuleType
from typing import IO, Final

import numpy as np
import numpy.typing as npt

from flagger.errors import missing_extra
from flagger.text.alphabet import strip_diacritics
from flagger.text.characters import in_canonical_order
from flagger.text.syllables import WORD

PERMUTATIONS: Final = 64
SHINGLE_WORDS: Final = 2
_SEED: Final = 20_250_701

Signatures = npt.NDArray[np.uint32]


def shingles(post: str) -> list[str]:
    """Give the pairs of neighbouring words of a post, without case, diacritics and punctuation.

    :param post: any text.
    :return: each pair once, in order; the single word of a post of one word; the post itself when it has none, and
        nothing for white space.
    """
    words = WORD.findall(strip_diacritics(unicodedata.normalize("NFC", in_canonical_order(post)).lower()))
    if not words:
        return [post.strip()] if post.strip() else []
    size = min(SHINGLE_WORDS, len(words))
    return list(dict.fromkeys(" ".join(words[first : first + size]) for first in range(len(words) - size + 1)))


class SignatureStore:
    """Signatures of any number of posts in a temporary file, in the order of the posts; use it in a ``with`` statement.

    :param folder: where the file stands; the system's folder for such files when left out.
    :raises MissingExtraError: when the library that computes signatures is not installed.
    """

    def __init__(self, folder: str | None = None) -> None:
        self._library = _library()
        self._file: IO[bytes] = tempfile.TemporaryFile(dir=folder, prefix=".flagger.")  # noqa: SIM115 - see close
        self._has_words: list[npt.NDArray[np.bool_]] = []
        self.posts = 0

    def __enter__(self) -> SignatureStore:
        """Give the store."""
        return self

    def __exit__(self, *error: object) -> None:
        """Remove the file."""
        self._file.close()

    def add(self, posts: Sequence[str | None]) -> None:
        """Add posts.

        :param posts: the posts; ``None`` keeps the place of a row without one.
        """
        if not posts:
            return
        sets = [shingles(post) if post is not None else [] for post in posts]
        self._has_words.append(np.array(list(map(bool, sets))))
        matrix = self._library.RMinHash.digest_matrix_from_token_sets(sets, PERMUTATIONS, _SEED)
        self._file.write(np.array(matrix.to_rows(), dtype=np.uint32).tobytes())
        self.posts += len(posts)

    def signatures(self) -> Signatures:
        """Give all signatures.

        :return: array of shape ``(posts, PERMUTATIONS)`` that is read from the file as it is used.
        """
        self._file.flush()
        if not self.posts:
            return np.zeros((0, PERMUTATIONS), dtype=np.uint32)
        return np.memmap(self._file, dtype=np.uint32, mode="r", shape=(self.posts, PERMUTATIONS))

    def comparable(self) -> npt.NDArray[np.bool_]:
        """Say which posts have anything to compare.

        :return: array of shape ``(posts,)``.
        """
        return np.concatenate(self._has_words) if self._has_words else np.zeros(0, dtype=np.bool_)


def _library() -> ModuleType:
    try:
        import rensa
    except ImportError as error:
        raise missing_extra("Finding near-duplicates needs rensa", "groups") from error
    library: ModuleType = rensa
    return library
