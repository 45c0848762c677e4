"""The refusal: no lexicon entry may be about political stance, dissent or opinion of those in power."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from flagger.text.alphabet import strip_diacritics

# Words that only a detector of stance would need. With diacritics, so that harmless homographs stay possible.
_REFUSED: Final = (
    "phản động",
    "thế lực thù địch",
    "thù địch",
    "chống phá",
    "chống đối",
    "xuyên tạc",
    "bôi nhọ lãnh đạo",
    "diễn biến hòa bình",
    "diễn biến hoà bình",
    "bất đồng chính kiến",
    "ba que",
    "ba sọc",
    "cờ vàng",
    "bò đỏ",
    "dư luận viên",
    "việt tân",
    "cộng sản",
    "việt cộng",
    "cộng nô",
    "ngụy quyền",
    "đa nguyên",
    "đa đảng",
    "độc tài",
    "dân chủ",
    "nhân quyền",
    "đấu tranh dân chủ",
    "biểu tình",
    "lật đổ",
    "chế độ",
    "đảng",
    "bí thư",
    "tổng bí thư",
    "quốc hội",
    "bầu cử",
    "chính trị",
    "chính quyền thối nát",
    "tham nhũng",
    "tuyên giáo",
    "political",
    "dissent",
    "opposition",
    "protest",
    "regime",
    "hostile",
)


def _expression(terms: Iterable[str]) -> re.Pattern[str]:
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, sorted(terms, key=len, reverse=True))) + r")(?!\w)")


_WRITTEN: Final = _expression(_REFUSED)
# Without diacritics only phrases of two syllables or more: "đảng" and "đang" would be one otherwise.
_PLAIN: Final = _expression({strip_diacritics(term) for term in _REFUSED if " " in term})


def refused_term(text: str) -> str | None:
    """Find a term that no lexicon entry may hold.

    :param text: a pattern, an id or a note, in any case.
    :return: the term, or ``None`` when there is none.
    """
    folded = text.lower().replace("_", " ").replace(".", " ")
    found = _WRITTEN.search(folded)
    if found is None and strip_diacritics(folded) == folded:
        found = _PLAIN.search(folded)
    return found.group() if found is not None else None
