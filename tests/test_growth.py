"""No text makes the time of reading grow faster than its length.

Times of one text and of four times as much are compared side by side: linear reading takes four times as long,
quadratic reading sixteen times. The limit of ten leaves room for a busy machine.
"""

from __future__ import annotations

import time

import pytest

from flagger import Flagger
from flagger.lexicon import Lexicon, LexiconMatcher
from flagger.places import PlaceFinder
from flagger.text import prepare

pytestmark = pytest.mark.slow

SHORT = 8_000
TIMES = 4
LIMIT = 10.0
# Below this a time says more about the machine than about the text.
LEAST_SECONDS = 0.004
UNITS = {
    "rumours": "nghe nói ở Thanh Oai có vụ bắt cóc ",
    "one long word": "a",
    "a stretched word": "ê",
    "combining marks": "\u0301",
    "zero-width spaces": "n\u200b",
    "Hangul fillers": "\u3164",
    "letters with dots": "n.g.h.e. ",
    "letters with spaces": "n g h e ",
    "underscores": "_",
    "letters between underscores": "a_",
    "hyphens": "nghe-nói-",
    "look-alikes": "са ",
    "teencode": "k nghe nói ",
    "letters line by line": "n\n",
    "words behind signs": "#nghe #nói | ",
    "words run together": "nghenóiởhànội",
    "open quotation marks": "“",
    "nested quotation marks": '"(',
    "open brackets": "[",
    "commas of places": "xã An Phú, huyện Bình Minh, ",
    "places": "Hà Nội, ",
    "names side by side": "Thanh Bình An Phú ",
    "surnames": "Trần ",
    "abbreviations": "Q. TP. ",
    "digits": "1",
    "telephone numbers": "090 ",
    "addresses": "http://a.www.",
    "mail addresses": "a@a.",
    "people who work somewhere": "bạn em làm ở ",
    "emoji": "😱",
    "astral letters": "𝗻",
    "surrogates": "\ud800",
}


def seconds(text: str, matcher: LexiconMatcher, finder: PlaceFinder) -> float:
    times = []
    for _ in range(3):
        started = time.perf_counter()
        post = prepare(text)
        matcher.find(post)
        finder.find(post)
        times.append(time.perf_counter() - started)
    return min(times)


@pytest.mark.parametrize("name", UNITS)
def test_time_grows_with_the_length(name: str) -> None:
    matcher, finder = LexiconMatcher(Lexicon.default()), PlaceFinder.default()
    text = "Nghe nói " + UNITS[name] * (SHORT // len(UNITS[name]))
    once = seconds(text, matcher, finder)
    more = seconds("Nghe nói " + UNITS[name] * (TIMES * SHORT // len(UNITS[name])), matcher, finder)
    assert more <= LIMIT * max(once, LEAST_SECONDS)


@pytest.mark.parametrize("text", ["e" + "\u0301" * 1_000_000, '"(' * 250_000 + "a" + ')"' * 250_000, "ê" * 1_000_000])
def test_a_million_characters_are_scored(flagger: Flagger, text: str) -> None:
    result = flagger(text)
    assert 0.0 <= result.unverified.probability <= 1.0
    for item in result.evidence:
        assert text[item.start : item.end] == item.text
