"""A trainable network from an encoder that was exported: its float32 weights may be gone, its rounded ones are not.

The exact graph holds every weight, rounded and smoothed (see :mod:`flagger.training.encoder.smoothing`); dividing the
smoothing out again gives a network with the same function in the form that training and export work on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import onnx
import torch
from torch import Tensor

from flagger.encoder.onnx_in_torch import fold_constants
from flagger.encoder.storage import EXACT_GRAPH_FILE, GRAPH_FILE, StoredEncoder
from flagger.errors import ModelFolderError
from flagger.training.encoder.folder import ScoringNetwork
from flagger.training.encoder.network import EncoderNetwork

_TABLES: Final = ("word_embeddings.weight", "position_embeddings.weight", "token_type_embeddings.weight")
# Products of a layer, in the order of the graph: the name here, the factors it is smoothed by, where it goes in a body.
_PRODUCTS: Final = (
    ("joined", "joined.inverse", ""),
    ("output", "output.inverse", "attention.output.dense"),
    ("widen", "widen.linear.inverse", "intermediate.dense"),
    ("narrow", "", "output.dense"),
)
_NORMS: Final = {"first_norm": "attention.output.LayerNorm", "second_norm": "output.LayerNorm"}


def restored_network(stored: StoredEncoder, base: str | Path) -> EncoderNetwork:
    """Make a network that can be trained further from a trained or exported encoder.

    :param stored: the encoder; exported ones must have been of the BERT family.
    :param base: the encoder that it was fine-tuned from, which gives the form of the network.
    :return: the network, its heads on the plain mean of the hidden states.
    :raises ModelFolderError: when the encoder has another form than the base, or is of no family that is known here.
    """
    network = EncoderNetwork.from_base(base, stored.settings.heads)
    try:
        if GRAPH_FILE in stored.files:
            weights = dict(_exported(stored, len(network.body.encoder.layer)))  # type: ignore[union-attr,arg-type]
        else:
            trained = ScoringNetwork(stored.folder).state_dict()
            weights = {name: value for name, value in trained.items() if not name.startswith("body.pooler.")}
        # Position numbers, and the standardisation that is folded into the heads, are no weights.
        missing, unexpected = network.load_state_dict(weights, strict=False)
        if unexpected or set(missing) - {"centre", "scale", "body.embeddings.position_ids"}:
            raise KeyError(*(unexpected or missing)[:1])
    except (KeyError, ValueError, RuntimeError, OSError) as error:
        raise ModelFolderError(
            f"The encoder in '{stored.folder}' cannot be trained further ({type(error).__name__}): it is not of the "
            f"form of '{base}'. Name the encoder that it was trained from, or train anew without --further."
        ) from error
    return network


@torch.no_grad()
def standardise(network: EncoderNetwork, vectors: Tensor) -> None:
    """Standardise what the heads read, without a change of what they say.

    :param network: a network with heads on the plain mean; changed in place.
    :param vectors: pooled vectors of a sample of posts, of shape ``(posts, width)``.
    """
    weight, bias = network.head.weight.clone(), network.head.bias.clone()
    network.start_heads(vectors, np.full((1, len(network.heads)), 0.5, dtype=np.float32))
    network.head.weight.copy_(weight * network.scale)
    network.head.bias.copy_(bias + weight @ network.centre)


def _exported(stored: StoredEncoder, layers: int) -> Iterator[tuple[str, Tensor]]:
    name = EXACT_GRAPH_FILE if EXACT_GRAPH_FILE in stored.files else GRAPH_FILE
    values, products = _read(stored.folder / name)
    if len(products) != layers * len(_PRODUCTS):
        raise ValueError(f"{len(products)} products in {layers} layers")
    for table in _TABLES:
        yield f"body.embeddings.{table}", values[f"embeddings.{table}"]
    yield from _norm("body.embeddings.LayerNorm", values, "embeddings.LayerNorm")
    for layer in range(layers):
        here, there = f"body.{layer}", f"body.encoder.layer.{layer}"
        for (product, factors, target), weight in zip(_PRODUCTS, products[layer * len(_PRODUCTS) :], strict=False):
            inverse = values.get(f"{here}.{factors}")
            # A graph multiplies from the right, torch from the left.
            whole = (weight if inverse is None else weight * inverse[:, None]).T
            bias = values[next(name for name in _names(f"{here}.{product}") if name in values)]
            if target:
                yield from ((f"{there}.{target}.weight", whole), (f"{there}.{target}.bias", bias))
                continue
            for part, rows, added in zip(("query", "key", "value"), whole.chunk(3), bias.chunk(3), strict=True):
                yield from (
                    (f"{there}.attention.self.{part}.weight", rows),
                    (f"{there}.attention.self.{part}.bias", added),
                )
        for norm, target in _NORMS.items():
            yield from _norm(f"{there}.{target}", values, f"{here}.{norm}")
    yield from ((f"head.{part}", values[f"head.{part}"]) for part in ("weight", "bias"))


def _names(product: str) -> tuple[str, str]:
    """Name the bias of a layer: one that is smoothed has the layer inside."""
    return f"{product}.bias", f"{product}.linear.bias"


def _norm(target: str, values: dict[str, Tensor], source: str) -> Iterator[tuple[str, Tensor]]:
    yield from ((f"{target}.{part}", values[f"{source}.{part}"]) for part in ("weight", "bias"))


def _read(path: Path) -> tuple[dict[str, Tensor], Sequence[Tensor]]:
    """Read the constants of a graph, and in their order the matrices that it multiplies by."""
    values, nodes = fold_constants(onnx.load_model(str(path)).graph)
    return values, [values[inputs[1]] for kind, inputs, _, _ in nodes if kind == "MatMul" and inputs[1] in values]
