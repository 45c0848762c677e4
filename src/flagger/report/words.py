"""What the page says, in Vietnamese and in English; the names of axes, topics and cues come from the vocabulary."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import get_args

import yaml

from flagger.vocabulary import Language

_ASSETS = Path(__file__).with_name("assets")


@lru_cache(maxsize=1)
def page_words() -> dict[str, dict[str, str]]:
    """Read the words.

    :return: texts by language and name; ``{0}`` stands for a value.
    """
    return {
        language: yaml.safe_load((_ASSETS / f"words.{language}.yaml").read_text(encoding="utf-8"))
        for language in get_args(Language)
    }
