"""A trained encoder that has not been exported: run by torch, on a GPU if there is one (extra ``encoder``)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from flagger.encoder.settings import EncoderSettings
from flagger.errors import MissingExtraError, ModelFolderError

if TYPE_CHECKING:
    from torch import Tensor

HEADS_FILE: Final = "heads.safetensors"


class TorchGraph:
    """Runs a folder in Hugging Face form with the heads beside it.

    :param folder: holds ``config.json``, ``model.safetensors`` and ``heads.safetensors``.
    :param settings: how the encoder is to be read.
    :raises MissingExtraError: when torch or transformers are not installed.
    :raises ModelFolderError: when the folder cannot be read.
    """

    def __init__(self, folder: Path, settings: EncoderSettings) -> None:
        try:
            import torch
            from safetensors.torch import load_file
            from transformers import AutoModel
        except ImportError as error:
            raise MissingExtraError(
                f"'{folder}' holds no ONNX graph, so it needs torch: pip install 'flagger[encoder]', "
                "or 'flagger export' it where torch is installed."
            ) from error
        self._torch = torch
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        try:
            self.body: Any = AutoModel.from_pretrained(folder, local_files_only=True).to(self.device).eval()
            heads = load_file(folder / HEADS_FILE)
            self._weight, self._bias = heads["weight"].to(self.device), heads["bias"].to(self.device)
        except Exception as error:
            raise ModelFolderError(f"'{folder}' cannot be read ({type(error).__name__}). Get it again.") from error
        if len(self._weight) != len(settings.heads):
            raise ModelFolderError(
                f"'{folder}' has {len(self._weight)} heads, its settings name {len(settings.heads)}."
            )

    def run(self, ids: list[int]) -> npt.NDArray[np.float32]:
        """Run the encoder on one chunk.

        :param ids: framed ids.
        :return: logits of shape ``(heads,)``.
        """
        torch = self._torch
        with torch.inference_mode():
            logits = self.logits(torch.tensor([ids], device=self.device))
        return np.asarray(logits[0].float().cpu().numpy())

    def run_many(self, sequences: Sequence[list[int]]) -> list[npt.NDArray[np.float32]]:
        """Run the encoder on chunks, one after another.

        :param sequences: framed ids of the chunks.
        :return: for each chunk its logits, of shape ``(heads,)``.
        """
        return [self.run(ids) for ids in sequences]

    def logits(self, ids: Tensor) -> Tensor:
        """Run the encoder on chunks of equal length, with gradients where torch takes them.

        :param ids: framed ids of shape ``(chunks, pieces)``.
        :return: logits of shape ``(chunks, heads)``.
        """
        states = self.body(input_ids=ids).last_hidden_state
        found: Tensor = states.mean(dim=1) @ self._weight.T + self._bias
        return found
