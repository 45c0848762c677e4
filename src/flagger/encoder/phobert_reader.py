"""Word pieces as PhoBERT cuts them, from its own ``vocab.txt`` and ``bpe.codes``, by a Rust tokenizer with offsets.

The published tokenizer of PhoBERT (Nguyen and Nguyen 2020) is pure Python and gives no offsets. The same byte-pair
encoding is built here: a piece ``abc@@`` of the vocabulary stands inside a word, ``abc`` at its end. Merges whose
product is in no vocabulary get ids above it, which are read as the unknown piece afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from tokenizers import Tokenizer
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import WhitespaceSplit

from flagger.encoder.pieces import Pieces
from flagger.encoder.segmentation import load_segmenter, segment
from flagger.errors import ModelFolderError

VOCABULARY_FILE: Final = "vocab.txt"
MERGES_FILE: Final = "bpe.codes"
MARKS: Final = ("<s>", "<pad>", "</s>", "<unk>")
_INSIDE: Final = "@@"
_END_OF_WORD: Final = "</w>"
# Stands for characters that no merge and no piece knows; no text holds it after segmentation.
_UNKNOWN_CHARACTER: Final = "\ue000"


class PhobertReader:
    """Segments, then cuts into PhoBERT's pieces.

    :param folder: holds ``vocab.txt`` and ``bpe.codes``.
    :param words_of: word segmenter; underthesea's when left out.
    :raises ModelFolderError: when a file is missing or breaks the format.
    :raises MissingExtraError: when underthesea is needed and not installed.
    """

    def __init__(self, folder: str | Path, *, words_of: Callable[[str], Sequence[str]] | None = None) -> None:
        self._words_of = words_of if words_of is not None else load_segmenter()
        vocabulary = _read_vocabulary(Path(folder) / VOCABULARY_FILE)
        self._size = len(vocabulary)
        self._unknown = vocabulary["<unk>"]
        self._opening, self._closing = vocabulary["<s>"], vocabulary["</s>"]
        self.blank, self.marks_before = vocabulary["<pad>"], 1
        self._tokenizer = _build(vocabulary, _read_merges(Path(folder) / MERGES_FILE))

    def read(self, text: str) -> Pieces:
        """Segment a text and cut it into pieces.

        :param text: any text, not segmented.
        :return: its pieces, with spans in ``text``.
        """
        segmented = segment(text, self._words_of)
        pieces = self.read_segmented(segmented.text)
        return Pieces(pieces.ids, [segmented.original_span(start, end) for start, end in pieces.spans])

    def read_segmented(self, text: str) -> Pieces:
        """Cut a text that is segmented already into pieces.

        :param text: words between white space, syllables joined by ``_``.
        :return: its pieces, with spans in ``text``.
        """
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        return Pieces([known if known < self._size else self._unknown for known in encoding.ids], encoding.offsets)

    def frame(self, ids: list[int]) -> list[int]:
        """Put the opening and closing marks around pieces.

        :param ids: ids of a chunk.
        :return: what the encoder is given.
        """
        return [self._opening, *ids, self._closing]


def _build(vocabulary: dict[str, int], merges: Sequence[tuple[str, str]]) -> Tokenizer:
    symbols: dict[str, int] = {}
    for piece, number in vocabulary.items():
        if piece not in MARKS and piece != "<mask>":
            symbols[piece[: -len(_INSIDE)] if piece.endswith(_INSIDE) else piece + _END_OF_WORD] = number
    above = len(vocabulary)
    for symbol in _UNKNOWN_CHARACTER, *(part for pair in merges for part in (*pair, "".join(pair), *_characters(pair))):
        if symbol not in symbols:
            symbols[symbol] = above
            above += 1
    tokenizer = Tokenizer(
        BPE(
            vocab=symbols,
            merges=list(merges),
            unk_token=_UNKNOWN_CHARACTER,
            fuse_unk=False,
            end_of_word_suffix=_END_OF_WORD,
        )
    )
    tokenizer.pre_tokenizer = WhitespaceSplit()
    return tokenizer


def _characters(pair: tuple[str, str]) -> list[str]:
    """Give the single characters of a merge, which every word starts from, inside and at the end of a word."""
    text = "".join(pair).removesuffix(_END_OF_WORD)
    return [*text, *(character + _END_OF_WORD for character in text)]


def _read_vocabulary(path: Path) -> dict[str, int]:
    vocabulary = {mark: number for number, mark in enumerate(MARKS)}
    for line in _lines(path):
        piece, _, count = line.strip().rpartition(" ")
        if not piece or not count.isdigit():
            raise ModelFolderError(f"'{path}' is no PhoBERT vocabulary: expected lines of a piece and its count.")
        vocabulary[piece] = len(vocabulary)
    vocabulary["<mask>"] = len(vocabulary)
    return vocabulary


def _read_merges(path: Path) -> list[tuple[str, str]]:
    merges = []
    for line in _lines(path):
        parts = line.split()
        if len(parts) not in (2, 3):
            raise ModelFolderError(f"'{path}' holds no PhoBERT merges: expected lines of two symbols and a count.")
        merges.append((parts[0], parts[1]))
    return list(dict.fromkeys(merges))


def _lines(path: Path) -> list[str]:
    try:
        return [line for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise ModelFolderError(f"Cannot read '{path}', which a PhoBERT model needs. Get the model again.") from error
