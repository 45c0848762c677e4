"""Matching: syllable boundaries, views, overlaps, contexts, and offsets into the original post."""

from __future__ import annotations

import dataclasses
import random
import unicodedata
from itertools import pairwise

import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st
from lexicon_rules import find, lexicon, rule, texts

from flagger.lexicon import Lexicon, LexiconMatcher, active
from flagger.lexicon.matcher import plain_phrases
from flagger.lexicon.search import ExpressionFinder, PhraseFinder
from flagger.text import prepare

HEARSAY = rule("nghe nói")


@pytest.fixture(scope="module")
def matcher() -> LexiconMatcher:
    return LexiconMatcher(Lexicon.default())


@pytest.mark.parametrize(
    ("post", "expected"),
    [
        ("Nghe nói mưa", ["Nghe nói"]),
        ("NGHE NÓI MƯA", ["NGHE NÓI"]),
        (unicodedata.normalize("NFD", "nghe nói"), [unicodedata.normalize("NFD", "nghe nói")]),
        ("“nghe nói”, nghe nói!", ["nghe nói", "nghe nói"]),
        ("#nghe nói?", ["nghe nói"]),
        ("nghe nóii mưa", ["nghe nóii"]),
        ("nghe nóin", []),
        ("xnghe nói", []),
        ("9nghe nói", []),
        ("nghe nói9", []),
        ("nghe, nói", []),
        ("", []),
    ],
)
def test_phrases_match_whole_syllables(post: str, expected: list[str]) -> None:
    assert texts(post, HEARSAY) == expected


@pytest.mark.parametrize("gap", ["  ", "\n", " \n", "\n  ", "\r\n", "\t", "\u00a0", " \n \t"])
def test_white_space_inside_a_phrase_may_be_anything(gap: str) -> None:
    assert texts(f"ừ  thì\n\n nghe{gap}nói mưa", HEARSAY) == [f"nghe{gap}nói"]
    assert texts(f"ừ  nghe{gap}nòi mưa", HEARSAY) == []
    assert texts(f"u  thi nghe{gap}noi mua", HEARSAY) == [f"nghe{gap}noi"]


def test_a_blank_line_parts_a_phrase() -> None:
    assert texts("nghe\n\nnói", HEARSAY) == []
    assert texts("nghe \n \n nói", HEARSAY) == []


@pytest.mark.parametrize(
    ("post", "expected"),
    [
        ("nghe noi mua", [("nghe noi", "plain")]),
        ("Hôm nay trời đẹp lắm các bạn ạ, nghe noi thế", [("nghe noi", "plain")]),
        ("nghe nói mưa", [("nghe nói", "normal")]),
        ("nghe nơi mưa", []),
        ("nghè noi mua", []),
    ],
)
def test_plain_hits_count_only_where_no_diacritics_were_typed(post: str, expected: list[tuple[str, str]]) -> None:
    assert [(hit.text, hit.view) for hit in find(post, HEARSAY)] == expected


def test_one_syllable_matches_plain_only_on_request_and_in_plain_posts() -> None:
    silent, asked = rule("cháy"), rule("cháy", plain=True)
    plain_post, written_post = "chay lon qua ba con oi", "Cháu chay bộ buổi sáng cho khỏe người, mọi người ạ"
    assert (texts(plain_post, silent), texts(plain_post, asked)) == ([], ["chay"])
    assert (texts(written_post, silent), texts(written_post, asked)) == ([], [])
    assert texts("nghe noi mua", rule("nghe nói", plain=False)) == []


def test_a_phrase_without_diacritics_has_no_plain_form() -> None:
    assert plain_phrases(rule("covid 19", "ca nhiễm")) == ["ca nhiem"]
    assert [hit.view for hit in find("co covid 19", rule("covid 19"))] == ["normal"]


def test_teencode_is_read_spelled_out_too() -> None:
    hits = find("ng ta nói mai mưa", rule("người ta nói"))
    assert [(hit.text, hit.view) for hit in hits] == [("ng ta nói", "expanded")]
    assert [hit.view for hit in find("ng ta nói, người ta nói", rule("người ta nói"))] == ["expanded", "normal"]
    assert [hit.view for hit in find("nghe nói ng", HEARSAY)] == ["normal"]


def test_the_longest_hit_of_a_name_covers_the_others() -> None:
    short, long = rule("bắt cóc", id="crime.a"), rule("bắt cóc trẻ em", id="crime.b")
    assert [hit.entry_id for hit in find("vụ bắt cóc trẻ em, bắt cóc", short, long)] == ["crime.b", "crime.a"]


