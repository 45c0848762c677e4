"""An ONNX graph in onnxruntime."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import onnxruntime

from flagger.errors import ModelFolderError
from flagger.threads import thread_count

INPUT: Final = "input_ids"
OUTPUT: Final = "logits"
# Its fused operator takes four times as long as an addition and a normalisation.
SLOW_OPTIMIZERS: Final = ["SkipLayerNormFusion"]


class OnnxGraph:
    """Runs a graph with input ``input_ids`` and output ``logits``.

    :param path: the graph; its file of weights lies beside it.
    :raises ModelFolderError: when it is no graph of that form.
    """

    def __init__(self, path: Path) -> None:
        options = onnxruntime.SessionOptions()
        # One thread for each chunk and several chunks at a time: twice as fast on two cores as one chunk on both.
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(
                str(path), options, providers=["CPUExecutionProvider"], disabled_optimizers=SLOW_OPTIMIZERS
            )
            names = (
                [item.name for item in self._session.get_inputs()],
                [item.name for item in self._session.get_outputs()],
            )
        except Exception as error:
            raise ModelFolderError(
                f"The encoder graph in '{path}' cannot be read ({type(error).__name__}). Get the model again."
            ) from error
        if names != ([INPUT], [OUTPUT]):
            raise ModelFolderError(
                f"The encoder graph in '{path}' has inputs and outputs {names}; expected {INPUT} and {OUTPUT}."
            )

    def run_many(self, sequences: Sequence[list[int]]) -> list[npt.NDArray[np.float32]]:
        """Run the encoder on chunks, each alone, as many at a time as there are threads.

        :param sequences: framed ids of the chunks.
        :return: for each chunk its logits, of shape ``(heads,)``.
        """
        workers = min(thread_count(), len(sequences))
        if workers < 2:
            return [self.run(ids) for ids in sequences]
        # Long ones first, so that no thread is left alone with one at the end.
        order = sorted(range(len(sequences)), key=lambda position: -len(sequences[position]))
        with ThreadPoolExecutor(workers) as pool:
            found = dict(zip(order, pool.map(self.run, (sequences[position] for position in order)), strict=True))
        return [found[position] for position in range(len(sequences))]

    def run(self, ids: list[int]) -> npt.NDArray[np.float32]:
        """Run the encoder on one chunk.

        :param ids: framed ids.
        :return: logits of shape ``(heads,)``.
        """
        (logits,) = self._session.run([OUTPUT], {INPUT: np.array([ids], dtype=np.int64)})
        return np.asarray(logits[0], dtype=np.float32)
