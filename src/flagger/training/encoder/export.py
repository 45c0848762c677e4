"""Export a trained encoder to ONNX: float32, or int8 beside an exact graph over the same int8 weights."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import torch
from torch import nn

from flagger.encoder.onnx_graph import BATCHES, INPUT, OUTPUT
from flagger.encoder.storage import WEIGHTS_FILE

if TYPE_CHECKING:
    from onnx import ModelProto, TensorProto

OPSET: Final = 20
# Largest magnitude of a rounded table.
INT8_MOST: Final = 127
# Smaller tensors stay inside the graph.
_LEAST_BYTES: Final = 1024
_ALIGNMENT: Final = 4096


def to_onnx(network: nn.Module) -> ModelProto:
    """Export in float32.

    :param network: takes ids of shape ``(posts, pieces)``, gives logits of shape ``(posts, heads)``.
    :return: the graph, with its weights inside and without the exporter's notes.
    :raises RuntimeError: when torch cannot export the network.
    """
    example = torch.tensor([[0, 5, 6, 7, 8, 2], [0, 9, 8, 7, 6, 2]])
    with torch.no_grad():
        program = torch.onnx.export(
            network.cpu().eval(),
            (example,),
            dynamo=True,
            input_names=[INPUT],
            output_names=[OUTPUT],
            dynamic_shapes={"input_ids": {0: torch.export.Dim("posts"), 1: torch.export.Dim("pieces", max=512)}},
            opset_version=OPSET,
            verbose=False,
        )
    if program is None:
        raise RuntimeError("torch exported nothing")
    graph: ModelProto = program.model_proto
    _strip_notes(graph)
    return graph


def _strip_notes(graph: ModelProto) -> None:
    del graph.graph.value_info[:], graph.metadata_props[:], graph.functions[:]
    for node in graph.graph.node:
        node.ClearField("doc_string")
        del node.metadata_props[:]
    for item in (*graph.graph.initializer, *graph.graph.input, *graph.graph.output):
        item.ClearField("doc_string")
        del item.metadata_props[:]


def quantised(graph: ModelProto) -> tuple[ModelProto, ModelProto]:
    """Round the weights to int8, by channel.

    Weights that are multiplied stay within 7 bits, so that no processor overflows; tables that are looked up have
    all 8.

    :param graph: a float32 graph.
    :return: a graph that multiplies int8 with int8, and an exact one that multiplies the same weights in float32.
    """
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "float.onnx"), Path(folder, "int8.onnx")
        onnx.save_model(graph, str(source))
        quantize_dynamic(
            *(source, target),
            per_channel=True,
            reduce_range=True,
            weight_type=QuantType.QInt8,
            op_types_to_quantize=["MatMul", "Gemm"],
            # onnx cannot infer what onnxruntime's own operators put out.
            extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},
        )
        fast = onnx.load_model(str(target))
    _round_tables(fast)
    return fast, _exact(graph, fast)


def _round_tables(graph: ModelProto) -> None:
    """Round the tables that pieces and positions are looked up in, in place.

    One scale for a whole table, as onnxruntime's quantiser takes it, made most of the error of the scores.
    """
    from onnx import helper, numpy_helper

    tables = {tensor.name: tensor for tensor in graph.graph.initializer}
    nodes: list[Any] = []
    for node in graph.graph.node:
        table = tables.get(node.input[0]) if node.op_type == "Gather" else None
        values = None if table is None else numpy_helper.to_array(table)
        if table is None or values is None or values.dtype != np.float32 or values.nbytes < _LEAST_BYTES:
            nodes.append(node)
            continue
        scale = np.maximum(np.abs(values).max(axis=0) / INT8_MOST, np.finfo(np.float32).tiny)
        parts = {
            "quantized": np.rint(values / scale).astype(np.int8),
            "scale": scale.astype(np.float32),
            "zero_point": np.zeros(len(scale), dtype=np.int8),
        }
        names = {part: f"{table.name}_{part}" for part in parts}
        if names["quantized"] not in tables:
            graph.graph.initializer.remove(table)
            added = [numpy_helper.from_array(value, names[part]) for part, value in parts.items()]
            graph.graph.initializer.extend(added)
            tables |= {tensor.name: tensor for tensor in added}
        found = f"{node.output[0]}_quantized"
        nodes += [
            helper.make_node("Gather", [names["quantized"], node.input[1]], [found], axis=0),
            helper.make_node(
                "DequantizeLinear", [found, names["scale"], names["zero_point"]], [node.output[0]], axis=-1
            ),
        ]
    del graph.graph.node[:]
    graph.graph.node.extend(nodes)


def _exact(graph: ModelProto, fast: ModelProto) -> ModelProto:
    """Give the float32 graph the rounded weights, turned back into float32 when it is loaded."""
    from onnx import ModelProto, helper

    rounded = {tensor.name: tensor for tensor in fast.graph.initializer}
    exact = ModelProto()
    exact.CopyFrom(graph)
    kept: list[TensorProto] = []
    nodes: list[Any] = []
    for tensor in exact.graph.initializer:
        parts = [rounded.get(f"{tensor.name}_{part}") for part in ("quantized", "scale", "zero_point")]
        if any(part is None for part in parts):
            kept.append(tensor)
            continue
        kept += [part for part in parts if part is not None]
        names = [part.name for part in parts if part is not None]
        by_channel: dict[str, Any] = {"axis": 1} if len(parts[1].dims) else {}  # type: ignore[union-attr]
        nodes.append(helper.make_node("DequantizeLinear", names, [tensor.name], **by_channel))
    nodes += exact.graph.node
    del exact.graph.initializer[:], exact.graph.node[:]
    exact.graph.initializer.extend(kept)
    exact.graph.node.extend(nodes)
    return exact


def mark_batches(graph: ModelProto) -> None:
    """Say in a graph that posts of one length may be run together: none of them changes the others.

    :param graph: the graph; changed in place.
    """
    from onnx import helper

    helper.set_model_props(graph, {BATCHES: "1"})


def write_sharing(graphs: Sequence[tuple[str, ModelProto]], folder: Path) -> None:
    """Write graphs whose equal large tensors lie once in a file of weights beside them.

    :param graphs: names of the files, and the graphs; changed in place.
    :param folder: where to.
    """
    from onnx.external_data_helper import set_external_data
    from onnx.numpy_helper import to_array

    offsets: dict[bytes, int] = {}
    with (folder / WEIGHTS_FILE).open("wb") as weights:
        for name, graph in graphs:
            for tensor in graph.graph.initializer:
                content = to_array(tensor).tobytes()
                if len(content) < _LEAST_BYTES:
                    continue
                if content not in offsets:
                    weights.write(b"\0" * (-weights.tell() % _ALIGNMENT if len(content) >= _ALIGNMENT else 0))
                    offsets[content] = weights.tell()
                    weights.write(content)
                tensor.raw_data = content
                set_external_data(tensor, WEIGHTS_FILE, offset=offsets[content], length=len(content))
                tensor.ClearField("raw_data")
                for typed in ("float_data", "int32_data", "int64_data"):
                    tensor.ClearField(typed)
            (folder / name).write_bytes(graph.SerializeToString())
