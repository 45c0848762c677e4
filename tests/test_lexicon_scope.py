"""Scopes: the words around a hit that take its meaning away, and those that must not."""

from __future__ import annotations

import msgspec
import pytest
from lexicon_rules import find, rule

from flagger.lexicon.rules import scopes_of
from flagger.vocabulary import CUES, RAISING_CUES, TOPICS

HIT = "bắt cóc"


def cancelled_by(post: str, *scopes: str) -> str | None:
    (hit,) = find(post, rule(HIT, id="crime.abduction", kind="topic", cancelled_by=scopes))
    return hit.cancelled_by


@pytest.mark.parametrize(
    ("post", "cancelled"),
    [
        ("Không bắt cóc gì cả", True),
        ("Chưa có vụ bắt cóc", True),
        ("Chẳng ai bắt cóc", True),
        ("Khong co bat coc", True),
        ("Không phải bắt cóc", True),
        ("Không  phải\nbắt cóc", False),
        ("Không  phải bắt cóc", True),
        ("Không biết ai đã vào làng bắt cóc", False),
        ("Tôi không tin. Bắt cóc đó", False),
        ("Kể cho nghe bắt cóc", False),
        ("Ke cho nghe bat coc", False),
        ("Bắt cóc không", False),
        ("Kho không bắt cóc", True),
        ("Khôngg bắt cóc", True),
    ],
)
def test_negation_reaches_a_few_syllables_within_the_sentence(post: str, cancelled: bool) -> None:
    assert cancelled_by(post, "negation") == ("negation" if cancelled else None)


@pytest.mark.parametrize(
    ("post", "cancelled"),
    [
        ("Vụ này k phải bắt cóc", True),
        ("Hok có vụ bắt cóc", True),
        ("20 k bắt cóc", False),
        ("Đừng quên bắt cóc", False),
        ("Đừng chần chừ bắt cóc", False),
        ("Không quen bắt cóc", True),
    ],
)
def test_negation_in_teencode_denies_and_of_delay_does_not(post: str, cancelled: bool) -> None:
    assert cancelled_by(post, "negation") == ("negation" if cancelled else None)


@pytest.mark.parametrize(
    ("post", "cancelled"),
    [
        ("Không nghe nói gì", True),
        ("Tui k nghe nói gì", True),
        ("Chẳng phải nghe nói", True),
        ("Chưa ai nghe nói vụ này", True),
        ("Khong ai nghe noi", True),
        ("Đừng ra đường nghe nói có cướp", False),
        ("Không biết sao nghe nói có cướp", False),
    ],
)
def test_hearsay_is_denied_directly(post: str, cancelled: bool) -> None:
    (hit,) = find(post, rule("nghe nói", cancelled_by=("negation",)))
    assert hit.cancelled_by == ("negation" if cancelled else None)


@pytest.mark.parametrize(
    ("post", "cancelled"),
    [
        ("Không biết thực hư, có vụ bắt cóc", False),
        ("Chưa rõ thực hư, có vụ bắt cóc", False),
        ("Nếu không đúng sự thật mình xóa, có vụ bắt cóc", False),
        ("Sao không chia sẻ vụ bắt cóc", False),
        ("Thực hư vụ bắt cóc", True),
        ("Vụ bắt cóc ko đúng sự thật", True),
        ("Công an bác bỏ tin bắt cóc", True),
        ("Có bắt cóc? Đây là tin giả.", True),
        ("Tin đồn thất thiệt. Làm gì có bắt cóc.", True),
        ("Thông tin bắt cóc là sai  sự\tthật", True),
        ("tin gia: bat coc", True),
        ("Tin giả. Trời mưa to. Bắt cóc ở chợ.", False),
        ("Bắt cóc ở chợ. Trời mưa to. Tin giả.", False),
        ("Tin giảng bắt cóc", False),
        ("Bắt cóc ở chợ", False),
    ],
)
def test_correction_covers_its_sentence_and_the_neighbours(post: str, cancelled: bool) -> None:
    assert cancelled_by(post, "correction") == ("correction" if cancelled else None)


