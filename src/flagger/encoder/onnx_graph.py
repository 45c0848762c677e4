"""An ONNX graph in onnxruntime."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import onnxruntime

from flagger.errors import ModelFolderError

INPUT: Final = "input_ids"
OUTPUT: Final = "logits"
THREADS_VARIABLE: Final = "FLAGGER_THREADS"


def thread_count() -> int:
    """Say how many threads the encoder uses: ``FLAGGER_THREADS``, else ``OMP_NUM_THREADS``, else one for each core.

    :return: at least 1, never more than there are cores.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    for name in (THREADS_VARIABLE, "OMP_NUM_THREADS"):
        given = os.environ.get(name, "")
        if given.isdigit() and int(given) > 0:
            return min(int(given), cores)
    return cores


class OnnxGraph:
    """Runs a graph with input ``input_ids`` and output ``logits``.

    :param path: the graph; its file of weights lies beside it.
    :raises ModelFolderError: when it is no graph of that form.
    """

    def __init__(self, path: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = thread_count()
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
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

    def run(self, ids: list[int]) -> npt.NDArray[np.float32]:
        """Run the encoder on one chunk.

        :param ids: framed ids.
        :return: logits of shape ``(heads,)``.
        """
        (logits,) = self._session.run([OUTPUT], {INPUT: np.array([ids], dtype=np.int64)})
        return np.asarray(logits[0], dtype=np.float32)
