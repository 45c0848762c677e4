"""``flagger evaluate``: judge the training recipe on labelled posts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def evaluate(
    path: Annotated[
        Path, typer.Argument(metavar="FILE", help="Labelled posts, JSON Lines in the schema of the annotation guide.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON.")] = False,
    authored: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Posts that join every training part and are never judged."),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print no progress.")] = False,
) -> None:
    """Judge the training recipe by grouped cross-validation.

    Prints ranking, calibration, operating points, and the flag rate on political posts, which are never a target. Needs
    the extra 'train'.
    """
    from flagger.cli.output import print_json
    from flagger.errors import MissingExtraError

    try:
        from flagger.evaluation import evaluate_file

        report = evaluate_file(path, authored=authored, progress=None if quiet else _say)
    except ModuleNotFoundError as error:
        raise MissingExtraError(f"Evaluating needs {error.name}; run: pip install 'flagger[train]'") from error
    if as_json:
        print_json(report.to_dict())
    else:
        typer.echo(report.render())


def _say(line: str) -> None:
    typer.echo(line, err=True)
