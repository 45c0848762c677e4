"""An encoder as it lies in a model folder: settings, tokenizer, graphs, and the probes that the parity gate reads."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from flagger.encoder.model import Encoder, Graph
from flagger.encoder.onnx_graph import OnnxGraph
from flagger.encoder.reading import load_reader
from flagger.encoder.settings import EncoderSettings
from flagger.errors import ModelFolderError

FOLDER: Final = "encoder"
GRAPH_FILE: Final = "encoder.onnx"
EXACT_GRAPH_FILE: Final = "encoder-exact.onnx"
WEIGHTS_FILE: Final = "encoder.weights"


@dataclass(frozen=True, slots=True)
class Probe:
    """One chunk with the logits that the float32 network gave for it.

    :param ids: framed ids.
    :param logits: one for each head.
    """

    ids: tuple[int, ...]
    logits: tuple[float, ...]

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], heads: int) -> Probe:
        """Read a probe.

        :param data: ``ids`` and ``logits``.
        :param heads: how many logits there must be.
        :return: the probe.
        :raises ValueError: when it holds something else.
        :raises KeyError: when a part is missing.
        """
        ids, logits = data["ids"], data["logits"]
        whole = isinstance(ids, list) and ids and all(type(one) is int and one >= 0 for one in ids)
        numbers = isinstance(logits, list) and len(logits) == heads and all(type(one) in (int, float) for one in logits)
        if not whole or not numbers:
            raise ValueError(f"a probe needs ids and {heads} logits")
        return cls(tuple(ids), tuple(map(float, logits)))


@dataclass(frozen=True, slots=True)
class StoredEncoder:
    """An encoder on disk.

    :param folder: where its files lie.
    :param settings: how it is to be read.
    :param files: SHA-256 of every file, by name.
    :param probes: what the parity gate runs on the user's machine.
    :param tolerance: largest mean difference of logits on the probes that the gate lets through.
    """

    folder: Path
    settings: EncoderSettings
    files: Mapping[str, str]
    probes: tuple[Probe, ...] = ()
    tolerance: float = field(default=0.5)

    def to_dict(self) -> dict[str, Any]:
        """Give a JSON-ready dictionary."""
        return {
            "settings": self.settings.to_dict(),
            "sha256": dict(self.files),
            "probes": [{"ids": list(probe.ids), "logits": list(probe.logits)} for probe in self.probes],
            "tolerance": self.tolerance,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], folder: Path) -> StoredEncoder:
        """Read what :meth:`to_dict` wrote, and check that the files are whole.

        :param data: the dictionary.
        :param folder: where the files lie.
        :return: the stored encoder.
        :raises ModelFolderError: when a file is missing or damaged.
        :raises KeyError: when a part is missing.
        """
        files = {str(name): str(digest) for name, digest in data["sha256"].items()}
        for name, expected in files.items():
            if Path(name).name != name or digest_of(folder / name) != expected:
                raise ModelFolderError(
                    f"'{folder / name}' is damaged: its checksum is not the stored one. Get it again."
                )
        settings = EncoderSettings.from_dict(data["settings"])
        probes = tuple(Probe.from_dict(one, len(settings.heads)) for one in data["probes"])
        return cls(folder, settings, files, probes, float(data["tolerance"]))

    def copy_to(self, target: Path) -> StoredEncoder:
        """Copy the files.

        :param target: where to; made if it does not exist.
        :return: the copy.
        :raises OSError: when it cannot be written.
        """
        import shutil

        target.mkdir(parents=True, exist_ok=True)
        for name in self.files:
            if target.resolve() != self.folder.resolve():
                shutil.copyfile(self.folder / name, target / name)
        return StoredEncoder(target, self.settings, self.files, self.probes, self.tolerance)

    def load(self) -> Encoder:
        """Make the encoder ready to score, after the parity gate.

        :return: the encoder.
        :raises ModelFolderError: when it cannot be run.
        :raises MissingExtraError: when it needs a package that is not installed.
        """
        return Encoder(self.settings, load_reader(self.folder, self.settings), self._graph(), self.folder)

    def _graph(self) -> Graph:
        if GRAPH_FILE not in self.files:
            from flagger.encoder.torch_graph import TorchGraph

            return TorchGraph(self.folder, self.settings)
        graph = OnnxGraph(self.folder / GRAPH_FILE)
        if EXACT_GRAPH_FILE not in self.files:
            return graph
        try:
            difference = probe_difference(graph, self.probes)
        except Exception as error:
            raise ModelFolderError(
                f"The encoder in '{self.folder}' cannot run its own probes ({type(error).__name__}). Get it again."
            ) from error
        if difference <= self.tolerance:
            return graph
        warnings.warn(
            f"On this processor the int8 encoder differs from the trained one by {difference:.2f} on the logit scale, "
            f"more than {self.tolerance:.2f}; flagger uses the exact graph instead, which is about half as fast.",
            RuntimeWarning,
            stacklevel=2,
        )
        return OnnxGraph(self.folder / EXACT_GRAPH_FILE)


def probe_difference(graph: Graph, probes: tuple[Probe, ...]) -> float:
    """Run the parity gate's probes.

    :param graph: the graph to judge.
    :param probes: chunks with the logits of the float32 network.
    :return: mean absolute difference of the logits; 0 without probes.
    """
    if not probes:
        return 0.0
    return float(np.mean([np.abs(graph.run(list(probe.ids)) - np.array(probe.logits)) for probe in probes]))


def digest_of(path: Path) -> str:
    """Give the SHA-256 of a file.

    :param path: the file.
    :return: hexadecimal digits.
    :raises ModelFolderError: when it cannot be read.
    """
    try:
        with path.open("rb") as content:
            return (
                hashlib.file_digest(content, "sha256").hexdigest()
                if hasattr(hashlib, "file_digest")
                else (hashlib.sha256(content.read()).hexdigest())
            )
    except OSError as error:
        raise ModelFolderError(f"'{path.parent}' is incomplete: it has no readable {path.name}.") from error
