"""Scopes: when the words around a hit take its meaning away."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from typing import Final

from flagger.lexicon.rules import Scopes
from flagger.text.aligned import AlignedText
from flagger.text.alphabet import strip_diacritics
from flagger.text.post import PreparedPost
from flagger.text.sentences import sentence_spans

NEGATION_REACH: Final = 2
# Negation of the word right after it, for hearsay.
DIRECT_NEGATION: Final = "direct negation"
QUOTATION_WORDS: Final = 4

# Each kind of quotation mark, opened and closed; at most this far apart so that a lone mark costs no long search.
_QUOTED: Final = re.compile(r"“[^“”]{1,2000}”|«[^«»]{1,2000}»|\"[^\"\n]{1,2000}\"")
# Words that begin a clause of their own: a negation before them says nothing about what comes after.
_CLAUSES: Final = "mà|chớ|chứ|nhưng|thì|nên|vì|ma|nhung|thi|nen"
# What is not forgotten or put off is not denied: "đừng quên chia sẻ ngay", "đừng chần chừ chia sẻ gấp".
_DELAYS: Final = "quên|ngại|ngần|chần|do dự|lưỡng lự|tiếc|bỏ qua|chan chu|ngan ngai|bo qua"
# Between a negation and what is heard: "chẳng phải nghe đồn", "chưa ai nghe nói".
_EMPHASIS: Final = "phải|phải là|ai|hề|từng|phai|phai la|tung"
_HEARING: Final = ("nghe ", "thấy bảo", "thấy nói", "thay bao")
# Before a negation: a question's tag ("có ai biết không") and a recovery ("uống ba thang khỏi") deny nothing.
_TAGS: Final = "".join(
    f"(?<!{before} )"
    for before in ("biết", "phải", "đúng", "hay", "được", "thang", "chữa", "biet", "phai", "dung", "duoc")
)
# Before a correction that is none: "không phải tin giả", "chưa rõ thực hư", "nếu không đúng sự thật", "sao không …".
_DENIALS: Final = "".join(
    f"(?<!{before} )"
    for before in (
        *("không phải", "không phải là", "đâu phải", "đâu phải là", "chẳng phải", "chả phải"),
        *("khong phai", "khong phai la", "dau phai", "nếu", "sao", "không thể"),
        *(
            f"{unsure} {known}"
            for unsure in ("không", "chưa", "chẳng", "chả", "hông", "hổng", "ai", "khong", "chua")
            for known in ("biết", "rõ", "biet", "ro")
        ),
    )
)
# After a doubt: "chưa kiểm chứng nhưng cứ chia sẻ".
_DEFIANCE: Final = (
    r"(?:(?<=kiểm chứng)|(?<=xác minh)|(?<=kiem chung)|(?<=xac minh))"
    r"\s+(?:nhưng|mà|thôi|nhung|ma)\s+(?:\w+\s+){0,1}(?:cứ|vẫn|cu|van)\s"
)
# Before "như" without a comparison: guesses, and kinds with their examples.
_NO_COMPARISONS: Final = "".join(
    f"(?<!{before} )"
    for before in (
        *("hình", "dường", "gần", "hầu", "cũng", "hinh", "duong", "gan", "hau", "cung"),
        *("tội", "bệnh", "vụ", "việc", "tai", "nạn", "hành vi", "dịch", "loại"),
    )
)
_TURN: Final = re.compile(r"(?:còn|nhưng|tuy nhiên|con hom nay|nhung)(?!\w)")


def _alternatives(phrases: Iterable[str]) -> str:
    # Of phrases of two words or more also the plain form; "chớ" without diacritics would be "cho", which says nothing.
    spellings = {form for phrase in phrases for form in (phrase, strip_diacritics(phrase) if " " in phrase else phrase)}
    ordered = sorted(spellings, key=lambda phrase: (-len(phrase), phrase))
    return "|".join(re.escape(phrase).replace(r"\ ", r"\s+") for phrase in ordered)


def reading_view(post: PreparedPost) -> AlignedText:
    """Give the view that scopes are read in, with teencode spelled out: "k phải nghe nói" denies, too.

    :param post: the prepared post.
    :return: the expanded view where there is one.
    """
    return post.normal if post.expanded is None else post.expanded


class ScopeFinder:
    """Says which scopes cover a hit.

    :param scopes: the word lists.
    """

    def __init__(self, scopes: Scopes) -> None:
        reach = rf"(?:\s+(?!(?:{_CLAUSES}|{_DELAYS})\s)\w+){{0,{NEGATION_REACH}}}\s*$"
        negation = rf"(?<!\w){_TAGS}(?:{_alternatives(scopes.negation)})"
        correction = _alternatives(scopes.correction)
        self._expressions = {
            "negation": re.compile(negation + reach),
            DIRECT_NEGATION: re.compile(negation + rf"(?:\s+(?:{_EMPHASIS}))?\s*$"),
            # What stands before is looked at only where a correction begins: it has many forms.
            "correction": re.compile(rf"(?<!\w)(?=(?:{correction})){_DENIALS}(?:{correction})(?!\w)(?!{_DEFIANCE})"),
            "question": re.compile(rf"\?|(?<!\w)(?:{_alternatives(scopes.question)})(?!\w)"),
            "figurative": re.compile(rf"(?<!\w){_NO_COMPARISONS}(?:{_alternatives(scopes.figurative)})\s*$"),
        }

    def within(self, post: PreparedPost) -> ScopeReader:
        """Look at one post.

        :param post: the prepared post.
        :return: a reader that works out each scope when first asked.
        """
        return ScopeReader(self, post)

    def matches(self, scope: str, text: str) -> bool:
        """Say whether a scope's expression is found in a stretch of text.

        :param scope: ``negation``, ``correction``, ``question`` or ``figurative``.
        :param text: the stretch that matters for this scope.
        :return: whether it is found.
        """
        return self._expressions[scope].search(text) is not None


class ScopeReader:
    """The scopes of one post; sentences are searched once however many hits they hold.

    :param finder: the expressions.
    :param post: the prepared post.
    """

    _BEFORE = 40

    def __init__(self, finder: ScopeFinder, post: PreparedPost) -> None:
        self._finder = finder
        self._text = reading_view(post).text
        self._sentences = post.sentences if post.expanded is None else sentence_spans(self._text)
        self._starts = [start for start, _ in self._sentences]
        self._cache: dict[tuple[str, int], bool] = {}
        self._quotations: list[tuple[int, int]] | None = None

    def covers(self, scope: str, start: int, end: int) -> bool:
        """Say whether a scope covers a hit.

        :param scope: name of the scope.
        :param start: first character of the hit in the view that scopes are read in.
        :param end: just after its last character.
        :return: whether the scope covers it.
        """
        if scope == "quotation":
            return self._is_quoted(start, end)
        sentence = max(0, bisect_right(self._starts, start) - 1)
        if scope == "negation" and self._text.startswith(_HEARING, start):
            # "Đừng ra đường nghe nói …": what is denied far before hearsay is not the hearsay.
            scope = DIRECT_NEGATION
        if scope in ("negation", DIRECT_NEGATION, "figurative"):
            begin = self._sentences[sentence][0] if self._sentences else 0
            return self._finder.matches(scope, self._text[max(begin, start - self._BEFORE) : start])
        neighbours = range(sentence, sentence + 1)
        if scope == "correction":
            neighbours = range(sentence if self._turns(sentence) else sentence - 1, sentence + 2)
        return any(self._in_sentence(scope, number) for number in neighbours)

    def _turns(self, number: int) -> bool:
        """Say whether a sentence begins with a turn, so that what was corrected before it is another story."""
        return bool(self._sentences) and _TURN.match(self._text, self._sentences[number][0]) is not None

    def _in_sentence(self, scope: str, number: int) -> bool:
        if not 0 <= number < len(self._sentences):
            return False
        key = (scope, number)
        if key not in self._cache:
            start, end = self._sentences[number]
            self._cache[key] = self._finder.matches(scope, self._text[start:end])
        return self._cache[key]

    def _is_quoted(self, start: int, end: int) -> bool:
        if self._quotations is None:
            self._quotations = [
                match.span() for match in _QUOTED.finditer(self._text) if len(match.group().split()) > QUOTATION_WORDS
            ]
        return any(first < start and end < last for first, last in self._quotations)
