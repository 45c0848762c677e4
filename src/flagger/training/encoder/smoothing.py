"""Make a network easy to round: move the outliers of its activations into its weights.

Int8 graphs scale all activations of a layer by the largest one, so a few channels with large values leave the others
few levels. Dividing each channel by a factor before a linear layer and multiplying the layer's weights by it changes
nothing in exact arithmetic and evens the channels out (SmoothQuant, Xiao et al. 2023).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import torch
from torch import Tensor, nn

STRENGTH: Final = 0.65
# For layers that narrow: what comes out of an activation function has the largest outliers.
NARROWING_STRENGTH: Final = 0.9
_LEAST: Final = 1e-5


class SmoothedLinear(nn.Module):
    """A linear layer behind a division of its channels.

    :param linear: the layer.
    :param factors: divisor of each input channel, of shape ``(in_features,)``.
    """

    def __init__(self, linear: nn.Linear, factors: Tensor) -> None:
        super().__init__()
        self.linear = nn.Linear(linear.in_features, linear.out_features, bias=linear.bias is not None)
        self.linear.weight = nn.Parameter(linear.weight.detach() * factors)
        if linear.bias is not None:
            self.linear.bias = nn.Parameter(linear.bias.detach())
        self.inverse: Tensor
        self.register_buffer("inverse", 1.0 / factors)

    def forward(self, states: Tensor) -> Tensor:
        """Divide, then apply the layer.

        :param states: shape ``(..., in_features)``.
        :return: shape ``(..., out_features)``.
        """
        product: Tensor = self.linear(states * self.inverse)
        return product


@torch.no_grad()
def smooth(body: nn.Module, network: nn.Module, sequences: Sequence[Sequence[int]]) -> None:
    """Smooth the linear layers of a body, in place, but for those that scale the rows of an activation function.

    There the outliers are rows, not channels.

    :param body: the part of the network whose layers are smoothed.
    :param network: takes ids of shape ``(posts, pieces)``.
    :param sequences: framed ids of posts that show the activations.
    """
    layers = {
        name: module
        for name, module in body.named_modules()
        if isinstance(module, nn.Linear) and not getattr(_parent(body, name), "activated", False)
    }
    largest = {name: torch.full((layer.in_features,), _LEAST) for name, layer in layers.items()}

    def watch(name: str) -> torch.utils.hooks.RemovableHandle:
        def see(_: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            largest[name] = torch.maximum(largest[name], inputs[0].detach().abs().flatten(0, -2).amax(dim=0))

        return layers[name].register_forward_pre_hook(see)

    handles = [watch(name) for name in layers]
    for sequence in sequences:
        network(torch.tensor([list(sequence)]))
    for handle in handles:
        handle.remove()
    for name, layer in layers.items():
        strength = NARROWING_STRENGTH if layer.in_features > layer.out_features else STRENGTH
        weights = layer.weight.abs().amax(dim=0).clamp(min=_LEAST)
        factors = (largest[name] ** strength / weights ** (1.0 - strength)).clamp(min=_LEAST)
        setattr(_parent(body, name), name.rpartition(".")[2], SmoothedLinear(layer, factors / factors.mean()))


def _parent(body: nn.Module, name: str) -> nn.Module:
    return body.get_submodule(name.rpartition(".")[0])
