"""Integrated gradients, through the shipped graph and through checkpoints of PhoBERT's form."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("captum")
pytest.importorskip("onnx")
pytest.importorskip("onnxscript")
pytest.importorskip("transformers")
pytest.importorskip("underthesea")

import onnx
import torch
from onnx import TensorProto, helper
from phobert_checkpoint import write_checkpoint

from flagger import Flagger
from flagger.encoder.attribution import Attribution, Attributor
from flagger.encoder.gradients import Gradients
from flagger.encoder.model import Encoder
from flagger.encoder.onnx_graph import OnnxGraph
from flagger.encoder.onnx_in_torch import OnnxModule
from flagger.encoder.segmentation import load_segmenter, segment
from flagger.encoder.settings import EncoderSettings
from flagger.encoder.storage import EXACT_GRAPH_FILE, GRAPH_FILE
from flagger.errors import ModelFolderError
from flagger.text import prepare
from flagger.text.cased import cased
from flagger.text.syllables import words
from flagger.training.encoder.arranged import arranged
from flagger.training.encoder.export import quantised, to_onnx, write_sharing
from flagger.training.encoder.folder import ScoringNetwork, write_trained
from flagger.training.encoder.network import EncoderNetwork

RUMOUR = "Nghe nói ở Thanh Oai có vụ bắt cóc trẻ em, chia sẻ gấp cho mọi người cùng biết!"
ODD = "e\u0302\u0301m nghe 😀 b\u1ea3o\u200b rằng \u202e sắp  vỡ ﬁ đê"


@pytest.fixture(scope="module")
def encoder(flagger: Flagger) -> Encoder:
    found = flagger.pipeline.encoder
    assert found is not None
    return found


@pytest.fixture(scope="module")
def phobert(tmp_path_factory: pytest.TempPathFactory, sample_posts: list[str]) -> Encoder:
    """A tiny encoder of PhoBERT's form, with heads drawn at random."""
    segmenter = load_segmenter()
    texts = [segment(cased(prepare(post)).text, segmenter).text for post in sample_posts]
    base = write_checkpoint(tmp_path_factory.mktemp("base"), texts)
    network = EncoderNetwork.from_base(base, ["unverified", "rumour"])
    torch.nn.init.normal_(network.head.weight, std=3.0)
    found = EncoderSettings(("unverified", "rumour"), reader="phobert", most_pieces=24)
    return write_trained(network, base, tmp_path_factory.mktemp("trained"), found).load()


@pytest.fixture(scope="module", params=["default", "phobert", "phobert exported"])
def any_encoder(request: pytest.FixtureRequest, encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    if request.param == "default":
        return encoder
    trained: Encoder = request.getfixturevalue("phobert")
    if request.param == "phobert":
        return trained
    folder = tmp_path_factory.mktemp("exported")
    assert trained.folder is not None
    fast, exact = quantised(to_onnx(arranged(ScoringNetwork(trained.folder))))
    write_sharing([(GRAPH_FILE, fast), (EXACT_GRAPH_FILE, exact)], folder)
    return replace(trained, graph=OnnxGraph(folder / GRAPH_FILE), folder=folder)


@pytest.fixture(scope="module")
def gradients(any_encoder: Encoder):
    assert any_encoder.folder is not None
    return Gradients(any_encoder, any_encoder.folder)


def test_the_module_scores_as_the_exact_graph_does(any_encoder: Encoder, gradients) -> None:
    assert any_encoder.folder is not None
    exact = any_encoder.folder / EXACT_GRAPH_FILE
    graph = OnnxGraph(exact) if exact.is_file() else any_encoder.graph
    for text in (RUMOUR, "một hai"):
        ids = any_encoder.reader.frame(any_encoder.reader.read(text).ids)
        with torch.no_grad():
            found = gradients.module(torch.tensor([ids, ids])).numpy()
        # onnxruntime multiplies by int8 weights in another way than torch by the same weights in float32.
        np.testing.assert_allclose(found[0], graph.run(ids), atol=0.1)
        np.testing.assert_allclose(found[1], found[0], atol=1e-4)


def test_shares_add_up_to_the_difference_to_a_blank_text(any_encoder: Encoder, gradients) -> None:
    """The blank text has blank pieces at the positions of the real ones, which RoBERTa counts by the ids."""
    weights = np.zeros(len(any_encoder.settings.heads))
    weights[0] = 1.0
    reader = any_encoder.reader
    ids = reader.read(RUMOUR).ids[:20]
    framed = torch.tensor([reader.frame(ids)])
    with torch.no_grad():
        blank = gradients.module.embedding(torch.tensor([reader.frame([reader.blank] * len(ids))]))
        whole = float(gradients.module(framed)[0, 0])
        hook = gradients.module.embedding.register_forward_hook(lambda *_: blank)
        empty = float(gradients.module(framed)[0, 0])
        hook.remove()
    assert abs(whole - empty) > 0.1
    assert gradients._piece_shares(ids, weights).sum() == pytest.approx(whole - empty, rel=0.05, abs=0.05)


def test_words_share_what_pieces_have(any_encoder: Encoder, gradients, monkeypatch) -> None:
    """Long texts are read in chunks; each word gets the shares of its own pieces, whatever the segmenter joined."""
    monkeypatch.setattr(gradients, "_piece_shares", lambda ids, weights: np.ones(len(ids)))
    text = cased(prepare(RUMOUR.replace("!", "") * 30)).text
    pieces = any_encoder.reader.read(text)
    size = any_encoder.settings.most_pieces
    shares = gradients.word_shares(text, words(text), np.ones(len(any_encoder.settings.heads)))
    assert [span[:2] for span in shares] == words(text)
    inside = [span for span in pieces.spans if any(a < span[1] and span[0] < b for a, b in words(text))]
    assert sum(share for *_, share in shares) == pytest.approx(len(inside) / -(-len(pieces) // size))


@pytest.mark.parametrize("post", [RUMOUR, ODD, "a", "…"])
def test_gradients_stand_in_the_post(flagger: Flagger, any_encoder: Encoder, post: str) -> None:
    prepared = prepare(post)
    attributor = Attributor(any_encoder)
    shares = attributor.shares(prepared, {"unverified": 1.0}, Attribution.GRADIENTS)
    view = cased(prepared)
    for start, end, _ in shares:
        first, last = view.original_span(start, end)
        assert 0 <= first < last <= len(post)
    assert attributor.shares(prepared, {"unverified": 1.0}, Attribution.GRADIENTS) is shares


def test_an_unknown_operator_is_named(tmp_path: Path) -> None:
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in ("input_ids", "logits")]
    node = helper.make_node("Softplus", ["input_ids"], ["logits"])
    onnx.save_model(helper.make_model(helper.make_graph([node], "g", values[:1], values[1:])), str(tmp_path / "g.onnx"))
    with pytest.raises(ModelFolderError, match="Softplus"):
        OnnxModule(tmp_path / "g.onnx")


def test_flagger_explains_by_gradients(flagger: Flagger) -> None:
    plain, explained = flagger(RUMOUR), flagger.explain(RUMOUR, attribution="gradients")
    assert explained.unverified == plain.unverified
    found = [item for item in explained.evidence if item.source == "encoder.gradients"]
    assert found or "encoder" not in explained.unverified.parts
    assert all(RUMOUR[item.start : item.end] == item.text for item in explained.evidence)
