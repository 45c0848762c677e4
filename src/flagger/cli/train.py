"""``flagger train``: train a model on labelled posts."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer


def train(
    path: Annotated[
        Path, typer.Argument(metavar="FILE", help="Labelled posts, JSON Lines in the schema of the annotation guide.")
    ],
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="FOLDER", help="Where the model goes: a new or empty folder, or an older model."
        ),
    ],
    authored: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="Posts that join the training and are never judged; may be repeated."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as one line of JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print no progress.")] = False,
) -> None:
    """Train the n-gram model and its fusion, after a cross-validation whose figures go into the model card.

    Needs the extra 'train'.
    """
    from flagger.cli.output import print_json
    from flagger.cli.training_extra import say, training_extra

    check_model_target(output)
    with training_extra("Training"):
        from flagger.recipes.default_model import train_model

        report = train_model(path, output, authored=authored or (), progress=None if quiet else say)
    if as_json:
        print_json(report.to_dict())
    else:
        typer.echo(report.render())


def check_model_target(folder: Path) -> None:
    """Check before minutes of work that a model can be written, and that nothing else is written over.

    :param folder: where the model is to go.
    :raises OutputError: when it is a file, holds something else than a model, or may not be written.
    """
    from flagger.errors import OutputError
    from flagger.model_folder import CONFIG_FILE

    if folder.exists() and not folder.is_dir():
        raise OutputError(f"Cannot write the model to '{folder}': it is a file. Give a folder.")
    existing = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    if not existing.is_dir() or not os.access(existing, os.R_OK | os.W_OK | os.X_OK):
        raise OutputError(
            f"Cannot write the model to '{folder}': '{existing}' is no folder that you may write to. Give another path."
        )
    if existing == folder and any(folder.iterdir()) and not (folder / CONFIG_FILE).is_file():
        raise OutputError(
            f"Cannot write the model to '{folder}': it holds other files and no {CONFIG_FILE}. Give a new or empty "
            "folder, or one with an older model."
        )
