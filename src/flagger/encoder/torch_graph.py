"""A trained encoder that has not been exported: run by torch, on a GPU if there is one (extra ``encoder``)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from flagger.encoder.batching import pad, plan_batches
from flagger.encoder.pooling import mean_of_pieces
from flagger.encoder.settings import EncoderSettings
from flagger.errors import ModelFolderError, missing_extra

if TYPE_CHECKING:
    from torch import Tensor

HEADS_FILE: Final = "heads.safetensors"
# A processor gains by batches only while they are small (e5-small: 512 pieces 1.4 times as fast as chunks alone, 4,096
# slower than alone); a GPU needs large ones.
BATCH_PIECES: Final = {"cpu": 512, "cuda": 1 << 15}
BATCH_CHUNKS: Final = 512


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
            raise missing_extra(
                f"'{folder}' holds no ONNX graph, so it needs {(error.name or 'torch').partition('.')[0]}",
                "encoder",
                otherwise="or 'flagger export' it where torch is installed",
            ) from error
        self._torch = torch
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        try:
            self.body: Any = AutoModel.from_pretrained(folder, local_files_only=True, dtype=torch.float32)
            self.body = self.body.to(self.device).eval()
            heads = load_file(folder / HEADS_FILE)
            self._weight, self._bias = (heads[name].to(self.device, torch.float32) for name in ("weight", "bias"))
        except Exception as error:
            raise ModelFolderError(f"'{folder}' cannot be read ({type(error).__name__}). Get it again.") from error
        self._blank = int(getattr(self.body.config, "pad_token_id", None) or 0)
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
        """Run the encoder on chunks, those of like length together.

        Unlike int8, float32 lets a batch change a logit by rounding only.

        :param sequences: framed ids of the chunks.
        :return: for each chunk its logits, of shape ``(heads,)``.
        """
        torch = self._torch
        found = np.zeros((len(sequences), len(self._weight)), dtype=np.float32)
        lengths = [len(ids) for ids in sequences]
        for rows in plan_batches(lengths, most_pieces=BATCH_PIECES[self.device], most_rows=BATCH_CHUNKS):
            ids, mask = (
                torch.from_numpy(one).to(self.device) for one in pad([sequences[i] for i in rows], self._blank)
            )
            with torch.inference_mode():
                found[rows] = self.logits(ids, mask).float().cpu().numpy()
        return list(found)

    def logits(self, ids: Tensor, mask: Tensor | None = None) -> Tensor:
        """Run the encoder on chunks, with gradients where torch takes them.

        :param ids: framed ids of shape ``(chunks, pieces)``.
        :param mask: 1 for pieces and 0 for padding, of the same shape; all are pieces when left out.
        :return: logits of shape ``(chunks, heads)``.
        """
        states = self.body(input_ids=ids, attention_mask=mask).last_hidden_state
        found: Tensor = mean_of_pieces(states, mask) @ self._weight.T + self._bias
        return found
