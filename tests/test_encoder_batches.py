"""Batches of an encoder that torch runs: the plan, the padding, and that no score depends on its neighbours."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phobert_checkpoint import write_checkpoint

from flagger.encoder.batching import pad, plan_batches
from flagger.encoder.settings import EncoderSettings
from flagger.encoder.torch_graph import HEADS_FILE, TorchGraph

HEADS = ("first", "second", "third")
LENGTHS = [3, 60, 3, 7, 256, 60, 2, 19, 61, 7, 3, 250]


@given(
    st.lists(st.integers(min_value=1, max_value=300), max_size=40),
    st.integers(min_value=1, max_value=600),
    st.integers(min_value=1, max_value=8),
)
def test_every_sequence_is_in_one_batch_within_the_budget(lengths: list[int], pieces: int, rows: int) -> None:
    batches = plan_batches(lengths, most_pieces=pieces, most_rows=rows)
    assert sorted(row for batch in batches for row in batch) == list(range(len(lengths)))
    for batch in batches:
        assert 1 <= len(batch) <= rows
        assert len(batch) == 1 or len(batch) * max(lengths[row] for row in batch) <= pieces
    longest = [max(lengths[row] for row in batch) for batch in batches]
    assert longest == sorted(longest)


def test_the_ends_are_filled() -> None:
    ids, mask = pad([[5, 6], [7]], 1)
    assert ids.tolist() == [[5, 6], [7, 1]]
    assert mask.tolist() == [[1, 1], [1, 0]]


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory, sample_posts: list[str]) -> TorchGraph:
    torch = pytest.importorskip("torch")
    pytest.importorskip("transformers")
    from safetensors.torch import save_file

    folder: Path = write_checkpoint(tmp_path_factory.mktemp("tiny"), sample_posts[:100])
    generator = torch.Generator().manual_seed(1)
    heads = {"weight": torch.randn(len(HEADS), 32, generator=generator), "bias": torch.randn(3, generator=generator)}
    save_file(heads, folder / HEADS_FILE)
    return TorchGraph(folder, EncoderSettings(HEADS, reader="phobert", most_pieces=254))


@pytest.fixture(scope="module")
def sequences(graph: TorchGraph) -> list[list[int]]:
    generator = np.random.default_rng(0)
    size = graph.body.config.vocab_size
    return [[0, *generator.integers(3, size, length - 2).tolist(), 2] for length in LENGTHS]


@pytest.mark.parametrize("budget", [1, 200, 512, 1 << 15])
def test_a_batch_changes_no_score(
    graph: TorchGraph, sequences: list[list[int]], budget: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flagger.encoder.torch_graph.BATCH_PIECES", {graph.device: budget})
    alone = np.stack([graph.run(ids) for ids in sequences])
    together = np.stack(graph.run_many(sequences))
    assert together.dtype == np.float32
    np.testing.assert_allclose(together, alone, rtol=0.0, atol=1e-5)
    assert np.ptp(alone, axis=0).min() > 0.1
    np.testing.assert_allclose(np.stack(graph.run_many(sequences[::-1])), alone[::-1], rtol=0.0, atol=1e-5)


def test_padding_without_its_mask_would_change_scores(graph: TorchGraph, sequences: list[list[int]]) -> None:
    import torch

    ids, mask = (torch.from_numpy(one).to(graph.device) for one in pad(sequences, 1))
    with torch.inference_mode():
        difference = (graph.logits(ids) - graph.logits(ids, mask)).abs().max()
    assert float(difference) > 0.01


def test_a_body_in_half_precision_is_run_in_whole(
    graph: TorchGraph, sequences: list[list[int]], tmp_path: Path
) -> None:
    from transformers import AutoModel

    folder = Path(graph.body.name_or_path)
    AutoModel.from_pretrained(folder, dtype="float16").save_pretrained(tmp_path)
    (tmp_path / HEADS_FILE).write_bytes((folder / HEADS_FILE).read_bytes())
    again = TorchGraph(tmp_path, EncoderSettings(HEADS, reader="phobert", most_pieces=254))
    assert again.run(sequences[0]).dtype == np.float32
    np.testing.assert_allclose(np.stack(again.run_many(sequences)), np.stack(graph.run_many(sequences)), atol=0.05)


def test_nothing_to_run(graph: TorchGraph) -> None:
    assert graph.run_many([]) == []
