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
# Property of graphs that score a post the same whatever else of its length is in the batch.
BATCHES: Final = "flagger.batches"
# A batch of short chunks takes half the time a chunk; above this many pieces there is nothing to gain.
MOST_PIECES: Final = 256
MOST_CHUNKS: Final = 16
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
            self._most_chunks = MOST_CHUNKS if BATCHES in self._session.get_modelmeta().custom_metadata_map else 1
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
        """Run the encoder on chunks, those of one length together, as many batches at a time as there are threads.

        :param sequences: framed ids of the chunks.
        :return: for each chunk its logits, of shape ``(heads,)``.
        """
        batches = self._batches(sequences)
        workers = min(thread_count(), len(batches))
        inputs = [[sequences[position] for position in batch] for batch in batches]
        if workers < 2:
            scored = [self._run(batch) for batch in inputs]
        else:
            with ThreadPoolExecutor(workers) as pool:
                scored = list(pool.map(self._run, inputs))
        found = {
            position: logits
            for batch, rows in zip(batches, scored, strict=True)
            for position, logits in zip(batch, rows, strict=True)
        }
        return [found[position] for position in range(len(sequences))]

    def _batches(self, sequences: Sequence[list[int]]) -> list[list[int]]:
        """Put chunks of one length together; long ones first, so that no thread is left alone with one at the end."""
        by_length: dict[int, list[int]] = {}
        for position, ids in enumerate(sequences):
            by_length.setdefault(len(ids), []).append(position)
        batches = []
        for length in sorted(by_length, reverse=True):
            rows = by_length[length]
            step = max(1, min(self._most_chunks, MOST_PIECES // length))
            batches += [rows[begin : begin + step] for begin in range(0, len(rows), step)]
        return batches

    def run(self, ids: list[int]) -> npt.NDArray[np.float32]:
        """Run the encoder on one chunk.

        :param ids: framed ids.
        :return: logits of shape ``(heads,)``.
        """
        logits: npt.NDArray[np.float32] = self._run([ids])[0]
        return logits

    def _run(self, batch: Sequence[list[int]]) -> npt.NDArray[np.float32]:
        """Run the encoder on chunks of one length: logits of shape ``(chunks, heads)``."""
        (logits,) = self._session.run([OUTPUT], {INPUT: np.array(batch, dtype=np.int64)})
        return np.asarray(logits, dtype=np.float32)