@pytest.mark.parametrize(
    ("post", "cancelled"),
    [
        ("Có bắt cóc ở chợ à?", True),
        ("Bắt cóc có thật không mọi người", True),
        ("Bắt cóc phải không", True),
        ("bat coc dung khong", True),
        ("Ai biết gì? Bắt cóc ở chợ", False),
        ("Bắt cóc ở chợ. Đúng không?", False),
    ],
)
def test_questions_cover_their_sentence(post: str, cancelled: bool) -> None:
    assert cancelled_by(post, "question") == ("question" if cancelled else None)


@pytest.mark.parametrize(
    ("post", "cancelled"),
    [
        ("Bà kể “tối qua có kẻ bắt cóc ở chợ” rồi cười", True),
        ('Bà kể "tối qua có kẻ bắt cóc ở chợ" rồi cười', True),
        ("Bà kể «tối qua có kẻ bắt cóc ở chợ» rồi cười", True),
        ("Vụ “bắt cóc” ở chợ tối qua", False),
        ("Bà kể “tối qua có kẻ bắt cóc ở chợ", False),
        ("“Tối qua trời mưa to lắm” bắt cóc “sáng nay trời đẹp lắm”", False),
    ],
)
def test_quotations_of_some_length_cover_what_is_inside(post: str, cancelled: bool) -> None:
    assert cancelled_by(post, "quotation") == ("quotation" if cancelled else None)


@pytest.mark.parametrize(
    ("post", "cancelled"),
    [("Làm như bắt cóc vậy", True), ("Nhìn cứ như là bắt cóc", True), ("Như tin trên, có bắt cóc", False)],
)
def test_comparisons_directly_before_a_hit_are_figurative(post: str, cancelled: bool) -> None:
    assert cancelled_by(post, "figurative") == ("figurative" if cancelled else None)


def test_only_the_scopes_of_an_entry_cancel_it() -> None:
    assert cancelled_by("Không bắt cóc, tin giả phải không?") is None
    assert cancelled_by("Không bắt cóc, tin giả phải không?", "question", "negation") == "question"


@pytest.mark.parametrize("name", CUES + TOPICS)
def test_corrections_cancel_raising_cues_unless_told_otherwise(name: str) -> None:
    kind = "cue" if name in CUES else "topic"
    entry = rule("a b", id=f"{name}.x", kind=kind).entry
    assert scopes_of(kind, name, entry) == (("correction",) if name in RAISING_CUES else ())
    told = msgspec.structs.replace(entry, cancelled_by=("question",))
    assert scopes_of(kind, name, told) == ("question",)


def test_hits_in_spelled_out_teencode_have_scopes_too() -> None:
    source = rule("người ta nói", cancelled_by=("correction", "negation"))
    (hit,) = find("Đính chính: ng ta nói sai. Hết.", source)
    assert (hit.view, hit.cancelled_by) == ("expanded", "correction")
    (far,) = find("Tin giả. Mai đi chơi nhé. ng ta nói mưa", source)
    assert (far.view, far.cancelled_by) == ("expanded", None)
    (denied,) = find("ng ta hỏi. Không phải ng ta nói", rule("người ta nói", cancelled_by=("negation",)))
    assert denied.cancelled_by == "negation"


def test_scopes_of_spelled_out_teencode_are_those_of_its_place_in_the_post() -> None:
    source = rule("người ta nói", cancelled_by=("correction",))
    longer_when_spelled_out = "ko " * 8
    (before,) = find(f"{longer_when_spelled_out}ng ta nói. Hết. Mai đi chơi xa. Tin giả", source)
    assert (before.view, before.cancelled_by) == ("expanded", None)
    (within,) = find(f"Tin giả: {longer_when_spelled_out}ng ta nói. Ừ. Hết. Mai đi chơi xa", source)
    assert (within.view, within.cancelled_by) == ("expanded", "correction")
