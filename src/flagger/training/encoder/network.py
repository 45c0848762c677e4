"""The network: a Hugging Face encoder, mean pooling, standardisation, one linear head for each score."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from flagger.encoder.pooling import mean_of_pieces

HEAD_DROPOUT: Final = 0.1
# The heads start from pooled vectors of this deviation in every dimension.
_STANDARD_DEVIATION: Final = 0.5
_LEAST_PRIOR: Final = 0.005


class EncoderNetwork(nn.Module):
    """A body with heads.

    Sentence encoders pool into a narrow cone: all vectors share a large mean. Without taking it out the heads learn
    slowly and rare topics hardly at all, so the pooled vector is standardised by numbers from before the training.

    :param body: an encoder of transformers.
    :param heads: names of the heads.
    """

    def __init__(self, body: nn.Module, heads: Sequence[str]) -> None:
        super().__init__()
        width = int(body.config.hidden_size)  # type: ignore[union-attr,arg-type]
        self.body = body
        self.heads = tuple(heads)
        self.dropout = nn.Dropout(HEAD_DROPOUT)
        self.head = nn.Linear(width, len(heads))
        self.centre: Tensor
        self.scale: Tensor
        self.register_buffer("centre", torch.zeros(width))
        self.register_buffer("scale", torch.ones(width))
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    @classmethod
    def from_base(cls, base: str | Path, heads: Sequence[str]) -> EncoderNetwork:
        """Load an encoder with fresh heads.

        :param base: a local folder or a hub id.
        :param heads: names of the heads.
        :return: the network, in float32.
        """
        from transformers import AutoConfig, AutoModel

        config = AutoConfig.from_pretrained(base)
        # Drawing what to drop of the attention takes a fifth of the time on a CPU, and the other dropouts do its work.
        config.attention_probs_dropout_prob = 0.0
        # Only bodies that have a pooling layer know how to leave it out.
        without_pooling: dict[str, Any] = (
            {"add_pooling_layer": False} if config.model_type in ("bert", "roberta", "xlm-roberta") else {}
        )
        return cls(AutoModel.from_pretrained(base, config=config, dtype=torch.float32, **without_pooling), heads)

    def pooled(self, ids: Tensor, mask: Tensor | None = None) -> Tensor:
        """Average the last hidden states.

        :param ids: shape ``(posts, pieces)``.
        :param mask: 1 for pieces, 0 for padding; all are pieces when left out.
        :return: shape ``(posts, width)``.
        """
        states: Tensor = self.body(input_ids=ids, attention_mask=mask).last_hidden_state
        return mean_of_pieces(states, mask)

    def forward(self, ids: Tensor, mask: Tensor | None = None) -> Tensor:
        """Score a batch.

        :param ids: shape ``(posts, pieces)``.
        :param mask: 1 for pieces, 0 for padding; all are pieces when left out.
        :return: logits of shape ``(posts, heads)``.
        """
        standard = (self.pooled(ids, mask) - self.centre) / self.scale
        logits: Tensor = self.head(self.dropout(standard))
        return logits

    @torch.no_grad()
    def start_heads(self, vectors: Tensor, targets: npt.NDArray[np.float32]) -> None:
        """Set the standardisation, and let every head start at the share of its positives.

        :param vectors: pooled vectors of a sample of posts, of shape ``(posts, width)``.
        :param targets: targets of shape ``(examples, heads)`` with not-a-number for missing ones.
        """
        self.centre.copy_(vectors.mean(dim=0))
        self.scale.copy_(vectors.std(dim=0) / _STANDARD_DEVIATION)
        known = np.maximum(1, (~np.isnan(targets)).sum(axis=0))
        priors = np.clip(np.nansum(targets, axis=0) / known, _LEAST_PRIOR, 1.0 - _LEAST_PRIOR)
        self.head.weight.zero_()
        self.head.bias.copy_(torch.tensor(np.log(priors / (1.0 - priors)), dtype=torch.float32))

    def parameter_groups(self, rate: float, *, layer_decay: float, head_factor: float) -> list[dict[str, Any]]:
        """Group the parameters by learning rate: lower layers learn more slowly, the heads faster.

        :param rate: learning rate of the last layer.
        :param layer_decay: factor from each layer to the one below, in (0, 1].
        :param head_factor: factor for the heads.
        :return: groups for an optimizer.
        """
        groups: list[dict[str, Any]] = [{"params": list(self.head.parameters()), "lr": rate * head_factor}]
        layers = list(self.body.encoder.layer)  # type: ignore[union-attr,arg-type]
        for depth, layer in enumerate(reversed(layers)):
            groups.append({"params": list(layer.parameters()), "lr": rate * layer_decay**depth})
        taken = {id(parameter) for group in groups for parameter in group["params"]}
        rest = [parameter for parameter in self.body.parameters() if id(parameter) not in taken]
        groups.append({"params": rest, "lr": rate * layer_decay ** len(layers)})
        return groups
