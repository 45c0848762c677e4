"""Windows of long posts, and masks for links, addresses and numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flagger.text import prepare
from flagger.text.windows import windows


@given(post=st.text(max_size=400), length=st.integers(min_value=2, max_value=50))
def test_windows_cover_the_post_without_gap_or_overlap(post: str, length: int) -> None:
    spans = windows(post, length=length)
    assert "".join(post[start:end] for start, end in spans) == post
    assert all(end - start <= length for start, end in spans)
    assert len(spans) == 1 or all(start < end for start, end in spans)


def test_windows_do_not_part_names_where_they_need_not() -> None:
    post = "từ " * 14 + "tại Hà Nội " + "từ " * 20
    assert all("Hà" not in post[start:end] or "Hà Nội" in post[start:end] for start, end in windows(post, length=50))


def test_windows_end_with_sentences_where_they_can() -> None:
    post = "Câu một. " * 20
    assert all(post[start:end].endswith(". ") for start, end in windows(post, length=50))


QUIET = {"!": ".", "!!!!": ".", "?!?!": "?", "???": "?", "?": "?", "...": "..."}


@pytest.mark.parametrize(
    ("post", "masked"),
    [
        ("xem https://example.vn/a?b=1 nha", "xem <url> nha"),
        ("xem www.example.vn nha", "xem <url> nha"),
        ("gọi 0912 345 678 ngay", "gọi <phone> ngay"),
        ("gọi +84912345678 ngay", "gọi <phone> ngay"),
        ("gửi ban.doc@example.vn nhé", "gửi <email> nhé"),
        ("năm 2020 có 1.800.000 người", "năm 2020 có 1.800.000 người"),
        ("ngày 02/09/2025", "ngày 02/09/2025"),
    ],
)
def test_masks(post: str, masked: str) -> None:
    prepared = prepare(post)
    assert prepared.masked.text == masked
    assert len(prepared.masked_plain) == len(prepared.masked)
    assert prepared.normal.text == post
    assert all(prepare(post + mark).masked.text == masked + quiet for mark, quiet in QUIET.items())
    start = prepared.masked.text.find("<")
    if start >= 0:
        first, last = prepared.masked.original_span(start, prepared.masked.text.index(">") + 1)
        assert post[first:last] not in ("", post)
        assert not post[first:last].endswith(" ")
