"""Round weights so that what a layer puts out changes least, not the weights themselves.

Column by column a weight is rounded, and the error that this makes on real inputs is passed on to the columns that are
still to come (GPTQ, Frantar et al. 2023). The largest weight of every row keeps the last level, so a quantiser that
takes its scale from the largest weight finds exactly these levels again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import torch
from torch import Tensor, nn

# Levels on either side of zero: 7 bits, so that sums of two products stay within 16 bits on every processor.
LEVELS: Final = 64
# Share of the mean curvature that is added to all, for the channels that the posts show too little of.
_DAMPING: Final = 0.01
_BLOCK: Final = 128


@torch.no_grad()
def round_weights(body: nn.Module, network: nn.Module, sequences: Sequence[Sequence[int]]) -> None:
    """Round the weights of every linear layer of a body, in place.

    :param body: the part of the network whose layers are rounded.
    :param network: takes ids of shape ``(posts, pieces)``.
    :param sequences: framed ids of posts that show the inputs of the layers.
    """
    layers = [module for module in body.modules() if isinstance(module, nn.Linear)]
    curvatures = [torch.zeros(layer.in_features, layer.in_features) for layer in layers]

    def watch(position: int) -> torch.utils.hooks.RemovableHandle:
        def see(_: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            rows = inputs[0].detach().flatten(0, -2)
            curvatures[position].addmm_(rows.T, rows)

        return layers[position].register_forward_pre_hook(see)

    handles = [watch(position) for position in range(len(layers))]
    for sequence in sequences:
        network(torch.tensor([list(sequence)]))
    for handle in handles:
        handle.remove()
    for layer, curvature in zip(layers, curvatures, strict=True):
        layer.weight.copy_(rounded(layer.weight, curvature))


def rounded(weight: Tensor, curvature: Tensor) -> Tensor:
    """Round one weight.

    :param weight: shape ``(outputs, inputs)``.
    :param curvature: sum of the outer products of the layer's inputs, of shape ``(inputs, inputs)``.
    :return: weight of the same shape; every row holds whole multiples of its largest magnitude over ``LEVELS``.
    """
    curvature = curvature.double()
    strength = curvature.diagonal()
    curvature = curvature + torch.diag(torch.full_like(strength, _DAMPING * float(strength.mean()) + 1e-12))
    order = torch.argsort(curvature.diagonal(), descending=True, stable=True)
    work = weight.detach().double()[:, order]
    step = (work.abs().amax(dim=1) / LEVELS).clamp(min=1e-12)
    largest = work.abs().argmax(dim=1)
    ends = torch.sign(work.gather(1, largest[:, None])[:, 0]) * LEVELS
    inverse = torch.cholesky_inverse(torch.linalg.cholesky(curvature[order][:, order]))
    upper = torch.linalg.cholesky(inverse, upper=True)
    result = torch.zeros_like(work)
    for first in range(0, work.shape[1], _BLOCK):
        end = min(first + _BLOCK, work.shape[1])
        errors = torch.zeros(len(work), end - first, dtype=work.dtype)
        for column in range(first, end):
            levels = (work[:, column] / step).round().clamp(-LEVELS, LEVELS)
            levels = torch.where(largest == column, ends, levels)
            result[:, column] = levels * step
            errors[:, column - first] = (work[:, column] - result[:, column]) / upper[column, column]
            work[:, column:end] -= errors[:, column - first, None] * upper[column, column:end]
        work[:, end:] -= errors @ upper[first:end, end:]
    return result[:, torch.argsort(order)].to(weight.dtype)
