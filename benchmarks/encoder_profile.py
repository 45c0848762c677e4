"""Find out where the encoder's time goes: its matrix products alone, the whole graph, and every kind of operator.

Usage: python benchmarks/encoder_profile.py [MODEL]

The floor is measured, not looked up: onnxruntime runs a graph of nothing but the encoder's matrix products, in the same
shapes and the same integers, on one thread. The encoder's rate is the operations of these products over the time of the
whole graph, so that the share says how much of the time is spent on what cannot be left out. Needs the extra 'encoder'.
Writes benchmarks/results/encoder_profile.json.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper
from result_files import write_results

from flagger.benchmarking.timing import best_seconds
from flagger.encoder.onnx_graph import SLOW_OPTIMIZERS
from flagger.encoder.storage import FOLDER, GRAPH_FILE

PROJECT = Path(__file__).parents[1]
LENGTHS = (16, 46, 96, 160)
PROFILED = 46
# Half of the social posts are no longer than this.
SHORT = 16
PRODUCTS = ("MatMulInteger", "MatMulIntegerToFloat")
ROUNDS = 5
REPEATS = 20
THREADS = 2
TOGETHER = 8


def session(
    model: str | bytes, *, threads: int = 1, without: list[str] = SLOW_OPTIMIZERS, profile: str | None = None
) -> ort.InferenceSession:
    settings = ort.SessionOptions()
    settings.intra_op_num_threads, settings.inter_op_num_threads = threads, 1
    if profile is not None:
        settings.enable_profiling, settings.profile_file_prefix = True, profile
    return ort.InferenceSession(model, settings, providers=["CPUExecutionProvider"], disabled_optimizers=without)


def integer_products(path: Path) -> list[tuple[int, int]]:
    """Give inputs and outputs of every product of integers in a graph, in its order."""
    graph = onnx.load(path).graph
    shapes = {one.name: tuple(one.dims) for one in graph.initializer}
    return [shapes[node.input[1]] for node in graph.node if node.op_type in PRODUCTS]


def products_alone(shapes: list[tuple[int, int]]) -> bytes:
    """Build a graph of nothing but products of integers, one input for each width."""
    generator = np.random.default_rng(0)
    nodes, weights, outputs = [], [], []
    inputs = [
        helper.make_tensor_value_info(f"rows_{width}", TensorProto.UINT8, ["length", width])
        for width in sorted({width for width, _ in shapes})
    ]
    for number, (width, height) in enumerate(shapes):
        values = generator.integers(-127, 128, (width, height), dtype=np.int8)
        weights.append(
            helper.make_tensor(f"weights_{number}", TensorProto.INT8, values.shape, values.tobytes(), raw=True)
        )
        nodes.append(helper.make_node("MatMulInteger", [f"rows_{width}", f"weights_{number}"], [f"product_{number}"]))
        outputs.append(helper.make_tensor_value_info(f"product_{number}", TensorProto.INT32, ["length", height]))
    graph = helper.make_graph(nodes, "products", inputs, outputs, weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    return bytes(model.SerializeToString())


def seconds(run: Callable[[], object]) -> float:
    def repeated() -> None:
        for _ in range(REPEATS):
            run()

    repeated()
    return best_seconds(repeated, rounds=ROUNDS) / REPEATS


def by_operator(path: Path, feeds: dict[str, np.ndarray]) -> dict[str, float]:
    """Give the share of the time that each kind of operator takes, as onnxruntime's profiler sees it."""
    with tempfile.TemporaryDirectory() as folder:
        profiled = session(str(path), profile=f"{folder}/profile")
        for _ in range(REPEATS):
            profiled.run(None, feeds)
        events = json.loads(Path(profiled.end_profiling()).read_text(encoding="utf-8"))
    took: Counter[str] = Counter()
    for event in events:
        if event.get("cat") == "Node" and event["name"].endswith("_kernel_time"):
            took[event["args"]["op_name"]] += event["dur"]
    whole = sum(took.values())
    return {name: round(duration / whole, 4) for name, duration in took.most_common(8)}


def steps(path: Path, name: str) -> dict[str, dict[str, float]]:
    """Measure what was tried against what is used, in turns: microseconds a chunk, before and after."""
    generator = np.random.default_rng(0)
    used = session(str(path))
    feeds = {name: generator.integers(5, 1000, (1, PROFILED), dtype=np.int64)}
    together = {name: np.repeat(feeds[name], TOGETHER, axis=0)}
    short = {name: feeds[name][:, :SHORT]}
    short_together = {name: np.repeat(short[name], TOGETHER, axis=0)}
    fused, split = session(str(path), without=[]), session(str(path), threads=THREADS)

    def each_its_own() -> None:
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(lambda _: used.run(None, feeds), range(TOGETHER)))

    def one_after_another() -> None:
        for _ in range(TOGETHER):
            split.run(None, feeds)

    pairs: dict[str, tuple[Callable[[], object], Callable[[], object], int, int]] = {
        "normalisation": (lambda: fused.run(None, feeds), lambda: used.run(None, feeds), 1, 1),
        "threads": (one_after_another, each_its_own, TOGETHER, TOGETHER),
        "batch": (lambda: used.run(None, feeds), lambda: used.run(None, together), 1, TOGETHER),
        "batch_short": (lambda: used.run(None, short), lambda: used.run(None, short_together), 1, TOGETHER),
    }
    found = {}
    for step, (before, after, before_chunks, after_chunks) in pairs.items():
        found[step] = {
            "before_milliseconds": round(seconds(before) / before_chunks * 1e3, 2),
            "after_milliseconds": round(seconds(after) / after_chunks * 1e3, 2),
        }
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", nargs="?", type=Path, default=PROJECT / "models" / "default")
    arguments = parser.parse_args()
    path = arguments.model / FOLDER / GRAPH_FILE
    shapes = integer_products(path)
    operations = 2 * sum(width * height for width, height in shapes)
    alone, whole = session(products_alone(shapes)), session(str(path))
    name = whole.get_inputs()[0].name
    generator = np.random.default_rng(0)
    lengths = []
    for length in LENGTHS:
        rows = {
            one.name: generator.integers(0, 256, (length, one.shape[1]), dtype=np.uint8) for one in alone.get_inputs()
        }
        ids = {name: generator.integers(5, 1000, (1, length), dtype=np.int64)}
        floor, took = (
            seconds(lambda run=run, feeds=feeds: run.run(None, feeds)) for run, feeds in ((alone, rows), (whole, ids))
        )
        lengths.append(
            {
                "pieces": length,
                "products_milliseconds": round(floor * 1e3, 2),
                "encoder_milliseconds": round(took * 1e3, 2),
                "products_giga_operations_per_second": round(operations * length / floor / 1e9),
                "share_of_the_matrix_rate": round(floor / took, 3),
            }
        )
        print(lengths[-1], flush=True)
    ids = {name: generator.integers(5, 1000, (1, PROFILED), dtype=np.int64)}
    result = {
        "threads": 1,
        "operations_per_piece": operations,
        "lengths": lengths,
        "operators": {"pieces": PROFILED, "shares": by_operator(path, ids)},
        "steps": {"threads": THREADS, "posts_together": TOGETHER, "short_pieces": SHORT, **steps(path, name)},
    }
    write_results("encoder_profile", result)
    print(json.dumps({name: result[name] for name in ("operators", "steps")}, indent=2))


if __name__ == "__main__":
    main()
