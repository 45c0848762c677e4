"""Where sentences end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flagger.text import sentence_spans


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("xong rồi. đi thôi! sao?", ["xong rồi.", "đi thôi!", "sao?"]),
        ("một\nhai\n\nba", ["một", "hai", "ba"]),
        ("ở tp.hcm và q.9 giá 1.800 đồng", ["ở tp.hcm và q.9 giá 1.800 đồng"]),
        ("ở tp. hcm, ths. a", ["ở tp. hcm, ths. a"]),
        ("rau, thịt, v.v. và cá", ["rau, thịt, v.v. và cá"]),
        ('chờ… rồi sao?!! "đi." nhé', ["chờ…", "rồi sao?!!", '"đi."', "nhé"]),
        ("xong rồi.đi thôi", ["xong rồi.", "đi thôi"]),
        ("sao?không", ["sao?", "không"]),
        ("đi ạ. về", ["đi ạ.", "về"]),
        ("1. đi\n2. về", ["1. đi", "2. về"]),
        ("năm 2020. hết", ["năm 2020.", "hết"]),
        ("xem https://a.vn/x?y=1 nhé", ["xem https://a.vn/x?y=1 nhé"]),
        ("  ", []),
        ("", []),
    ],
)
def test_sentences(text, sentences):
    assert [text[start:end] for start, end in sentence_spans(text)] == sentences


@given(st.text(st.sampled_from("aạ1 \n.!?…\"')\u3000")))
def test_sentences_cover_all_that_is_visible(text):
    covered = set()
    previous = 0
    for start, end in sentence_spans(text):
        assert previous <= start < end
        previous = end
        covered.update(range(start, end))
    assert all(position in covered for position, character in enumerate(text) if not character.isspace())
