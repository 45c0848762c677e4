"""The refusal: no lexicon entry may be about political stance, dissent or opinion of those in power."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

import re2

from flagger.lexicon.rules import Entry
from flagger.text.alphabet import strip_diacritics

REFUSAL: Final = (
    "flagger refuses rules about political stance, dissent or opinion: they would make it a detector of critics. "
    "Remove the entry."
)

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
    "dissident",
    "activist",
    "propaganda",
    "anti-government",
    "anti government",
    "rân chủ",
    "dân oan",
    "khiếu kiện",
    "đình công",
    "phản quốc",
    "bán nước",
    "bất mãn",
    "nói xấu",
    "cách mạng màu",
    "nhà hoạt động",
)


# A word as written or without its diacritics, in any mix: "biểu tình", "bieu tinh", "bieu tình".
def _word(word: str) -> str:
    plain = strip_diacritics(word)
    return re.escape(word) if plain == word else f"(?:{re.escape(word)}|{re.escape(plain)})"


def _term(term: str) -> str:
    # A single word only as written: "đảng" without diacritics would be "đang" too.
    words = term.split()
    return re.escape(term) if len(words) == 1 else " ".join(map(_word, words))


_TERMS: Final = re.compile(
    r"(?<!\w)(?:" + "|".join(map(_term, sorted(_REFUSED, key=lambda term: (-len(term), term)))) + r")(?!\w)"
)
_ENGLISH_ENDINGS: Final = re.compile(r"(?<=[a-z]{5})(?:s|ers?|ed|ing)(?![^\W_])")
# In an expression: classes and boundaries such as \\s or \\b, and counts, so that they hide no word.
_EXPRESSION_SIGNS: Final = re.compile(r"\\[a-zA-Z]|\(\?[a-zA-Z]*:|[()?*+{}\[\]^$]")


def refused_term(text: str) -> str | None:
    """Find a term that no lexicon entry may hold.

    :param text: a pattern, an id or a note, in any case.
    :return: the term, or ``None`` when there is none.
    """
    folded = unicodedata.normalize("NFC", text).lower().replace("_", " ").replace(".", " ")
    folded = " ".join(folded.split())
    for form in (folded, _ENGLISH_ENDINGS.sub("", folded)):
        found = _TERMS.search(form)
        if found is not None:
            return found.group()
    return None


def refused_in_expression(expression: str) -> str | None:
    """Find a term that an expression spells out or matches whole.

    :param expression: an expression that RE2 compiles.
    :return: the term, or ``None`` when there is none.
    """
    found = refused_term(expression) or refused_term(_EXPRESSION_SIGNS.sub(" ", expression))
    if found is not None:
        return found
    compiled = re2.compile(expression)
    forms = {form for term in _REFUSED for form in (term, strip_diacritics(term) if " " in term else term)}
    return min((form for form in forms if compiled.fullmatch(form) is not None), default=None)


def refusals(entry: Entry) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Find what an entry may not hold.

    Examples may hold such words: a post of criticism is a good negative example.

    :param entry: the entry.
    :return: the place of each refused term (field, position) and the term.
    """
    term = refused_term(entry.id)
    if term is not None:
        yield ("id",), term
    # All at once first, for nearly every entry is fine.
    suspects = entry.patterns if refused_term(" | ".join(entry.patterns)) is not None else ()
    for position, pattern in enumerate(suspects):
        if (term := refused_term(pattern)) is not None:
            yield ("patterns", position), term
    for position, expression in enumerate(entry.regexes):
        if (term := refused_in_expression(expression)) is not None:
            yield ("regexes", position), term
    if entry.note is not None and (term := refused_term(entry.note)) is not None:
        yield ("note",), term
