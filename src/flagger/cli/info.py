"""``flagger info``: what is installed and which model it is."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated, Any, Final

import typer

from flagger.cli.errors import refuse_revision
from flagger.cli.options import ModelOption, RevisionOption

_PACKAGES: Final = (
    "numpy",
    "pyahocorasick",
    "google-re2",
    "pyarrow",
    "narwhals",
    "msgspec",
    "safetensors",
    "onnxruntime",
    "tokenizers",
)
# Of what a model was measured by, what is shown unasked.
_MAIN_FIGURES: Final = ("method", "posts", "unverified", "rumour", "sensitive")
_FIGURES_OF_AN_AXIS: Final = ("roc_auc", "average_precision", "positives", "calibration_error")


def info(
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON, with all figures.")] = False,
    metrics: Annotated[bool, typer.Option("--metrics", help="Print all figures of the model.")] = False,
    model: ModelOption = None,
    revision: RevisionOption = None,
) -> None:
    """Show versions, the model with its thresholds and figures, and the lexicon."""
    from flagger.cli.output import print_json

    refuse_revision(model, revision)
    facts = gather(model, revision)
    if as_json:
        print_json(facts)
        return
    for line in _lines(facts if metrics else _shortened(facts)):
        typer.echo(line)


def gather(model: str | None = None, revision: str | None = None) -> dict[str, Any]:
    """Collect what there is to know.

    :param model: model folder or hub id; the model inside the package when left out.
    :param revision: commit or tag of a hub model.
    :return: a JSON-ready dictionary.
    :raises ModelFolderError: when the model cannot be read.
    """
    from flagger.lexicon import Lexicon
    from flagger.model_folder import locate_model, read_model_folder
    from flagger.scorer import default_model_folder
    from flagger.version import __version__
    from flagger.vocabulary import AXES, CUES, TOPICS

    folder = default_model_folder() if model is None else locate_model(model, revision=revision)
    content = read_model_folder(folder)
    lexicon = Lexicon.default()
    fusion = content.fusion.to_dict()
    return {
        "flagger": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(terse=True),
        "packages": {name: _version(name) for name in _PACKAGES},
        "model": {
            "folder": str(folder),
            "thresholds": fusion["thresholds"],
            "topic_thresholds": fusion["topic_thresholds"],
            "lexicon_hash": content.lexicon_hash,
            "encoder": None if content.encoder is None else content.encoder.settings.to_dict(),
            "metrics": dict(content.metrics),
        },
        "lexicon": {
            "hash": lexicon.content_hash,
            "rules": len(lexicon.rules),
            "is_the_models": lexicon.content_hash == content.lexicon_hash,
        },
        "labels": {"axes": list(AXES), "topics": list(TOPICS), "cues": list(CUES)},
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _shortened(facts: dict[str, Any]) -> dict[str, Any]:
    """Give the facts with the main figures of the model alone, each axis in one line."""
    metrics = facts["model"].get("metrics")
    if not metrics:
        return facts
    short = {name: metrics[name] for name in _MAIN_FIGURES if name in metrics}
    for axis, figures in short.items():
        if isinstance(figures, dict):
            short[axis] = ", ".join(f"{name} {figures[name]}" for name in _FIGURES_OF_AN_AXIS if name in figures)
    return {**facts, "model": {**facts["model"], "metrics": {**short, "more": "flagger info --metrics"}}}


def _lines(facts: dict[str, Any], indent: str = "") -> list[str]:
    lines = []
    for name, value in facts.items():
        if isinstance(value, dict):
            lines += [f"{indent}{name}:", *_lines(value, indent + "  ")]
        else:
            shown = ", ".join(map(str, value)) if isinstance(value, list) else value
            lines.append(f"{indent}{name}: {shown}")
    return lines
