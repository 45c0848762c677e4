"""``flagger export``: turn a trained encoder into an ONNX graph that scores without torch."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from flagger.cli.errors import refuse_unused

MOST_COMPARED = 7_000
MOST_SETTLED = 40_000


def export(
    path: Annotated[
        Path,
        typer.Argument(
            metavar="FOLDER",
            help="A model that 'flagger train --base' or '--refit' wrote; of one that is exported already, --settle-on "
            "teaches the first stage again.",
        ),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FOLDER", help="Where the exported model goes.")],
    precision: Annotated[
        Literal["int8", "float32"], typer.Option(help="int8 is a quarter of the size and about twice as fast.")
    ] = "int8",
    posts: Annotated[
        Path | None,
        typer.Option("--compare-on", metavar="FILE", help="A table of posts on which int8 is compared with float32."),
    ] = None,
    text_column: Annotated[str, typer.Option(help="Column with the text in the tables.")] = "text",
    limit: Annotated[
        int | None,
        typer.Option(
            min=1, help="At most this many posts to compare on, spread evenly over the table; 7000 when left out."
        ),
    ] = None,
    settle_on: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="A table of posts as they will be scored: the first stage learns from what the whole model says of "
            "them which posts need no encoder. May be repeated.",
        ),
    ] = None,
    unseen: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="Labels by hash whose posts must not teach the first stage."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the comparison as one line of JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print no progress.")] = False,
) -> None:
    """Export the encoder of a trained model to ONNX, PhoBERT's included.

    Needs the extra 'encoder'; what it writes does not.
    """
    from flagger.cli.output import print_json
    from flagger.cli.train import check_model_target, ignore
    from flagger.cli.training_extra import say, training_extra

    if posts is None:
        refuse_unused({"--limit": limit}, "Without --compare-on nothing is compared")
    if not settle_on:
        refuse_unused({"--unseen": unseen}, "Without --settle-on no first stage is taught")
    check_model_target(output)
    with training_extra("Exporting"):
        from flagger.benchmarking.workload import Workload
        from flagger.recipes.export import export_model
        from flagger.training.dataset import read_keys

        chosen: list[str] = []
        if posts is not None:
            chosen = list(Workload.read(posts, text=text_column, limit=limit or MOST_COMPARED).posts)
        names = [one.name for one in settle_on or ()]
        sets = {
            one.name if names.count(one.name) == 1 else one.as_posix(): Workload.read(
                one, text=text_column, limit=MOST_SETTLED
            ).posts
            for one in settle_on or ()
        }
        parity = export_model(
            *(path, output),
            precision=precision,
            posts=chosen,
            settle_on=sets,
            unseen=frozenset(key for one in unseen or () for key in read_keys(one)),
            progress=ignore if quiet else say,
        )
    if as_json:
        print_json(parity)
    else:
        for axis in ("unverified", "sensitive"):
            if axis in parity:
                typer.echo(f"{axis}: {', '.join(f'{name} {value}' for name, value in parity[axis].items())}")
