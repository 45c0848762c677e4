"""An exported encoder as a torch module, so that gradients can be taken where only the ONNX graph is left.

Only the operators that an exported encoder holds are known; they follow the ONNX specification (opset 20), attention
that of onnxruntime's contributed operators.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper
from torch import Tensor, nn
from torch.nn import functional

from flagger.encoder.onnx_graph import INPUT, OUTPUT
from flagger.errors import ModelFolderError

_Attributes = Mapping[str, Any]
_Operator = Callable[[list[Tensor], _Attributes], "Tensor | tuple[Tensor, ...]"]
Node = tuple[str, list[str], list[str], _Attributes]


class OnnxModule(nn.Module):
    """Runs a float32 graph, operator after operator.

    :param path: the graph; int8 weights that it turns into float32 first are fine, int8 multiplications are not.
    :raises ModelFolderError: when the graph cannot be read, holds an operator that is not known here, or looks its
        word pieces up in another way than by one table.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        try:
            graph = onnx.load_model(str(path)).graph
        except Exception as error:
            raise ModelFolderError(
                f"The encoder graph in '{path}' cannot be read ({type(error).__name__}). Get the model again."
            ) from error
        unknown = sorted({node.op_type for node in graph.node} - set(_OPERATORS))
        if unknown:
            raise ModelFolderError(
                f"Gradients through '{path}' need the operators {', '.join(unknown)}, which flagger cannot take them "
                "through. Use the model folder from before the export, or explain by occlusion."
            )
        values, self._nodes = fold_constants(graph)
        lookups = [node for node in self._nodes if node[0] == "Gather" and node[1][1] == INPUT]
        if len(lookups) != 1:
            raise ModelFolderError(
                f"The encoder graph in '{path}' looks word pieces up in {len(lookups)} tables; expected 1."
            )
        table, self._looked_up = values[lookups[0][1][0]], lookups[0][2][0]
        self.embedding = nn.Embedding(*table.shape)
        self.embedding.weight = nn.Parameter(table, requires_grad=False)
        needed = {name for _, inputs, outputs, _ in self._nodes if self._looked_up not in outputs for name in inputs}
        self._constants = {name: value for name, value in values.items() if name in needed}

    def forward(self, ids: Tensor) -> Tensor:
        """Run the graph.

        :param ids: framed ids of shape ``(posts, pieces)``.
        :return: logits of shape ``(posts, heads)``.
        """
        values = {INPUT: ids, **self._constants}
        for operator, inputs, outputs, attributes in self._nodes:
            if self._looked_up in outputs:
                values[self._looked_up] = self.embedding(ids)
            else:
                values |= _run(operator, values, inputs, outputs, attributes)
        return values[OUTPUT]


def fold_constants(graph: Any) -> tuple[dict[str, Tensor], list[Node]]:  # noqa: ANN401 - onnx has no types
    """Run what depends on no input: rounded weights are turned back into float32.

    :param graph: the graph of an exported encoder.
    :return: everything that is constant, by name; and the nodes that are left, in order.
    :raises KeyError: when a constant needs an operator that is not known here.
    """
    # numpy copies, since the arrays of onnx cannot be written to and torch warns about that.
    values = {tensor.name: torch.from_numpy(np.array(numpy_helper.to_array(tensor))) for tensor in graph.initializer}
    nodes: list[Node] = []
    for node in graph.node:
        attributes = {item.name: helper.get_attribute_value(item) for item in node.attribute}
        if all(name in values for name in node.input if name):
            values |= _run(node.op_type, values, node.input, node.output, attributes)
        else:
            nodes.append((node.op_type, list(node.input), list(node.output), attributes))
    return values, nodes


def _run(
    operator: str, values: Mapping[str, Tensor], inputs: Sequence[str], outputs: Sequence[str], attributes: _Attributes
) -> dict[str, Tensor]:
    given = [values[name] for name in inputs if name]
    found = _OPERATORS[operator](given, attributes)
    return dict(zip(outputs, found if isinstance(found, tuple) else (found,), strict=True))