def test_other_names_are_not_covered() -> None:
    rules = rule("bắt cóc", id="crime.a"), rule("bắt cóc trẻ em", id="child_safety.b")
    assert [hit.name for hit in find("vụ bắt cóc trẻ em", *rules)] == ["crime", "child_safety"]


def test_overlapping_hits_of_one_entry_are_one() -> None:
    assert texts("có người nói là nghe", rule("có người", "người nói là")) == ["người nói là"]
    assert texts("có người nói nghe", rule("có người nói", "nói nghe")) == ["có người nói"]
    assert len(find("có người nói là", rule("có người"), rule("người nói là", id="hearsay.two"))) == 2


@pytest.mark.parametrize(
    ("post", "cancelled"),
    [
        ("cháy vé", True),
        ("cháy, vé", False),
        ("cháy  vé rồi", True),
        ("cháy\nvé", True),
        ("cháy vét", False),
        ("cháy nhà", False),
        ("lửa cháy", False),
        ("bán cháy", True),
        ("bán  chạy, bán\ncháy", True),
        ("mbán cháy", False),
    ],
)
def test_contexts_cancel(post: str, cancelled: bool) -> None:
    (hit,) = find(post, rule("cháy", id="accident.fire", kind="topic", not_before=("vé",), not_after=("bán",)))
    assert hit.cancelled_by == ("context" if cancelled else None)


@pytest.mark.parametrize("gap", [" ⭐ ", "⏰", "👨‍👩‍👧", " ❤️ 🇻🇳 ", "-"])
def test_pictures_and_a_hyphen_part_no_phrase(gap: str) -> None:
    assert texts(f"ừ nghe{gap}nói mưa", HEARSAY) == [f"nghe{gap}nói"]
    assert texts("nghe - nói", HEARSAY) == texts("nghe/nói", HEARSAY) == []
    assert texts("tiêm vắc-xin", rule("vắc-xin")) == ["vắc-xin"]


def test_contexts_are_read_with_teencode_spelled_out() -> None:
    taught = rule("nghe nói", not_after=("không",), not_before=("được",))
    assert [hit.cancelled_by for hit in find("tui k nghe nói. nghe nói đc. nghe nói vs", taught)] == [
        "context",
        "context",
        None,
    ]


def test_contexts_of_plain_hits_may_be_plain() -> None:
    fire = rule("cháy hàng", id="accident.fire", kind="topic", not_before=("vé",))
    assert [hit.cancelled_by for hit in find("chay hang ve", fire)] == ["context"]
    assert [hit.cancelled_by for hit in find("cháy hàng ve", fire)] == [None]


def test_cancelled_hits_are_given_and_can_be_left_out() -> None:
    hits = find("Nghe nói mưa. Tin giả nhé. Lại mưa. Nghe nói nắng", HEARSAY)
    assert [hit.cancelled_by for hit in hits] == ["correction", None]
    assert active(hits) == hits[1:]


@pytest.mark.parametrize(
    ("expression", "post", "expected"),
    [
        ("[0-9]+ ca nhiễm", "có 12 ca nhiễm", ["12 ca nhiễm"]),
        ("ông [^ ]+ cho biết", "không ai cho biết", []),
        ("ông [^ ]+ cho biết", "Ông Ai cho biết", ["Ông Ai cho biết"]),
        ("ông (?:[^ ]+ ){1,5}cho biết", "không ai hỏi ông Năm cho biết", ["ông Năm cho biết"]),
        (r"nghe đâu [^\s]", "nghe đâu mưa", ["nghe đâu"]),
        (r"(?:^|[.] )nghe bảo", "Ừ. Nghe bảo mưa", ["Nghe bảo"]),
        ("vượt mức ", "vượt mức cho phép", ["vượt mức"]),
        ("[.!]+", "Mưa!!!", []),
        ("ca(?: mới)?", "cam ca mới", ["ca mới"]),
        ("[0-9]{2}", "123 12", ["12"]),
    ],
)
def test_expressions_give_whole_words(expression: str, post: str, expected: list[str]) -> None:
    assert texts(post, rule(regexes=(expression,))) == expected


