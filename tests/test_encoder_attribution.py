"""What the encoder is said to have read: true offsets, true shares, remembered answers, clear errors."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flagger import Flagger
from flagger.encoder.attribution import REMEMBERED, Attribution, Attributor
from flagger.encoder.model import Encoder
from flagger.errors import InputError, MissingExtraError
from flagger.text import prepare
from flagger.text.cased import cased
from flagger.text.syllables import words

RUMOUR = "Nghe nói ở Thanh Oai có vụ bắt cóc trẻ em, chia sẻ gấp cho mọi người cùng biết!"
ANY_TEXT = st.one_of(
    st.text(max_size=120),
    st.lists(
        st.sampled_from(
            [
                *RUMOUR.split(),
                "T.P",
                "kh0ng",
                "gấpppp",
                "e\u0302\u0301",
                "\u200b",
                "😀",
                "ﬁ",
                "İ",
                "ß",
                "\ud800",
                "\n",
                "“",
            ]
        ),
        max_size=30,
    ).map(" ".join),
)


class LoudGraph:
    """A graph whose logits follow from the pieces in a way that makes every part count."""

    def __init__(self, heads: int) -> None:
        self.heads = heads
        self.runs = 0

    def run(self, ids: list[int]) -> np.ndarray:
        self.runs += 1
        return np.array([sum(ids) * (head + 7) % 31 for head in range(self.heads)], dtype=np.float32)

    def run_many(self, sequences: list[list[int]]) -> np.ndarray:
        return np.stack([self.run(ids) for ids in sequences])


@pytest.fixture(scope="module")
def encoder(flagger: Flagger) -> Encoder:
    found = flagger.pipeline.encoder
    assert found is not None
    return found


@pytest.fixture
def loud(encoder: Encoder) -> Encoder:
    return replace(encoder, graph=LoudGraph(len(encoder.settings.heads)))


@pytest.fixture(scope="module")
def loud_flagger(flagger: Flagger, encoder: Encoder) -> Flagger:
    copy = object.__new__(Flagger)
    copy.__dict__.update(flagger.__dict__)
    loud = replace(encoder, graph=LoudGraph(len(encoder.settings.heads)))
    copy.pipeline = replace(flagger.pipeline, encoder=loud, attributor=Attributor(loud), exact=True)
    return copy


@settings(max_examples=150, deadline=None)
@given(post=ANY_TEXT)
def test_evidence_of_the_encoder_stands_in_any_text(loud_flagger: Flagger, post: str) -> None:
    result = loud_flagger.explain(post)
    for item in (*result.evidence, *result.places):
        assert 0 <= item.start < item.end <= len(post)
        assert post[item.start : item.end] == item.text


def test_the_encoder_gives_evidence(loud_flagger: Flagger) -> None:
    assert any(item.source == "encoder" for item in loud_flagger.explain(RUMOUR).evidence)


def test_occlusion_is_remembered(loud: Encoder) -> None:
    graph, attributor, heads = loud.graph, Attributor(loud), {"unverified": 1.0, "rumour": 0.5}
    first = attributor.shares(prepare(RUMOUR), heads, Attribution.OCCLUSION)
    runs = graph.runs
    assert attributor.shares(prepare(RUMOUR), heads, Attribution.OCCLUSION) == first
    assert graph.runs == runs > 1
    attributor.shares(prepare(RUMOUR), {"unverified": 2.0}, Attribution.OCCLUSION)
    assert graph.runs == 2 * runs
    for number in range(REMEMBERED):
        attributor.shares(prepare(f"x{number}"), heads, Attribution.OCCLUSION)
    runs = graph.runs
    attributor.shares(prepare(RUMOUR), heads, Attribution.OCCLUSION)
    assert graph.runs > runs


def test_shares_of_occlusion_are_what_leaving_out_costs(loud: Encoder) -> None:
    text = cased(prepare(RUMOUR)).text
    weights = dict.fromkeys(loud.settings.heads, 1.0)
    shares = Attributor(loud).shares(prepare(RUMOUR), weights, Attribution.OCCLUSION)
    assert shares[0][0] == words(text)[0][0]
    assert shares[-1][1] == words(text)[-1][1]
    for start, end, share in shares:
        rest = loud.score_text(f"{text[:start]} {text[end:]}").sum()
        assert share == pytest.approx(loud.score_text(text).sum() - rest)


def test_an_unknown_attribution(flagger: Flagger) -> None:
    with pytest.raises(InputError, match="'occlusion', 'gradients'"):
        flagger.explain(RUMOUR, attribution="attention")


def test_gradients_without_the_extra(flagger: Flagger, encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "flagger.encoder.gradients", raising=False)
    monkeypatch.setitem(sys.modules, "captum.attr", None)
    with pytest.raises(MissingExtraError, match=r'pip install "\.\[explain\]" in the folder'):
        Attributor(encoder).shares(prepare(RUMOUR), {"unverified": 1.0}, Attribution.GRADIENTS)
