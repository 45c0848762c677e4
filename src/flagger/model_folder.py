"""Read and write a model folder: JSON for people, safetensors for numbers, checksums, nothing executable."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import msgspec

from flagger.encoder.storage import FOLDER as ENCODER_FOLDER
from flagger.encoder.storage import StoredEncoder
from flagger.errors import ModelFolderError, missing_extra
from flagger.fusion.cascade import Cascade
from flagger.fusion.features import RULE_FEATURES
from flagger.fusion.model import Fusion
from flagger.linear.model import LinearModel
from flagger.linear.packing import pack, unpack
from flagger.training_record import TrainingRecord

FORMAT_VERSION: Final = 2
CONFIG_FILE: Final = "flagger.json"
LINEAR_FILE: Final = "linear.safetensors"
RECORD_FILE: Final = "training_record.safetensors"
CARD_FILE: Final = "README.md"
PICTURE_FILE: Final = "quality.png"
_HUB_PATTERNS: Final = [PICTURE_FILE, "*.json", "*.safetensors", "*.md", "*.onnx", "*.weights", "*.txt", "*.codes"]
_EXECUTABLE_SUFFIXES: Final = (".bin", ".pkl", ".pickle", ".joblib", ".pt", ".pth", ".ckpt", ".py")


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A model as it lies on disk.

    :param linear: the n-gram model.
    :param fusion: the fitted fusion with thresholds.
    :param lexicon_hash: hash of the lexicon that the fusion was fitted with.
    :param metrics: figures measured when it was trained.
    :param card: text of the model card.
    :param encoder: the transformer stage, if the model has one.
    :param record: what the encoder was trained on.
    :param cascade: what settles posts without the encoder.
    :param picture: the picture that the card shows, a PNG; empty where it shows none.
    """

    linear: LinearModel
    fusion: Fusion
    lexicon_hash: str
    metrics: Mapping[str, Any] = field(default_factory=dict)
    card: str = ""
    encoder: StoredEncoder | None = None
    record: TrainingRecord | None = None
    cascade: Cascade | None = None
    picture: bytes = field(default=b"", repr=False)


def write_model_folder(folder: str | Path, model: ModelFolder, *, version: str) -> None:
    """Write a model folder; of an older model there, what the new one has no use for is removed.

    :param folder: where to; made if it does not exist.
    :param model: the model.
    :param version: version of flagger that writes it.
    :raises ModelFolderError: when the folder cannot be written.
    """
    from safetensors.numpy import save

    target = Path(folder)
    files = {LINEAR_FILE: save(pack(model.linear))}
    if model.record is not None:
        files[RECORD_FILE] = save(model.record.to_arrays())
    digests = {name: _sha256(content) for name, content in files.items()}
    if model.card:
        files[CARD_FILE] = model.card.encode()
    if model.picture:
        files[PICTURE_FILE] = model.picture
    config: dict[str, Any] = {
        "format_version": FORMAT_VERSION,
        "flagger_version": version,
        "linear_outputs": list(model.linear.outputs),
        "lexicon_hash": model.lexicon_hash,
        "sha256": digests,
        "metrics": dict(model.metrics),
        "fusion": model.fusion.to_dict(),
    }
    if model.encoder is not None:
        config["encoder"] = model.encoder.to_dict()
    if model.cascade is not None:
        config["cascade"] = model.cascade.to_dict()
    files[CONFIG_FILE] = msgspec.json.format(msgspec.json.encode(config), indent=2) + b"\n"
    try:
        target.mkdir(parents=True, exist_ok=True)
        older = _files_of(target)
        if model.encoder is not None:
            model.encoder.copy_to(target / ENCODER_FOLDER)
        for name, content in files.items():
            (target / name).write_bytes(content)
        encoder = () if model.encoder is None else model.encoder.files
        _remove(target, older - set(files) - {f"{ENCODER_FOLDER}/{name}" for name in encoder})
    except OSError as error:
        raise ModelFolderError(
            f"Cannot write the model to '{target}': {error.strerror}. Give a folder that you may write to."
        ) from error


