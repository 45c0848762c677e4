"""The shipped rules: they pass their own check, cover the vocabulary, and leave opinion alone."""

from __future__ import annotations

from collections import Counter

import pytest

from flagger.lexicon import Lexicon, LexiconMatcher, active, check_lexicon
from flagger.lexicon.compiled import DATA_FOLDER
from flagger.text import prepare
from flagger.vocabulary import CUES, RAISING_CUES, TOPICS


@pytest.fixture(scope="module")
def shipped() -> Lexicon:
    return Lexicon.default()


@pytest.fixture(scope="module")
def matcher(shipped: Lexicon) -> LexiconMatcher:
    return LexiconMatcher(shipped)


def test_the_check_finds_no_problem(shipped: Lexicon) -> None:
    report = check_lexicon(shipped)
    assert [f"{problem.entry_id}: {problem.kind}: {problem.message}" for problem in report.problems] == []
    assert report.ok


def test_no_rule_is_too_broad_for_ordinary_posts(shipped: Lexicon, sample_posts: list[str]) -> None:
    corpus = [*sample_posts, *(text for rule in shipped.rules for text in rule.entry.negative)]
    report = check_lexicon(shipped, corpus=corpus)
    assert report.hit_rates
    assert [problem for problem in report.problems if problem.kind == "broad"] == []


@pytest.mark.parametrize(("kind", "name"), [("cue", name) for name in CUES] + [("topic", name) for name in TOPICS])
def test_every_cue_and_topic_has_rules(shipped: Lexicon, kind: str, name: str) -> None:
    assert Counter((rule.kind, rule.name) for rule in shipped.rules)[kind, name] >= 3


@pytest.mark.parametrize("folder", ["cues", "topics"])
def test_each_file_is_named_for_what_it_holds(folder: str) -> None:
    names = CUES if folder == "cues" else TOPICS
    assert sorted(path.name for path in (DATA_FOLDER / folder).iterdir()) == sorted(f"{name}.yaml" for name in names)


@pytest.mark.parametrize(
    ("post", "names"),
    [
        ("Nghe nói ở Thanh Oai có vụ bắt cóc trẻ em, chia sẻ gấp!", {"hearsay", "urgent_share", "child_safety"}),
        ("Nghe noi o Thanh Oai co vu bat coc tre em, chia se gap!", {"hearsay", "urgent_share", "child_safety"}),
        ("NGHE NÓI Ở THANH OAI CÓ VỤ BẮT CÓC TRẺ EM, CHIA SẺ GẤP!", {"hearsay", "urgent_share", "child_safety"}),
    ],
)
def test_a_rumour_is_recognised_however_it_is_typed(matcher: LexiconMatcher, post: str, names: set[str]) -> None:
    assert names <= {hit.name for hit in active(matcher.find(prepare(post)))}


@pytest.mark.parametrize(
    "post",
    [
        "Đường trước nhà tôi xuống cấp ba năm nay, gửi đơn mãi mà phường không trả lời.",
        "Tôi không đồng ý với cách thu phí này, mong thành phố xem lại.",
        "Đội bóng đá quá tệ, huấn luyện viên nên nghỉ.",
        "Cảm ơn các anh dân phòng đã dọn dẹp sau hội chợ.",
        "Chính sách mới làm người bán hàng rong khổ thêm, nói thật là tôi thất vọng.",
        "Ký tên vào đơn kiến nghị giữ lại hàng cây trước trường nhé mọi người.",
        "Ông ấy hứa nhiều làm ít, nhiệm kỳ nào cũng vậy.",
    ],
)
def test_opinion_complaint_and_petition_raise_nothing(matcher: LexiconMatcher, post: str) -> None:
    hits = active(matcher.find(prepare(post)))
    assert [(hit.entry_id, hit.text) for hit in hits if hit.kind == "topic" or hit.name in RAISING_CUES] == []


def test_nobody_is_named_as_source_by_a_denial(matcher: LexiconMatcher) -> None:
    hits = active(matcher.find(prepare("Hỏi mãi mà không ai cho biết lý do.")))
    assert "named_source" not in {hit.name for hit in hits}
