"""Syllables, words and the splitting of joined letters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flagger.text.alphabet import strip_diacritics
from flagger.text.syllables import is_syllable, split_syllables, words

SYLLABLES = (
    "người nghiêng quốc quý gì giá giếng giết khuya khuỷu tuyết xoong boong thuở hòa hoà ước yêu ý kịch kỳ ghế "
    "nguoi khong chet quoc nghieng đường uống oai uyên huỳnh quẹt rượu muỗi thuyền loắt choắt"
)
OTHERS = "ok app hm tp ce ki3 ka ngê gha chêt bôc bóx đắkk ubnd covid youtube hoaà ngươi2 w f0 chia.sẻ Hà"


@pytest.mark.parametrize("token", SYLLABLES.split())
def test_accepts_syllables(token):
    assert is_syllable(token)


@pytest.mark.parametrize("token", [*OTHERS.split(), "", "một hai"])
def test_refuses_others(token):
    assert not is_syllable(token)


@pytest.mark.parametrize(
    ("letters", "syllables"),
    [
        ("chiasẻgấp", ["chia", "sẻ", "gấp"]),
        ("tửvong", ["tử", "vong"]),
        ("batcoc", ["bat", "coc"]),
        ("người", ["người"]),
        ("ởđâu", ["ở", "đâu"]),
        ("ubnd", None),
        ("oda", None),
        ("", None),
    ],
)
def test_splits_letters(letters, syllables):
    assert split_syllables(letters) == syllables


def test_words_are_runs_of_letters_and_digits():
    text = "ở q1, bắt_cóc!"
    assert [text[start:end] for start, end in words(text)] == ["ở", "q1", "bắt", "cóc"]


@given(st.text(st.characters()))
def test_plain_text_keeps_its_length(text):
    assert len(strip_diacritics(text)) == len(text)


@pytest.mark.parametrize("times", [1, 40])
def test_plain_text_of_every_vietnamese_letter(times):
    assert strip_diacritics("Đặng Ỹ ắ ở ữ ê đ ñ 1 中" * times) == "Dang Y a o u e d n 1 中" * times
