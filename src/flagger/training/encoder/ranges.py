"""Fix the ranges that an int8 graph rounds its activations in, by what they are on real posts.

A graph of onnxruntime's dynamic quantiser looks for the least and the largest value of every run anew: that takes time,
and makes a score depend on what else is in the batch. With fixed ranges posts of one length can be run together, which
takes half the time for short ones, and each gets the score that it gets alone. Rows that stand out are scaled before
(:mod:`flagger.training.encoder.arranged`), so that what a post can exceed is little.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from flagger.encoder.onnx_graph import INPUT

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto

_DYNAMIC: Final = "DynamicQuantizeLinear"
_LEVELS: Final = 255.0
_LEAST_RANGE: Final = 1e-6
_ONNXRUNTIME: Final = "com.microsoft"

Doubles = npt.NDArray[np.float64]


def fix_ranges(graph: ModelProto, sequences: Iterable[Sequence[int]]) -> None:
    """Round the activations of an int8 graph in ranges that do not depend on the run, in place.

    :param graph: a graph of onnxruntime's dynamic quantiser, with its weights inside.
    :param sequences: framed ids of posts that show the activations, at least one.
    """
    from onnx import helper, numpy_helper

    dynamic = [node for node in graph.graph.node if node.op_type == _DYNAMIC]
    lowest, highest = _observed(graph, [node.input[0] for node in dynamic], sequences)
    nodes: list[NodeProto] = []
    position = {id(node): number for number, node in enumerate(dynamic)}
    for node in graph.graph.node:
        if id(node) not in position:
            nodes.append(node)
            continue
        number = position[id(node)]
        values, scale, zero_point = node.output
        low, high = min(lowest[number], 0.0), max(highest[number], 0.0)
        step = max(high - low, _LEAST_RANGE) / _LEVELS
        zero = np.array(np.clip(np.rint(-low / step), 0, _LEVELS), dtype=np.uint8)
        graph.graph.initializer.append(numpy_helper.from_array(np.array(step, dtype=np.float32), scale))
        graph.graph.initializer.append(numpy_helper.from_array(zero, zero_point))
        nodes.append(helper.make_node("QuantizeLinear", [node.input[0], scale, zero_point], [values]))
    del graph.graph.node[:]
    constants = {tensor.name for tensor in graph.graph.initializer}
    graph.graph.node.extend(_with_fused_products(nodes, constants))
    if not any(one.domain == _ONNXRUNTIME for one in graph.opset_import):
        graph.opset_import.append(helper.make_opsetid(_ONNXRUNTIME, 1))


def _observed(
    graph: ModelProto, names: Sequence[str], sequences: Iterable[Sequence[int]]
) -> tuple[list[float], list[float]]:
    """Run a graph on posts and give the least and the largest value of some of its tensors."""
    import onnxruntime
    from onnx import ModelProto, TensorProto, helper

    watched = ModelProto()
    watched.CopyFrom(graph)
    seen = []
    for number, name in enumerate(names):
        for operator in ("ReduceMin", "ReduceMax"):
            seen.append(f"{operator}_{number}")
            watched.graph.node.append(helper.make_node(operator, [name], seen[-1:], keepdims=0))
            watched.graph.output.append(helper.make_tensor_value_info(seen[-1], TensorProto.FLOAT, []))
    settings = onnxruntime.SessionOptions()
    settings.log_severity_level = 3
    session = onnxruntime.InferenceSession(watched.SerializeToString(), settings, providers=["CPUExecutionProvider"])
    runs = [session.run(seen, {INPUT: np.array([list(ids)], dtype=np.int64)}) for ids in sequences]
    values = np.asarray(runs, dtype=np.float64).reshape(len(runs), len(names), 2)
    return values[:, :, 0].min(axis=0).tolist(), values[:, :, 1].max(axis=0).tolist()


def _with_fused_products(nodes: Sequence[NodeProto], constants: set[str]) -> list[NodeProto]:
    """Turn product, cast, scaling and bias into one operator, as onnxruntime itself does for dynamic ranges only."""
    from onnx import helper

    readers: dict[str, list[NodeProto]] = {}
    for node in nodes:
        for name in node.input:
            readers.setdefault(name, []).append(node)
    scalings = {node.output[0]: node for node in nodes if node.op_type == "Mul"}
    quantisers = {node.output[0]: node for node in nodes if node.op_type == "QuantizeLinear"}
    replaced: dict[int, NodeProto] = {}
    dropped: set[int] = set()
    merged: set[int] = set()
    for node in nodes:
        chain = _chain(node, readers) if node.op_type == "MatMulInteger" else None
        if chain is None:
            continue
        cast, scaled = chain
        (both,) = (name for name in scaled.input if name != cast.output[0])
        scaling = scalings.get(both)
        quantiser = quantisers.get(node.input[0])
        if scaling is None or quantiser is None or quantiser.input[1] not in scaling.input:
            continue
        (of_weights,) = (name for name in scaling.input if name != quantiser.input[1])
        inputs = [*node.input[:2], quantiser.input[1], of_weights, *node.input[2:]]
        dropped |= {id(cast), id(scaled)}
        merged.add(id(scaling))
        last = scaled
        added = _only_reader(scaled, readers, "Add")
        bias = [name for name in added.input if name in constants] if added is not None else []
        if added is not None and bias:
            inputs += bias
            dropped.add(id(added))
            last = added
        replaced[id(node)] = helper.make_node("MatMulIntegerToFloat", inputs, list(last.output), domain=_ONNXRUNTIME)
    kept = [replaced.get(id(node), node) for node in nodes if id(node) not in dropped]
    used = {name for node in kept for name in node.input}
    return [node for node in kept if id(node) not in merged or node.output[0] in used]


def _chain(node: NodeProto, readers: dict[str, list[NodeProto]]) -> tuple[NodeProto, NodeProto] | None:
    """Find the cast and the scaling that alone read a product of integers."""
    cast = _only_reader(node, readers, "Cast")
    scaled = None if cast is None else _only_reader(cast, readers, "Mul")
    return None if cast is None or scaled is None else (cast, scaled)


def _only_reader(node: NodeProto, readers: dict[str, list[NodeProto]], operator: str) -> NodeProto | None:
    following = readers.get(node.output[0], [])
    return following[0] if len(following) == 1 and following[0].op_type == operator else None
