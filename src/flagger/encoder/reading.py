"""The reader that an encoder was trained with."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from flagger.encoder.fast_reader import FastReader
from flagger.encoder.phobert_reader import PhobertReader
from flagger.encoder.pieces import PieceReader
from flagger.encoder.settings import EncoderSettings

TOKENIZER_FILE: Final = "tokenizer.json"


def load_reader(folder: str | Path, settings: EncoderSettings) -> PieceReader:
    """Load the reader that an encoder was trained with.

    :param folder: holds the tokenizer's files.
    :param settings: settings of the encoder.
    :return: the reader.
    :raises ModelFolderError: when a file is missing or damaged.
    :raises MissingExtraError: when it needs word segmentation and underthesea is not installed.
    """
    if settings.reader == "phobert":
        return PhobertReader(folder)
    return FastReader.from_file(Path(folder) / TOKENIZER_FILE, prefix=settings.prefix)
