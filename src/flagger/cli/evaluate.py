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
        list[Path] | None,
        typer.Option(metavar="FILE", help="Posts that join every training part and are never judged; may be repeated."),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print no progress.")] = False,
) -> None:
    """Judge the training recipe by grouped cross-validation.

    Prints ranking, calibration, operating points, and the flag rate on political posts, which are never a target. Needs
    the extra 'train'.
    """
    from flagger.cli.output import print_json
    from flagger.cli.training_extra import say, training_extra

    with training_extra("Evaluating"):
        from flagger.evaluation import evaluate_file

        report = evaluate_file(path, authored=authored or (), progress=None if quiet else say)
    if as_json:
        print_json(report.to_dict())
    else:
        typer.echo(report.render())
