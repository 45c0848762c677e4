import pytest
from hypothesis import given
from hypothesis import strategies as st

from flagger.text import prepare
from flagger.text.separators import _SEPARATED, ENCLOSED

RUMOUR = "nghe nói có vụ bắt cóc"


@pytest.mark.parametrize(
    ("post", "normal"),
    [
        # a sign or an emoji inside a word
        ("b.ắt c.óc", "bắt cóc"),
        ("b*ắt c*óc", "bắt cóc"),
        ("b-ắt c-óc", "bắt cóc"),
        ("b/ắt c/óc", "bắt cóc"),
        ("b😱ắt c🔥óc", "bắt cóc"),
        ("n(ghe n[ói", "nghe nói"),
        ("t.hanh", "thanh"),
        ("s.ẻ l/à b–ị t...ù", "sẻ là bị tù"),
        ("b\u3164ắt c\u3164óc", "bắt cóc"),
        # signs for spaces
        ("nghe.nói.có.vụ.bắt.cóc", RUMOUR),
        ("nghe|nói|có|vụ|bắt|cóc", RUMOUR),
        ("nghe . nói . có . vụ . bắt . cóc", RUMOUR),
        ("nghe 😱 nói 😱 có 😱 vụ 😱 bắt 😱 cóc", RUMOUR),
        ("nghe\nnói\ncó\nvụ\nbắt\ncóc", RUMOUR),
        ("nghe, nói, có, vụ, bắt, cóc", RUMOUR),
        ("#nghe #nói #có #vụ #bắt #cóc", "#" + RUMOUR),
        ("bắt*cóc", "bắt cóc"),
        # no spaces
        ("nghenóicóvụbắtcóc", RUMOUR),
        ("bắtcóc", "bắt cóc"),
        ("matúy sạtlở", "ma túy sạt lở"),
        # marks that Vietnamese has not
        ("b\u0308ắt cóc trẻ ëm", "bắt cóc trẻ em"),
    ],
)
def test_repairs(post, normal):
    assert prepare(post).normal.text == normal


@pytest.mark.parametrize(
    "post",
    [
        "anh/chị",
        "vắc-xin",
        "vắcxin",
        "virút",
        "t.ư",
        "bài 1–bài 2",
        "km/h",
        "e-mail",
        "u.b.n.d",
        "v.v.",
        "bà rịa-vũng tàu",
        "gà, vịt, cá",
        "một\nhai\nba\nbốn",
        "https://a.b.c/bắt.cóc",
        "#bão",
        "node.js",
        "xong rồi. mai đi. tốt.",
    ],
)
def test_leaves_alone(post):
    assert prepare(post).normal.text == post


@pytest.mark.parametrize("post", ["T.Anh", "Q.Ba", "P.An", "U.S.A", "B.O.T", "TP.HCM"])
def test_initials_stay(post):
    assert prepare(post).normal.text == post.lower()


@given(st.text(alphabet="nghe bắtcóc.|*#/-😱\n,(@"))
def test_every_span_maps_into_the_post(post):
    view = prepare(post).normal
    spans = [view.original_span(place, place + 1) for place in range(len(view))]
    assert all(0 <= start <= end <= len(post) for start, end in spans)
    assert view.is_monotonic()


@given(st.text(alphabet="aốB .,;:\n-|#()…→🔥·", max_size=60))
def test_nothing_is_separated_without_a_word_between_two_separators(text: str) -> None:
    if _SEPARATED.search(text):
        assert ENCLOSED.search(text)
    assert _SEPARATED.search("nghe | nói | ở | đây")
    assert not ENCLOSED.search("nghe nói, ở đây. Xong")
