"""Matching: boundaries, views, scopes, contexts, true offsets."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flagger.lexicon import Lexicon, LexiconHit, LexiconMatcher, active, check_lexicon, load_lexicon
from flagger.text import prepare
from flagger.vocabulary import CUES, TOPICS

RULES = """kind: topic
name: accident
entries:
  - id: accident.fire
    patterns: ["cháy", "cháy nhà", "bà hỏa"]
    not_before: ["vé", "hết mình"]
    not_after: ["nắng"]
    cancelled_by: [negation, question, quotation]
    positive: ["Cháy ở cuối ngõ"]
    negative: ["Cháy vé rồi"]
  - id: accident.crash
    patterns: ["tông xe", "tai nạn"]
    regexes: ['\\d+ người (?:chết|bị thương)']
    positive: ["Tông xe ở ngã tư, 3 người bị thương"]
    negative: ["Xe chạy êm"]
"""


@pytest.fixture(scope="module")
def matcher(tmp_path_factory: pytest.TempPathFactory) -> LexiconMatcher:
    folder: Path = tmp_path_factory.mktemp("rules")
    (folder / "accident.yaml").write_text(RULES, encoding="utf-8")
    return LexiconMatcher(load_lexicon(folder))


@pytest.fixture(scope="module")
def shipped() -> LexiconMatcher:
    return LexiconMatcher(Lexicon.default())


def found(matcher: LexiconMatcher, post: str) -> list[LexiconHit]:
    return matcher.find(prepare(post))


@pytest.mark.parametrize(
    ("post", "texts"),
    [
        ("Cháy ở cuối ngõ", ["Cháy"]),
        ("CHÁY NHÀ rồi bà con ơi", ["CHÁY NHÀ"]),
        ("cháyyyy to lắm", ["cháyyyy"]),
        ("Nước chảy qua cầu", []),
        ("chay bộ", []),
        ("xcháy cháyx", []),
        ("tong xe o nga tu", ["tong xe"]),
        ("tống xe về quê", []),
        ("t.ô.n.g xe ngay cầu", ["t.ô.n.g xe"]),
        ("Có 3 người chết, 12 người bị thương", ["3 người chết", "12 người bị thương"]),
        ("tai\nnạn", ["tai\nnạn"]),
    ],
)
def test_what_is_found(matcher: LexiconMatcher, post: str, texts: list[str]) -> None:
    assert [hit.text for hit in active(found(matcher, post))] == texts


@pytest.mark.parametrize(
    ("post", "reason"),
    [
        ("Cháy vé từ sáng", "context"),
        ("Trời nắng cháy da", "context"),
        ("Làm gì có chuyện cháy ở đây", "negation"),
        ("Không hề cháy nhà nào", "negation"),
        ("Có cháy không mọi người?", "question"),
        ("Vở kịch có tên “Ngọn lửa và đêm cháy nhà xưa” rất hay", "quotation"),
        ("Cháy ở cuối ngõ. Ai biết không?", None),
        ("Không sao cả. Cháy ở cuối ngõ", None),
    ],
)
def test_what_takes_the_meaning_away(matcher: LexiconMatcher, post: str, reason: str | None) -> None:
    (hit,) = found(matcher, post)
    assert hit.cancelled_by == reason


def test_a_denial_in_the_next_sentence_cancels_a_rumour_mark(shipped: LexiconMatcher) -> None:
    told = "Nghe đồn chợ sắp đóng cửa."
    assert any(hit.name == "hearsay" for hit in active(found(shipped, told)))
    corrected = found(shipped, told + " Ban quản lý bác bỏ thông tin này.")
    assert not any(hit.name == "hearsay" for hit in active(corrected))
    assert any(hit.name == "hearsay" and hit.cancelled_by == "correction" for hit in corrected)


def test_teencode_is_an_alternative_view(shipped: LexiconMatcher) -> None:
    hits = active(found(shipped, "nghe mọi ng nói đập sắp vỡ"))
    assert any(hit.name == "hearsay" for hit in hits)


@settings(max_examples=200, deadline=None)
@given(
    post=st.one_of(
        st.text(max_size=200),
        st.lists(
            st.sampled_from(
                [
                    "Nghe",
                    "nói",
                    "ch.á.y",
                    "nhà",
                    "gấppp",
                    "\u200b",
                    "o\u0302\u0301",
                    "ＣＨＩＡ",
                    "sẻ",
                    "“",
                    "”",
                    "?",
                    "\n",
                    "không",
                    "mn",
                    "share",
                ]
            ),
            max_size=30,
        ).map(" ".join),
    )
)
def test_offsets_are_true_for_any_text(shipped: LexiconMatcher, post: str) -> None:
    for hit in found(shipped, post):
        assert 0 <= hit.start < hit.end <= len(post)
        assert post[hit.start : hit.end] == hit.text


def test_the_shipped_lexicon_is_sound() -> None:
    report = check_lexicon(Lexicon.default())
    assert report.ok, [f"{problem.entry_id}: {problem.message}" for problem in report.problems]
    assert set(report.names) == {*CUES, *TOPICS}
    assert report.patterns > 1_000


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ('positive: ["Cháy ở cuối ngõ"]', 'positive: ["Yên ắng"]', "positive"),
        ('negative: ["Cháy vé rồi"]', 'negative: ["Cháy to"]', "negative"),
        ('"bà hỏa"]', '"bà hoả"]', "dead"),
        ('"tai nạn"]', '"tai nạn", "cháy nhà"]', "duplicate"),
    ],
)
def test_the_check_finds_what_is_wrong(tmp_path: Path, old: str, new: str, kind: str) -> None:
    (tmp_path / "accident.yaml").write_text(RULES, encoding="utf-8")
    assert check_lexicon(load_lexicon(tmp_path)).ok
    assert old in RULES
    (tmp_path / "accident.yaml").write_text(RULES.replace(old, new), encoding="utf-8")
    assert kind in {problem.kind for problem in check_lexicon(load_lexicon(tmp_path)).problems}


def test_the_check_finds_over_broad_entries(tmp_path: Path) -> None:
    (tmp_path / "accident.yaml").write_text(RULES, encoding="utf-8")
    lexicon = load_lexicon(tmp_path)
    corpus = ["Cháy to lắm"] * 100 + ["Trời mưa"] * 150
    report = check_lexicon(lexicon, corpus)
    assert [problem.kind for problem in report.problems] == ["broad"]
    assert report.hit_rates == {"accident.fire": 0.4}