def read_model_folder(folder: str | Path) -> ModelFolder:
    """Read a model folder and check that nothing in it is missing, damaged or executable.

    :param folder: the folder.
    :return: the model.
    :raises ModelFolderError: when it cannot be used; the message says why.
    """
    source = Path(folder)
    if not source.is_dir():
        raise ModelFolderError(f"No model folder at '{source}'. Give a folder that holds {CONFIG_FILE}, or a hub id.")
    foreign = sorted(path.name for path in source.rglob("*") if path.suffix in _EXECUTABLE_SUFFIXES)
    if foreign:
        raise ModelFolderError(
            f"'{source}' holds {', '.join(foreign)}, which could run code when loaded. flagger reads JSON and "
            "safetensors only: remove the file, or save the model again with save_pretrained."
        )
    config = _read_config(source / CONFIG_FILE)
    content = _read_checked(source / LINEAR_FILE, config["sha256"].get(LINEAR_FILE, ""))
    record = (
        _read_checked(source / RECORD_FILE, config["sha256"][RECORD_FILE]) if RECORD_FILE in config["sha256"] else b""
    )
    card, picture = source / CARD_FILE, source / PICTURE_FILE
    try:
        model = ModelFolder(
            linear=unpack(_arrays(content, LINEAR_FILE), tuple(config["linear_outputs"])),
            fusion=Fusion.from_dict(config["fusion"]),
            lexicon_hash=config["lexicon_hash"],
            metrics=config.get("metrics", {}),
            card=card.read_text(encoding="utf-8") if card.is_file() else "",
            encoder=(
                StoredEncoder.from_dict(config["encoder"], source / ENCODER_FOLDER) if "encoder" in config else None
            ),
            cascade=Cascade.from_dict(config["cascade"]) if "cascade" in config else None,
            record=TrainingRecord.from_arrays(_arrays(record, RECORD_FILE)) if record else None,
            picture=picture.read_bytes() if picture.is_file() else b"",
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ModelFolderError(
            f"'{source}' is not a complete flagger model ({type(error).__name__}: {error}). Save it again."
        ) from error
    _check_inputs(model, source)
    return model


def _check_inputs(model: ModelFolder, source: Path) -> None:
    first = (*(f"linear.{name}" for name in model.linear.outputs), *RULE_FEATURES)
    heads = () if model.encoder is None else tuple(f"encoder.{name}" for name in model.encoder.settings.heads)
    cascade = first if model.cascade is None else model.cascade.fusion.inputs
    if model.fusion.inputs != (*first, *heads) or cascade != first:
        raise ModelFolderError(
            f"The parts of '{source}' do not belong together: its fusion expects other features than this version's "
            "rules, its n-grams and its encoder give. Get the model again, or install the version that made it."
        )


def locate_model(name: str | Path, *, revision: str | None = None) -> Path:
    """Find a model by folder or hub id.

    :param name: a local folder, or a Hugging Face hub id such as ``team/model``.
    :param revision: branch, tag or commit of a hub model, the newest when left out; only a commit always means the same
        files. Without meaning for a local folder.
    :return: a local folder.
    :raises ModelFolderError: when there is neither such a folder nor such a hub model.
    :raises MissingExtraError: when a hub model is named and huggingface_hub is not installed.
    """
    folder = Path(name)
    if folder.is_dir():
        return folder
    is_hub_id = isinstance(name, str) and name.count("/") == 1 and not name.startswith((".", "/", "~"))
    if not is_hub_id:
        raise ModelFolderError(f"No model folder at '{name}'. Give a folder that holds {CONFIG_FILE}, or a hub id.")
    try:
        from huggingface_hub import snapshot_download
    except ImportError as error:
        raise missing_extra(f"No folder '{name}' here; loading it from the hub needs huggingface_hub", "hub") from error
    try:
        return Path(snapshot_download(str(name), revision=revision, allow_patterns=_HUB_PATTERNS))
    except Exception as error:
        raise ModelFolderError(
            f"No folder '{name}' here, and the hub gave none either ({type(error).__name__}). "
            "Check the name and the network, or give a local folder."
        ) from error


def _read_config(path: Path) -> dict[str, Any]:
    try:
        config = msgspec.json.decode(path.read_bytes())
    except OSError as error:
        raise ModelFolderError(f"'{path.parent}' is no flagger model: it has no readable {CONFIG_FILE}.") from error
    except msgspec.DecodeError as error:
        raise ModelFolderError(f"'{path}' is damaged: {error}. Get the model again.") from error
    if not isinstance(config, dict) or not isinstance(config.get("sha256"), dict):
        raise ModelFolderError(f"'{path}' is not a flagger configuration; expected an object with 'sha256'.")
    if config.get("format_version") != FORMAT_VERSION:
        raise ModelFolderError(
            f"'{path}' has format {config.get('format_version')!r}, this flagger reads {FORMAT_VERSION}. "
            "Train the model again or install the flagger version that made it."
        )
    return config


def _files_of(folder: Path) -> set[str]:
    """Name the files of the model in a folder; none where there is no model that this version reads."""
    try:
        config = _read_config(folder / CONFIG_FILE)
        encoder = [f"{ENCODER_FOLDER}/{name}" for name in config["encoder"]["sha256"] if Path(name).name == name]
    except ModelFolderError:
        return set()
    except (KeyError, TypeError):
        encoder = []
    return {RECORD_FILE, CARD_FILE, PICTURE_FILE, *encoder}


def _remove(folder: Path, names: Iterable[str]) -> None:
    for name in names:
        (folder / name).unlink(missing_ok=True)
    encoder = folder / ENCODER_FOLDER
    if encoder.is_dir() and not any(encoder.iterdir()):
        encoder.rmdir()


def _read_checked(path: Path, expected: str) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelFolderError(f"'{path.parent}' is incomplete: it has no readable {path.name}.") from error
    if _sha256(content) != expected:
        raise ModelFolderError(f"'{path}' is damaged: its checksum is not the one in {CONFIG_FILE}. Get it again.")
    return content


def _arrays(content: bytes, name: str) -> dict[str, Any]:
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        return dict(load(content))
    except SafetensorError as error:
        raise ValueError(f"{name}: {error}") from error


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
