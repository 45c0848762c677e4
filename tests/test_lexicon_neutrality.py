"""The refusal: no rule about political stance or dissent gets in, however it is written."""

from __future__ import annotations

import unicodedata

import msgspec
import pytest
from lexicon_rules import rule

from flagger.errors import LexiconError
from flagger.lexicon import Lexicon, load_lexicon
from flagger.lexicon.neutrality import refusals, refused_in_expression, refused_term
from flagger.vocabulary import CUES, TOPICS


@pytest.mark.parametrize(
    "text",
    [
        "phản động",
        "bọn phản động",
        "phan dong",
        "thế lực thù địch",
        "the luc thu dich",
        "ba que",
        "bò đỏ",
        "dư luận viên",
        "việt tân",
        "dân chủ",
        "đảng",
        "nói xấu đảng",
        "đảng sâm",
        "chế độ",
        "biểu tình",
        "bieu tinh",
        "bieu tình",
        "biểu  tình",
        "Biểu Tình",
        "bất đồng chính kiến",
        "xuyên tạc",
        "chống phá",
        "hearsay.bieu_tinh",
        "finds dissent",
        "protesters",
        "anti-government posts",
        unicodedata.normalize("NFD", "biểu tình"),
    ],
)
def test_terms_of_stance_are_refused(text: str) -> None:
    assert refused_term(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "nghe nói",
        "đang cháy",
        "dang chay",
        "lũ người miền đó",
        "giết hết bọn nó",
        "đánh bom",
        "công an xã xác nhận",
        "bộ y tế",
        "dân chúng",
        "hearsay.nghe_noi",
        "expressed",
        "",
    ],
)
def test_rumour_harm_and_sources_stay_possible(text: str) -> None:
    assert refused_term(text) is None


@pytest.mark.parametrize(
    "expression",
    [
        "biểu tình",
        r"biểu\s+tình",
        r"\bđảng\b",
        r"(?:đi )?\bbiểu tình",
        "bi[eể]u t[iì]nh",
        "(biểu)( )(tình)",
        "b.ểu t.nh",
        "(?i)BIỂU TÌNH",
    ],
)
def test_expressions_hide_no_term(expression: str) -> None:
    assert refused_in_expression(expression) is not None


@pytest.mark.parametrize(
    "expression", ["[0-9]+ ca nhiễm", r"(?:^|\n)nghe đâu [^\s]", "tài kho[aả]n [a-z]{1,8} bị khóa"]
)
def test_other_expressions_are_fine(expression: str) -> None:
    assert refused_in_expression(expression) is None


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"id": "hearsay.dissent"}, ("id",)),
        ({"patterns": ("nghe nói", "nghe biểu tình")}, ("patterns", 1)),
        ({"regexes": ("a b", r"biểu\s+tình")}, ("regexes", 1)),
        ({"note": "for political posts"}, ("note",)),
    ],
)
def test_every_part_of_an_entry_is_looked_at(fields: dict[str, object], place: tuple[object, ...]) -> None:
    entry = msgspec.structs.replace(rule("nghe nói").entry, **fields)
    assert [found for found, _ in refusals(entry)] == [place]


def test_criticism_may_stand_in_negative_examples() -> None:
    assert (
        list(refusals(rule("nghe nói", negative=("Tôi phản đối chế độ thu phí này, ai đi biểu tình tôi đi",)).entry))
        == []
    )


def test_the_loader_refuses_and_explains(tmp_path) -> None:
    (tmp_path / "rules.yaml").write_text(
        'kind: topic\nname: violence\nentries:\n  - id: violence.crowd\n    patterns: ["biểu tình"]\n'
        '    positive: ["Họ biểu tình"]\n    negative: ["Họ về nhà"]\n',
        encoding="utf-8",
    )
    with pytest.raises(LexiconError, match=r"rules\.yaml:5: .*'biểu tình'.*refuses rules about political stance"):
        load_lexicon(tmp_path)


def test_the_shipped_lexicon_and_the_vocabulary_pass() -> None:
    found = [(entry.entry.id, *refusal) for entry in Lexicon.default().rules for refusal in refusals(entry.entry)]
    assert found == []
    assert [name for name in CUES + TOPICS if refused_term(name)] == []
