"""The trained network once more, arranged so that onnxruntime runs it fast.

Same weights, same function: query, key and value are one product instead of three, and attention is one operator,
without the mask that a single sequence does not need. The inputs of the two products around the activation function are
scaled row by row: a few pieces of every post have values a hundred times as large as the others', and int8 has one
scale for all rows. Bodies of the BERT family (BERT, RoBERTa, PhoBERT, XLM-RoBERTa) are arranged; any other body is
exported as it is.
"""

from __future__ import annotations

from typing import Any, Final

import torch
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention

from flagger.training.encoder.folder import ScoringNetwork

_BERT_FAMILY: Final = ("bert", "roberta", "xlm-roberta")
# Activation functions that never go below the negative of this.
_BOUNDED_BELOW: Final = ("gelu", "gelu_new", "gelu_pytorch_tanh", "relu", "silu")
_BOUND: Final = 0.3
_LEAST_SCALE: Final = 1e-6


class RowScaledLinear(nn.Module):
    """A linear layer whose inputs are divided by the largest magnitude of their row, and its outputs multiplied by it.

    :param linear: the layer.
    :param activated: whether its inputs come from an activation function that is bounded below; the largest value of a
        row, at least that bound, then does for the magnitude.
    """

    def __init__(self, linear: nn.Linear, *, activated: bool) -> None:
        super().__init__()
        self.activated = activated
        self.linear = nn.Linear(linear.in_features, linear.out_features, bias=False)
        self.linear.weight, self.bias = linear.weight, linear.bias

    def forward(self, states: Tensor) -> Tensor:
        """Apply the layer.

        :param states: shape ``(..., in_features)``.
        :return: shape ``(..., out_features)``.
        """
        sizes = states if self.activated else states.abs()
        scale = sizes.amax(dim=-1, keepdim=True).clamp(min=_BOUND if self.activated else _LEAST_SCALE)
        product: Tensor = self.linear(states / scale) * scale + self.bias
        return product


class ArrangedLayer(nn.Module):
    """One layer of a body of the BERT family.

    :param layer: the layer of transformers whose weights it takes over.
    :param heads: number of attention heads.
    """

    def __init__(self, layer: Any, heads: int) -> None:  # noqa: ANN401 - transformers' layers share no type
        super().__init__()
        attention, inner = layer.attention, layer.attention.self
        parts: list[nn.Linear] = [inner.query, inner.key, inner.value]
        self.heads = heads
        self.joined = nn.Linear(parts[0].in_features, 3 * parts[0].out_features)
        with torch.no_grad():
            self.joined.weight.copy_(torch.cat([part.weight for part in parts]))
            self.joined.bias.copy_(torch.cat([part.bias for part in parts]))
        self.output, self.first_norm = attention.output.dense, attention.output.LayerNorm
        self.widen = RowScaledLinear(layer.intermediate.dense, activated=False)
        self.activation = layer.intermediate.intermediate_act_fn
        self.narrow, self.second_norm = RowScaledLinear(layer.output.dense, activated=True), layer.output.LayerNorm

    def forward(self, states: Tensor) -> Tensor:
        """Run the layer.

        :param states: shape ``(posts, pieces, width)``.
        :return: the same shape.
        """
        query, key, value = self.joined(states).chunk(3, dim=-1)
        states = self.first_norm(states + self.output(self._attend(query, key, value)))
        product: Tensor = self.second_norm(states + self.narrow(self.activation(self.widen(states))))
        return product

    def _attend(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        if torch.compiler.is_exporting():
            found: Tensor = torch.onnx.ops.symbolic(
                "com.microsoft::MultiHeadAttention",
                [query, key, value],
                attrs={"num_heads": self.heads},
                dtype=query.dtype,
                shape=query.shape,
                version=1,
            )
            return found
        posts, pieces, width = query.shape
        query, key, value = (part.view(posts, pieces, self.heads, -1).transpose(1, 2) for part in (query, key, value))
        return scaled_dot_product_attention(query, key, value).transpose(1, 2).reshape(posts, pieces, width)


class ArrangedNetwork(nn.Module):
    """A scoring network of the BERT family.

    :param network: the network whose weights it takes over.
    """

    def __init__(self, network: ScoringNetwork) -> None:
        super().__init__()
        heads = int(network.body.config.num_attention_heads)
        self.embeddings = network.body.embeddings
        self.body = nn.ModuleList(ArrangedLayer(layer, heads) for layer in network.body.encoder.layer)
        self.head = network.head

    def forward(self, input_ids: Tensor) -> Tensor:
        """Score posts of one length.

        :param input_ids: shape ``(posts, pieces)``.
        :return: logits of shape ``(posts, heads)``.
        """
        states = self.embeddings(input_ids=input_ids)
        for layer in self.body:
            states = layer(states)
        # In float32 onnxruntime adds the pieces of a batch in another order than those of one post.
        logits: Tensor = self.head(states.double().mean(dim=1).to(states.dtype))
        return logits


def arranged(network: ScoringNetwork) -> ArrangedNetwork | ScoringNetwork:
    """Arrange a network for export.

    :param network: a trained network; its weights are shared, not copied.
    :return: the arranged network, or the same one when its body is not of the BERT family.
    """
    config = network.body.config
    plain = getattr(config, "position_embedding_type", None) in (None, "absolute")
    bounded = getattr(config, "hidden_act", None) in _BOUNDED_BELOW
    if config.model_type not in _BERT_FAMILY or not plain or not bounded or getattr(config, "is_decoder", False):
        return network
    return ArrangedNetwork(network).eval()
