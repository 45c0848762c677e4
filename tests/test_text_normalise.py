"""Every kind of noise that the normal view repairs, what it must leave alone, and what holds for any text."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flagger.text import AlignedText, PreparedPost, prepare, words

MARKS = "\u0300\u0301\u0302\u0303\u0306\u0309\u031b\u0323\u0336\u034f\u0344"
ODD = "\u200b\u200d\ufeff\u00ad\u202e\ufe0f\u00a0\u3000\u2028\r\n\t ａ𝐚ⓐᴄаоİıÐđ#_.-@0134😂🇻🇳"
SCRIPTS = "\u05d0\u0628\u1100\u1161\u0e01\u0e34"
anything = st.text(st.characters(), max_size=60)
noisy = st.text(st.sampled_from("aAeêốơưyhnggtckqGI" + MARKS + ODD + SCRIPTS), max_size=60)
SENTENCE = "Mọi người ơi, hòa bình ở phường Thủy Xuân đang ngập sâu; khoẻ chưa? Quý vị chia sẻ giúp em với ạ!"
vietnamese = st.lists(st.sampled_from(SENTENCE.split()), min_size=1, max_size=12).map(" ".join)


def views(prepared: PreparedPost) -> list[AlignedText]:
    return [view for view in (prepared.normal, prepared.plain, prepared.expanded) if view is not None]


@pytest.mark.parametrize(
    ("post", "normal"),
    [
        # composition and case
        (unicodedata.normalize("NFD", "Tiếng Việt"), "tiếng việt"),
        ("ĐÀ NẴNG", "đà nẵng"),
        ("İstanbul", "istanbul"),
        # invisible characters and spaces
        ("ch\u200bế\u00adt\ufeff", "chết"),
        ("\u202etử\u202c vong", "tử vong"),
        ("cứu\u00a0hộ\u3000gấp\tnhé", "cứu hộ gấp nhé"),
        ("một\r\nhai\rba\u2028bốn", "một\nhai\nba\nbốn"),
        ("gấp\x00\x07", "gấp"),
        ("❤\ufe0f cứu", "❤ cứu"),
        # styled letters
        ("ｃｈｉａ ｓẻ", "chia sẻ"),
        ("𝐜𝐡𝐢𝐚 𝓼ẻ", "chia sẻ"),
        ("𝐜𝐡𝐞\u0302\u0301𝐭", "chết"),
        ("ⓒⓗⓔⓣ", "chet"),
        ("ᴄʜếᴛ", "chết"),
        ("c\u0336h\u0336ế\u0336t\u0336", "chết"),
        # look-alikes
        ("сhết", "chết"),
        ("bắt соc", "bắt coc"),
        ("bο\u0323n", "bọn"),
        ("Ðà Nẵng ðã", "đà nẵng đã"),
        ("tin кhẩn", "tin khẩn"),
        ("са nhіễm", "ca nhiễm"),
        ("ѕе̉ chia", "sẻ chia"),
        ("ⅽhⅰa sẻ", "chia sẻ"),
        ("ⁿᵍʰᵉ ˡᵃ", "nghe la"),
        ("⒩⒢⒣⒠ 🄐", "nghe a"),
        # the place of the tone
        ("hoà", "hòa"),
        ("hòa", "hòa"),
        ("thuý", "thúy"),
        ("khoẻ", "khỏe"),
        ("huỷ", "hủy"),
        ("qúy", "quý"),
        ("quý", "quý"),
        ("gía", "giá"),
        ("giá gì", "giá gì"),
        ("hòan", "hoàn"),
        ("cuả taị", "của tại"),
        ("quả quá quí giữa giúp", "quả quá quí giữa giúp"),
        # drawn-out letters
        ("gấpppp", "gấp"),
        ("trờiiii ơiiii", "trời ơi"),
        ("hoàaaa", "hòa"),
        ("gấaap", "gấp"),
        ("rồii", "rồi"),
        ("kooo", "ko"),
        ("trưưưước giấuuuuu buuuuôn", "trước giấu buôn"),
        # digits for letters
        ("n0i", "noi"),
        ("kh0ng", "khong"),
        ("ch1a s3", "chia s3"),
        ("ch0", "cho"),
        ("ngh3 nói", "nghe nói"),
        # letters apart
        ("ch.ế.t", "chết"),
        ("t.ử v.o.n.g", "tử vong"),
        ("b-ắ-t c-ó-c", "bắt cóc"),
        ("c h i a  s ẻ", "chia  sẻ"),
        ("c h i a s ẻ g ấ p", "chia sẻ gấp"),
        ("đọc ch.i.a s.ẻ rộng", "đọc chia sẻ rộng"),
        ("n.g.ư.ờ.i", "người"),
        ("n–g–h–e n…ó…i", "nghe nói"),
        ("c●h●i●a s!ẻ!", "chia sẻ!"),
        ("b🔥ả🔥o", "bảo"),
        ("C.H.Ế.T", "chết"),
        ("bắt_cóc", "bắt cóc"),
        ("_nghe nói_ __gấp__", " nghe nói    gấp  "),
        ("n_g_h_e n_ói", "nghe nói"),
        # words together
        ("#ĐắkNông", "#đắk nông"),
        ("#ChiaSeGap", "#chia se gap"),
        ("#bắt_cóc", "#bắt cóc"),
        ("Sơn LaCác em", "sơn la các em"),
        ("nGhE NóI XóA GiẬt", "nghe nói xóa giật"),
    ],
)
def test_repairs(post, normal):
    assert prepare(post).normal.text == normal


@pytest.mark.parametrize(
    "post",
    [
        "xoong boong",
        "google app facebook",
        "viii iii xxx",
        "cccd pccc kkk",
        "chờ... sao?!! 1000000",
        "covid19 h5n1 f0 q1 b52 2k 4g 5h30 k8",
        "t.p u.b.n.d v.v. t.ư",
        "12.5.2020 1.800 0-1-2",
        "a, b, c",
        "x y z",
        "a o e",
        "https://a.vn/bat_coc/chetttt?n0i=ch1a",
        "ten.toi_la@thu.vn",
        "@bat_coc",
        "#chiasegap",
        "<url> <phone>",
        "đường ơn thuở",
        "москва",
        "о том и не то",
        "και τι ώρα",
        "nh3 gây ngạt",
        "^_^ -_- ____",
        "αβγ",
        "😂👍🇻🇳",
    ],
)
def test_leaves_alone(post):
    prepared = prepare(post)
    assert prepared.normal.text == post
    assert prepared.normal.starts is None


@pytest.mark.parametrize("post", ["T.P HCM", "U.S.A", "B.O.T", "#YouTube", "iPhone", "H1A", "VIII"])
def test_abbreviations_and_brands_change_case_only(post):
    assert prepare(post).normal.text == post.lower()


@pytest.mark.parametrize(
    ("post", "written", "shown"),
    [
        ("Bị ch.ế.t rồi", "chết", "ch.ế.t"),
        ("nó t.ử v.o.n.g", "vong", "v.o.n.g"),
        ("c h i a s ẻ ngay", "sẻ", "s ẻ"),
        ("ơi gấpppp quá", "gấp", "gấpppp"),
        ("x\u200bin ch\u200bào", "chào", "ch\u200bào"),
        (unicodedata.normalize("NFD", "ở Huế"), "huế", unicodedata.normalize("NFD", "Huế")),
        ("ở #ĐắkNông", "nông", "Nông"),
        ("İn đậm", "đậm", "đậm"),
    ],
)
def test_spans_lead_back_to_the_post(post, written, shown):
    normal = prepare(post).normal
    start = normal.text.index(written)
    begin, end = normal.original_span(start, start + len(written))
    assert post[begin:end] == shown


@pytest.mark.parametrize(
    ("post", "expanded"),
    [
        ("ko biết j", "không biết gì"),
        ("mn ơi đc chưa", "mọi người ơi được chưa"),
        ("SĐT của ngta", "số điện thoại của người ta"),
        ("kooo", "không"),
        ("cứu ng, gấp r", "cứu người, gấp rồi"),
    ],
)
def test_expands_teencode(post, expanded):
    view = prepare(post).expanded
    assert view is not None
    assert view.text == expanded


@pytest.mark.parametrize(
    "post", ["không biết gì", "20 k", "Ng. Văn A", "ju-ae", "ck nc ntn", "một kg", "https://a.vn/ko", "", "kkk"]
)
def test_expands_nothing_else(post):
    assert prepare(post).expanded is None


def test_expanded_spans_lead_back_to_the_post():
    post = "Nhà k đc cứu"
    view = prepare(post).expanded
    assert view is not None
    start = view.text.index("được")
    assert view.original_span(start, start + 4) == (6, 8)


@pytest.mark.parametrize(
    ("post", "has"),
    [
        ("Mọi người ơi", True),
        ("moi nguoi oi", False),
        ("", False),
        ("ông A noi la " + "khong ai biet chuyen nay dau nhe " * 10, False),
    ],
)
def test_has_diacritics(post, has):
    assert prepare(post).has_diacritics is has


def test_a_clean_post_carries_no_maps():
    prepared = prepare(SENTENCE)
    assert prepared.normal.starts is None
    assert prepared.plain.starts is None
    assert prepared.expanded is None


@pytest.mark.parametrize(
    "post",
    [
        "\ud800",
        "a\udfffb",
        "\u0301",
        "\u0301" * 1000,
        "e" + "\u0323\u0301\u0316" * 1000,
        "İ" * 50,
        "\x00",
        "\u1100\u1161\u11a8",
        "a." * 500,
    ],
)
def test_odd_posts_do_not_raise(post):
    prepared = prepare(post)
    assert prepared.original == post
    assert len(prepared.plain.text) == len(prepared.normal.text)


@settings(max_examples=400, deadline=None)
@given(st.one_of(anything, noisy))
def test_maps_hold_for_any_text(post):
    prepared = prepare(post)
    assert len(prepared.plain.text) == len(prepared.normal.text)
    for view in views(prepared):
        assert view.is_monotonic()
        for start, end in words(view.text):
            begin, finish = view.original_span(start, end)
            assert 0 <= begin <= finish <= len(post)
    for start, end in prepared.sentences:
        assert prepared.normal.text[start:end].strip() == prepared.normal.text[start:end] != ""


@settings(max_examples=400, deadline=None)
@given(st.one_of(anything, noisy, vietnamese))
def test_composed_and_decomposed_posts_read_the_same(post):
    composed = prepare(unicodedata.normalize("NFC", post)).normal.text
    assert prepare(unicodedata.normalize("NFD", post)).normal.text == composed


@settings(deadline=None)
@given(vietnamese)
def test_normal_text_is_settled(post):
    once = prepare(post).normal.text
    assert prepare(once).normal.text == once


@settings(max_examples=200, deadline=None)
@given(vietnamese, st.sampled_from("\u200b\u00ad\u2060"), st.integers(0, 100))
def test_invisible_characters_change_nothing(post, invisible, position):
    position %= len(post) + 1
    assert prepare(post[:position] + invisible + post[position:]).normal.text == prepare(post).normal.text


@pytest.mark.parametrize(
    ("old", "new"), [("hòa", "hoà"), ("thúy", "thuý"), ("khỏe", "khoẻ"), ("lũy", "luỹ"), ("tọa", "toạ")]
)
def test_tone_styles_read_the_same(old, new):
    assert prepare(f"Xã {old}, {old}.").normal.text == prepare(f"Xã {new}, {new.upper()}.").normal.text
