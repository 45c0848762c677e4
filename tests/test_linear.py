"""Hashed n-grams and the linear heads over them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flagger import Flagger
from flagger.linear.model import LinearModel
from flagger.linear.ngrams import BUCKETS, count, occurrences
from flagger.linear.packing import pack, unpack
from flagger.text import prepare


def buckets(post: str) -> set[int]:
    return set(occurrences([prepare(post)]).buckets.tolist())


@settings(max_examples=100, deadline=None)
@given(posts=st.lists(st.text(max_size=80), min_size=1, max_size=6))
def test_ngrams_of_a_post_do_not_depend_on_its_batch(posts: list[str]) -> None:
    together = occurrences([prepare(post) for post in posts])
    for row, post in enumerate(posts):
        alone = occurrences([prepare(post)])
        mine = together.rows == row
        assert sorted(zip(together.buckets[mine], together.starts[mine], together.ends[mine], strict=True)) == sorted(
            zip(alone.buckets, alone.starts, alone.ends, strict=True)
        )
        assert (alone.buckets >= 0).all()
        assert (alone.buckets < BUCKETS).all()
        assert (alone.starts <= alone.ends).all()
        assert (alone.ends <= len(prepare(post).masked)).all()


def test_same_words_share_buckets_wherever_they_stand() -> None:
    assert buckets("nghe nói") <= buckets("hôm qua nghe nói vậy")
    assert not buckets("nghe nói") <= buckets("hôm qua trời mưa")


def test_white_space_between_words_does_not_matter_for_word_pairs() -> None:
    shared = buckets("nghe nói") & buckets("nghe\n nói")
    single = buckets("nghe") | buckets("nói")
    assert shared - single


def test_missing_diacritics_keep_a_part_of_the_ngrams() -> None:
    assert len(buckets("chia sẻ gấp") & buckets("chia se gap")) >= 5


def test_counts_are_sorted_and_complete() -> None:
    posts = [prepare("gà gà gà"), prepare("")]
    counts = count(occurrences(posts), 2)
    assert counts.counts.max() >= 3
    assert set(counts.rows.tolist()) == {0}
    assert counts.counts.sum() == len(occurrences(posts).rows)


def tiny_model() -> LinearModel:
    found = count(occurrences([prepare("tin đồn lan nhanh")]), 1)
    kept = np.unique(found.buckets).astype(np.uint32)
    rng = np.random.default_rng(0)
    return LinearModel(
        outputs=("first", "second"),
        buckets=kept,
        document_frequency_weights=rng.uniform(1, 3, len(kept)).astype(np.float32),
        weights=rng.integers(-127, 127, (len(kept), 2)).astype(np.int8),
        scales=np.array([0.01, 0.02], dtype=np.float32),
        intercepts=np.array([-1.0, 0.5], dtype=np.float32),
    )


@pytest.mark.parametrize("post", ["tin đồn lan nhanh", "tin đồn tin đồn khác", "không có gì chung", ""])
def test_shares_add_up_to_the_logits(post: str) -> None:
    model = tiny_model()
    prepared = prepare(post)
    (shares,) = model.running_shares([prepared], {"first": 2.0, "second": -1.0})
    first, second = model.logits([prepared])[0] - model.intercepts
    assert len(shares) == len(prepared.masked) + 1
    assert shares[-1] == pytest.approx(2.0 * first - second, abs=1e-9)


def test_no_posts_no_logits(flagger: Flagger) -> None:
    assert tiny_model().logits([]).shape == (0, 2)
    assert list(flagger.score_many([])) == []


@settings(max_examples=50, deadline=None)
@given(data=st.data(), kept=st.integers(0, 40), heads=st.integers(1, 5))
def test_packing_loses_nothing(data: st.DataObject, kept: int, heads: int) -> None:
    buckets = data.draw(st.sets(st.integers(0, BUCKETS - 1), min_size=kept, max_size=kept))
    random = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    model = LinearModel(
        outputs=tuple(f"head {number}" for number in range(heads)),
        buckets=np.array(sorted(buckets), dtype=np.uint32),
        document_frequency_weights=random.choice(np.array([0.5, 1.7, 9.3], dtype=np.float32), kept),
        weights=random.integers(-3, 4, (kept, heads)).astype(np.int8),
        scales=random.random(heads).astype(np.float32),
        intercepts=random.normal(size=heads).astype(np.float32),
    )
    again = unpack(pack(model), model.outputs)
    for name in ("buckets", "document_frequency_weights", "weights", "scales", "intercepts"):
        stored, found = getattr(model, name), getattr(again, name)
        assert stored.dtype == found.dtype
        np.testing.assert_array_equal(stored, found)


def test_packing_keeps_more_frequencies_than_a_byte_tells_apart() -> None:
    kept = 700
    weights = np.linspace(9.0, 1.0, 300, dtype=np.float32)
    model = LinearModel(
        outputs=("head",),
        buckets=np.arange(kept, dtype=np.uint32),
        document_frequency_weights=np.random.default_rng(0).permutation(np.resize(weights, kept)),
        weights=np.ones((kept, 1), dtype=np.int8),
        scales=np.ones(1, dtype=np.float32),
        intercepts=np.zeros(1, dtype=np.float32),
    )
    packed = pack(model)
    assert packed["frequency_numbers"].dtype == np.uint8
    assert len(packed["large_frequency_numbers"]) > 45
    np.testing.assert_array_equal(
        unpack(packed, model.outputs).document_frequency_weights, model.document_frequency_weights
    )
    with pytest.raises(ValueError, match="large numbers of frequencies"):
        unpack({**packed, "large_frequency_numbers": np.zeros(1, dtype=np.uint16)}, model.outputs)


@pytest.mark.parametrize(
    ("name", "changed", "message"),
    [
        ("gaps", np.zeros(3), "'gaps' is float64"),
        ("gaps", np.ones(3, dtype=np.uint8), "do not fit"),
        ("values", np.ones(1, dtype=np.int8), "do not fit"),
        ("values", np.ones(1, dtype=np.int16), "'values' is int16"),
        ("scales", np.ones(2), "'scales' is float64"),
        ("scales", np.ones(7, dtype=np.float32), "heads do not fit"),
        ("frequency_weights", np.zeros(0, dtype=np.float32), "point beyond"),
    ],
)
def test_packed_arrays_that_do_not_fit(name: str, changed: np.ndarray, message: str) -> None:
    model = tiny_model()
    with pytest.raises(ValueError, match=message):
        unpack({**pack(model), name: changed}, model.outputs)