def _slice(inputs: list[Tensor], attributes: _Attributes) -> Tensor:
    data, starts, ends = inputs[:3]
    axes = inputs[3].tolist() if len(inputs) > 3 else list(range(len(starts)))
    steps = inputs[4].tolist() if len(inputs) > 4 else [1] * len(starts)
    cuts = [slice(None)] * data.dim()
    for axis, start, end, step in zip(axes, starts.tolist(), ends.tolist(), steps, strict=True):
        # "To the end" is written as a number larger than any size.
        cuts[axis] = slice(*slice(start, end, step).indices(data.shape[axis]))
    return data[tuple(cuts)]


def _reshape(inputs: list[Tensor], attributes: _Attributes) -> Tensor:
    data, shape = inputs[0], inputs[1].tolist()
    if not attributes.get("allowzero", 0):
        shape = [data.shape[axis] if size == 0 else size for axis, size in enumerate(shape)]
    return data.reshape(shape)


def _expand(inputs: list[Tensor], attributes: _Attributes) -> Tensor:
    return inputs[0].expand(np.broadcast_shapes(inputs[0].shape, tuple(inputs[1].tolist())))


def _gather(inputs: list[Tensor], attributes: _Attributes) -> Tensor:
    data, places = inputs
    axis = attributes.get("axis", 0) % data.dim()
    places = torch.where(places < 0, places + data.shape[axis], places)
    found = data.index_select(axis, places.reshape(-1))
    return found.reshape(data.shape[:axis] + places.shape + data.shape[axis + 1 :])


def _dequantize(inputs: list[Tensor], attributes: _Attributes) -> Tensor:
    data, scale = inputs[:2]
    zero = inputs[2] if len(inputs) > 2 else torch.zeros_like(scale)
    if scale.dim():
        shape = [1] * data.dim()
        shape[attributes.get("axis", 1)] = -1
        scale, zero = scale.reshape(shape), zero.reshape(shape)
    return (data.float() - zero.float()) * scale


def _gemm(inputs: list[Tensor], attributes: _Attributes) -> Tensor:
    first = inputs[0].T if attributes.get("transA", 0) else inputs[0]
    second = inputs[1].T if attributes.get("transB", 0) else inputs[1]
    product: Tensor = attributes.get("alpha", 1.0) * (first @ second)
    return product + float(attributes.get("beta", 1.0)) * inputs[2] if len(inputs) > 2 else product


def _shape(inputs: list[Tensor], attributes: _Attributes) -> Tensor:
    shape = inputs[0].shape[attributes.get("start", 0) : attributes.get("end", None)]
    return torch.tensor(shape, dtype=torch.int64)


def _squeeze(inputs: list[Tensor], attributes: _Attributes) -> Tensor:
    return inputs[0].squeeze(tuple(inputs[1].tolist())) if len(inputs) > 1 else inputs[0].squeeze()


def _unsqueeze(inputs: list[Tensor], attributes: _Attributes) -> Tensor:
    data, axes = inputs
    rank = data.dim() + axes.numel()
    for axis in sorted(axis % rank for axis in axes.reshape(-1).tolist()):
        data = data.unsqueeze(axis)
    return data


def _attend(inputs: list[Tensor], attributes: _Attributes) -> Tensor:
    if len(inputs) != 3:
        raise ModelFolderError("Gradients through attention with a bias or a mask are not known; explain by occlusion.")
    posts, pieces, _ = inputs[0].shape
    query, key, value = (
        item.view(posts, item.shape[1], attributes["num_heads"], -1).transpose(1, 2) for item in inputs
    )
    product = functional.scaled_dot_product_attention(query, key, value, scale=attributes.get("scale"))
    return product.transpose(1, 2).reshape(posts, pieces, -1)


def _split(inputs: list[Tensor], attributes: _Attributes) -> tuple[Tensor, ...]:
    data, axis = inputs[0], attributes.get("axis", 0)
    if len(inputs) > 1:
        return tuple(torch.tensor_split(data, inputs[1].cumsum(0)[:-1], dim=axis))
    return tuple(torch.chunk(data, attributes["num_outputs"], dim=axis))


