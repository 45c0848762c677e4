"""A trained encoder on disk in Hugging Face form: body, heads, tokenizer."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from flagger.encoder.phobert_reader import MERGES_FILE, VOCABULARY_FILE
from flagger.encoder.reading import TOKENIZER_FILE
from flagger.encoder.settings import EncoderSettings
from flagger.encoder.storage import StoredEncoder, digest_of
from flagger.encoder.torch_graph import HEADS_FILE
from flagger.training.encoder.network import EncoderNetwork

_TOKENIZER_FILES: Final = (TOKENIZER_FILE, "tokenizer_config.json", VOCABULARY_FILE, MERGES_FILE)


def folded_heads(network: EncoderNetwork, heads: int) -> tuple[Tensor, Tensor]:
    """Fold the standardisation of the pooled vector into the heads.

    :param network: the trained network.
    :param heads: how many of the first heads to keep.
    :return: weight of shape ``(heads, width)`` and bias of shape ``(heads,)`` over the plain mean of the hidden states.
    """
    weight = network.head.weight.detach()[:heads] / network.scale
    return weight, network.head.bias.detach()[:heads] - weight @ network.centre


def write_trained(
    network: EncoderNetwork, tokenizer: str | Path, folder: Path, settings: EncoderSettings
) -> StoredEncoder:
    """Write a trained encoder.

    :param network: the network; of its heads those that the settings name are kept, which come first.
    :param tokenizer: folder with the files of the tokenizer.
    :param folder: where to; made if it does not exist. What an older encoder left there is removed.
    :param settings: how it is to be read.
    :return: the stored encoder.
    """
    empty_folder(folder)
    body: nn.Module = network.body
    body.save_pretrained(folder)  # type: ignore[operator]
    weight, bias = folded_heads(network, len(settings.heads))
    save_file({"weight": weight.cpu().contiguous(), "bias": bias.cpu().contiguous()}, folder / HEADS_FILE)
    for name in _TOKENIZER_FILES:
        if (Path(tokenizer) / name).is_file():
            shutil.copyfile(Path(tokenizer) / name, folder / name)
    names = sorted(path.name for path in folder.iterdir() if path.is_file())
    return StoredEncoder(folder, settings, {name: digest_of(folder / name) for name in names})


def empty_folder(folder: Path) -> None:
    """Make a folder, and remove the files in it: those of an older encoder would be taken for parts of the new one.

    :param folder: the folder.
    :raises OSError: when it cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        if path.is_file():
            path.unlink()


class ScoringNetwork(nn.Module):
    """A trained encoder as it scores: no padding, no dropout.

    :param folder: as :func:`write_trained` wrote it.
    """

    def __init__(self, folder: Path) -> None:
        from safetensors.torch import load_file
        from transformers import AutoModel

        super().__init__()
        self.body = AutoModel.from_pretrained(folder, local_files_only=True, dtype=torch.float32)
        heads = load_file(folder / HEADS_FILE)
        self.head = nn.Linear(heads["weight"].shape[1], heads["weight"].shape[0])
        self.head.weight = nn.Parameter(heads["weight"])
        self.head.bias = nn.Parameter(heads["bias"])

    def forward(self, input_ids: Tensor) -> Tensor:
        """Score posts of one length.

        :param input_ids: shape ``(posts, pieces)``.
        :return: logits of shape ``(posts, heads)``.
        """
        logits: Tensor = self.head(self.body(input_ids=input_ids).last_hidden_state.mean(dim=1))
        return logits