@pytest.mark.parametrize(
    ("post", "expected"),
    [
        ("Con mèo nhà em kể cầu sập", [("Con mèo nhà em kể", "normal")]),
        ("Con meo nha em ke cau sap", [("Con meo nha em ke", "plain")]),
        ("Sáng nay ở chợ, con meo nha em ke là cầu đã sập rồi", []),
    ],
)
def test_expressions_read_posts_without_diacritics_where_they_may(post: str, expected: list[tuple[str, str]]) -> None:
    told = rule(regexes=("con mèo (?:nhà em|hàng xóm) kể",), plain_regexes=True)
    assert [(hit.text, hit.view) for hit in find(post, told)] == expected
    only_written = rule(regexes=told.entry.regexes)
    assert [(hit.text, hit.view) for hit in find(post, only_written)] == [one for one in expected if one[1] == "normal"]


def test_contexts_of_plain_expressions_may_be_plain() -> None:
    told = rule(regexes=("con mèo kể",), plain_regexes=True, not_before=("chuyện",))
    assert texts("con meo ke chuyen", told) == []
    assert texts("con meo ke cau sap", told) == ["con meo ke"]


def test_a_hit_says_all_that_is_known() -> None:
    (hit,) = find("Ừ Nghe  NÓI", rule("nghe nói", weight=1.5))
    assert dataclasses.asdict(hit) == {
        "entry_id": "hearsay.one",
        "kind": "cue",
        "name": "hearsay",
        "weight": 1.5,
        "start": 2,
        "end": 11,
        "text": "Nghe  NÓI",
        "normal_start": 2,
        "normal_end": 11,
        "view": "normal",
        "cancelled_by": None,
    }
    with pytest.raises(dataclasses.FrozenInstanceError):
        hit.weight = 2.0


def test_an_empty_lexicon_finds_nothing() -> None:
    assert LexiconMatcher(lexicon()).find(prepare("Nghe nói mưa")) == []
    assert PhraseFinder([]).find("nghe nói") == []


RUMOUR = ["nghe nói", "Nghe đồn", "bắt cóc trẻ em", "ng ta nói", "ko", "chia sẻ gấp", "nghe noi", "tin giả"]
NUMBERS = ["12 ca nhiễm", "ông A cho biết", "không ai cho biết"]
MARKS = [" ", "  ", "\n", "\n\n", ". ", "?", "“", "”", "😀", "\u0301", "\ud800", "\x00"]
PIECES = st.sampled_from([*RUMOUR, *NUMBERS, *MARKS])
POSTS = st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=14).map("".join), st.lists(PIECES).map(" ".join))


@settings(max_examples=200, deadline=None)
@given(POSTS)
def test_spans_are_true_for_any_post(matcher: LexiconMatcher, post: str) -> None:
    prepared = prepare(post)
    hits = matcher.find(prepared)
    for hit in hits:
        assert 0 <= hit.start < hit.end <= len(post)
        assert post[hit.start : hit.end] == hit.text
        view = {"normal": prepared.normal, "plain": prepared.plain, "expanded": prepared.expanded}[hit.view]
        assert view.original_span(hit.normal_start, hit.normal_end) == (hit.start, hit.end)
    assert [hit.start for hit in hits] == sorted(hit.start for hit in hits)
    assert hits == matcher.find(prepare(post))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["nghe", "nói", "nghe nói", "nóing", "tin", ",", "9"]), max_size=12))
def test_phrases_agree_with_a_search_word_by_word(words: list[str]) -> None:
    post = " ".join(words)
    tokens = post.split(" ")
    expected = sum(pair == ("nghe", "nói") for pair in pairwise(tokens))
    assert len(PhraseFinder([("nghe nói", 0)]).find(post)) == expected


def test_all_expressions_together_find_what_each_finds_alone() -> None:
    expressions = [
        (regex, number) for number, rule in enumerate(Lexicon.default().rules) for regex in rule.entry.regexes
    ]
    assert len(expressions) > 20
    finder = ExpressionFinder(expressions)
    random_words = random.Random(7)
    vocabulary = [word for rule in Lexicon.default().rules for text in rule.entry.positive for word in text.split()]
    for _ in range(150):
        text = prepare(" ".join(random_words.choices(vocabulary, k=60))).normal.text
        together = {found.rule for found in finder.find(text)}
        alone = {number for regex, number in expressions if list(ExpressionFinder([(regex, number)]).find(text))}
        assert together == alone
        assert together <= {number for regex, number in expressions if re2.search(regex, text)}


def test_a_long_post_is_searched_to_its_end(matcher: LexiconMatcher) -> None:
    post = "Hôm nay trời đẹp. " * 20_000 + "Nghe nói mai mưa"
    assert [hit.text for hit in matcher.find(prepare(post)) if hit.name == "hearsay"] == ["Nghe nói"]