def _layer_norm(inputs: list[Tensor], attributes: _Attributes) -> Tensor:
    data = inputs[0]
    size = data.shape[attributes.get("axis", -1) % data.dim() :]
    bias = inputs[2] if len(inputs) > 2 else None
    return functional.layer_norm(data, list(size), inputs[1], bias, attributes.get("epsilon", 1e-5))


def _mean(inputs: list[Tensor], attributes: _Attributes) -> Tensor:
    axes = tuple(inputs[1].reshape(-1).tolist()) if len(inputs) > 1 else None
    return inputs[0].mean(dim=axes, keepdim=bool(attributes.get("keepdims", 1)))


def _largest(inputs: list[Tensor], attributes: _Attributes) -> Tensor:
    axes = tuple(inputs[1].reshape(-1).tolist()) if len(inputs) > 1 else tuple(range(inputs[0].dim()))
    return inputs[0].amax(dim=axes, keepdim=bool(attributes.get("keepdims", 1)))


def _clip(inputs: list[Tensor], attributes: _Attributes) -> Tensor:
    # Blank inputs are dropped before: an upper limit alone does not occur in an encoder.
    return inputs[0].clamp(*inputs[1:])


def _cast(inputs: list[Tensor], attributes: _Attributes) -> Tensor:
    kind = torch.from_numpy(np.zeros(0, helper.tensor_dtype_to_np_dtype(attributes["to"]))).dtype
    return inputs[0].to(kind)


_OPERATORS: Final[dict[str, _Operator]] = {
    "Abs": lambda inputs, _: inputs[0].abs(),
    "Add": lambda inputs, _: inputs[0] + inputs[1],
    "And": lambda inputs, _: inputs[0] & inputs[1],
    "Cast": _cast,
    "Clip": _clip,
    "Concat": lambda inputs, attributes: torch.cat(inputs, dim=attributes["axis"]),
    "CumSum": lambda inputs, _: inputs[0].cumsum(int(inputs[1])),
    "DequantizeLinear": _dequantize,
    "Div": lambda inputs, _: inputs[0] / inputs[1],
    "Equal": lambda inputs, _: inputs[0] == inputs[1],
    "Expand": _expand,
    "Gather": _gather,
    "GatherElements": lambda inputs, attributes: inputs[0].gather(attributes.get("axis", 0), inputs[1]),
    "Gelu": lambda inputs, attributes: functional.gelu(
        inputs[0], approximate=attributes.get("approximate", b"none").decode()
    ),
    "Gemm": _gemm,
    "GreaterOrEqual": lambda inputs, _: inputs[0] >= inputs[1],
    "Identity": lambda inputs, _: inputs[0],
    "IsNaN": lambda inputs, _: inputs[0].isnan(),
    "LayerNormalization": _layer_norm,
    "MatMul": lambda inputs, _: inputs[0] @ inputs[1],
    "MultiHeadAttention": _attend,
    "Mul": lambda inputs, _: inputs[0] * inputs[1],
    "Not": lambda inputs, _: ~inputs[0],
    "Range": lambda inputs, _: torch.arange(*(item.item() for item in inputs)),
    "ReduceMax": _largest,
    "ReduceMean": _mean,
    "Reshape": _reshape,
    "Shape": _shape,
    "Slice": _slice,
    "Softmax": lambda inputs, attributes: inputs[0].softmax(dim=attributes.get("axis", -1)),
    "Split": _split,
    "Squeeze": _squeeze,
    "Sub": lambda inputs, _: inputs[0] - inputs[1],
    "Tanh": lambda inputs, _: inputs[0].tanh(),
    "Transpose": lambda inputs, attributes: inputs[0].permute(attributes["perm"]),
    "Unsqueeze": _unsqueeze,
    "Where": lambda inputs, _: torch.where(inputs[0], inputs[1], inputs[2]),
}
