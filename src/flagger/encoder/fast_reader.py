"""Word pieces by a ``tokenizer.json``, the form in which most encoders store their tokenizer."""

from __future__ import annotations

from pathlib import Path

from tokenizers import Tokenizer

from flagger.encoder.pieces import Pieces
from flagger.errors import ModelFolderError

_OPENING = ("<s>", "[CLS]")
_CLOSING = ("</s>", "[SEP]")
_BLANK = ("<pad>", "[PAD]", "<unk>", "[UNK]")


class FastReader:
    """Reads with a Rust tokenizer.

    :param tokenizer: the tokenizer; its own truncation, padding and marks are not used.
    :param prefix: what the encoder was trained to see before every text, such as ``query:``.
    :raises ModelFolderError: when the vocabulary has no opening, closing and padding marks.
    """

    def __init__(self, tokenizer: Tokenizer, *, prefix: str = "") -> None:
        tokenizer.no_truncation()
        tokenizer.no_padding()
        self._tokenizer = tokenizer
        opening, closing = (_first_known(tokenizer, names) for names in (_OPENING, _CLOSING))
        self._before = [opening, *tokenizer.encode(prefix, add_special_tokens=False).ids]
        self._after = [closing]
        self.blank = _first_known(tokenizer, _BLANK)
        self.marks_before = len(self._before)

    @classmethod
    def from_file(cls, path: str | Path, *, prefix: str = "") -> FastReader:
        """Read a ``tokenizer.json``.

        :param path: the file.
        :param prefix: what the encoder was trained to see before every text.
        :return: the reader.
        :raises ModelFolderError: when the file is missing or damaged.
        """
        try:
            tokenizer = Tokenizer.from_file(str(path))
        except Exception as error:
            raise ModelFolderError(f"Cannot read the tokenizer in '{path}': {error}. Get the model again.") from error
        return cls(tokenizer, prefix=prefix)

    def read(self, text: str) -> Pieces:
        """Cut a text into word pieces.

        :param text: any text.
        :return: its pieces, with spans in ``text``.
        """
        # Some tokenizers make a piece of the white space at the end.
        encoding = self._tokenizer.encode(text.rstrip(), add_special_tokens=False)
        return Pieces(encoding.ids, encoding.offsets)

    def frame(self, ids: list[int]) -> list[int]:
        """Put the marks and the prefix around pieces.

        :param ids: ids of a chunk.
        :return: what the encoder is given.
        """
        return [*self._before, *ids, *self._after]


def _first_known(tokenizer: Tokenizer, names: tuple[str, ...]) -> int:
    for name in names:
        found = tokenizer.token_to_id(name)
        if found is not None:
            return int(found)
    raise ModelFolderError(f"The tokenizer has none of the marks {', '.join(names)}; flagger needs one of them.")
