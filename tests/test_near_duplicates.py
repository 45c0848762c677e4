import tracemalloc

import numpy as np
import pytest

pytest.importorskip("rensa")

from flagger.near_duplicates import grouping
from flagger.near_duplicates.reading import group_posts
from flagger.near_duplicates.signatures import PERMUTATIONS, shingles

RUMOUR = (
    "Nghe nói chiều qua ở cổng trường tiểu học Thanh Oai có người lạ đi xe bán tải màu đen rủ mấy cháu nhỏ lên xe, "
    "phụ huynh trong xã đang truyền tai nhau, bà con chia sẻ gấp cho mọi người cùng biết mà giữ con"
)
OTHERS = [
    "Sáng nay trời mưa to, đường vào chợ ngập nửa bánh xe mà vẫn phải đi làm",
    "Quán phở đầu ngõ mới đổi chủ, nước dùng nhạt hơn trước nhiều",
    "Cho hỏi làm lại căn cước ở phường thì mất mấy ngày vậy cả nhà",
]


def grouped(posts, *, chunk=3):
    groups = group_posts(posts[begin : begin + chunk] for begin in range(0, len(posts), chunk))
    return groups.first.tolist(), groups.size.tolist()


def edits(post):
    words = post.split()
    return [
        post,
        post.upper(),
        f"{post}!!! 😭",
        " ".join(words[1:]),
        " ".join([*words[:10], "hôm kia", *words[11:]]),
        f"Cả nhà ơi. {post}",
    ]


def test_edited_copies_are_one_group_and_others_stand_alone():
    posts = [OTHERS[0], *edits(RUMOUR)[:3], OTHERS[1], *edits(RUMOUR)[3:], OTHERS[2]]
    first, size = grouped(posts)
    assert first == [0, 1, 1, 1, 4, 1, 1, 1, 8]
    assert size == [1, 6, 6, 6, 1, 6, 6, 6, 1]


@pytest.mark.parametrize("chunk", [1, 2, 7, 100])
def test_pieces_make_no_difference(chunk):
    posts = [*OTHERS, *edits(RUMOUR), *OTHERS]
    assert grouped(posts, chunk=chunk) == grouped(posts)


def test_rows_without_a_post_or_words_have_no_group():
    assert grouped([None, "", OTHERS[0], "  \n", OTHERS[0], None]) == ([-1, -1, 2, -1, 2, -1], [0, 0, 2, 0, 2, 0])


def test_many_marks_take_no_quadratic_time():
    """With marks in another order than the canonical one, composing 200,000 of them took an hour."""
    assert shingles("a" + "\u0301\u0323" * 100_000 + " b")


def test_memory_is_what_the_documentation_says(monkeypatch):
    monkeypatch.setattr(grouping, "_BLOCK", 512)
    posts = 40_000
    signatures = np.random.default_rng(5).integers(0, 2**32, (posts, PERMUTATIONS), dtype=np.uint32)
    signatures[1::2] = signatures[::2]
    tracemalloc.start()
    groups = grouping.group(signatures, np.ones(posts, dtype=np.bool_))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert set(groups.size.tolist()) == {2}
    # "About 40 bytes", and what a block takes.
    assert peak / posts < 55


def test_no_posts():
    assert grouped([]) == ([], [])


def test_a_rumour_copied_400_times_is_one_group():
    words = RUMOUR.split()
    generator = np.random.default_rng(5)
    copies = []
    for _ in range(400):
        copy = list(words)
        copy[generator.integers(len(copy))] = "ờ"
        copies.append(" ".join(copy))
    first, size = grouped([OTHERS[0], *copies], chunk=64)
    assert set(first[1:]) == {1}
    assert set(size[1:]) == {400}


@pytest.mark.parametrize(
    ("post", "expected"),
    [
        ("Chia sẻ GẤP!", ["chia se", "se gap"]),
        ("a b a b", ["a b", "b a"]),
        ("ok", ["ok"]),
        ("😭😭", ["😭😭"]),
        (" \n", []),
    ],
)
def test_shingles(post, expected):
    assert shingles(post) == expected
