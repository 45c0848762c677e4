"""How an encoder is to be read: stored with its weights, so that training and scoring see the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

MOST_PIECES: Final = 160

ReaderKind = Literal["fast", "phobert"]


@dataclass(frozen=True, slots=True)
class EncoderSettings:
    """What stands beside the weights of an encoder.

    :param heads: names of the outputs, in order.
    :param reader: ``fast`` for a ``tokenizer.json``, ``phobert`` for ``vocab.txt`` and ``bpe.codes``.
    :param prefix: what it was trained to see before every text.
    :param most_pieces: most word pieces that it is given at once, marks and prefix not counted.
    :param segmenter: name and version of the word segmenter that it was trained with; empty for none.
    """

    heads: tuple[str, ...]
    reader: ReaderKind = "fast"
    prefix: str = ""
    most_pieces: int = MOST_PIECES
    segmenter: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Give a JSON-ready dictionary."""
        return {**asdict(self), "heads": list(self.heads)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> EncoderSettings:
        """Read what :meth:`to_dict` wrote.

        :param data: the dictionary.
        :return: the settings.
        :raises KeyError: when there are no heads.
        :raises ValueError: when a value is none that this flagger knows.
        """
        settings = cls(
            heads=tuple(data["heads"]),
            reader=data.get("reader", "fast"),
            prefix=str(data.get("prefix", "")),
            most_pieces=int(data.get("most_pieces", MOST_PIECES)),
            segmenter=str(data.get("segmenter", "")),
        )
        if settings.reader not in ("fast", "phobert"):
            raise ValueError(f"unknown reader {settings.reader!r}")
        if settings.most_pieces < 1:
            raise ValueError(f"most_pieces is {settings.most_pieces}; expected at least 1")
        return settings
