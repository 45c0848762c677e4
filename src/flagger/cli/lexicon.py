"""``flagger lexicon``: work on rules."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from flagger.cli.errors import EXIT_PROBLEMS

lexicon = typer.Typer(no_args_is_help=True, help="Work on lexicon rules.")


@lexicon.callback()
def group() -> None:
    """Work on lexicon rules."""


@lexicon.command()
def check(
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="FOLDER", help="Your own rules, checked together with the shipped ones."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON.")] = False,
    corpus: Annotated[
        str | None,
        typer.Option(
            metavar="FILE", help="Ordinary posts, in any table that 'flagger score' reads, to find broad rules."
        ),
    ] = None,
    text_column: Annotated[str, typer.Option(help="Column of the corpus with the posts.")] = "text",
) -> None:
    """Run every rule's own examples, and look for dead, duplicate and over-broad rules.

    Exit codes: 0 all is well; 1 problems found; 2 a file breaks the schema or the refusals of the project.
    """
    from flagger.cli.output import print_json
    from flagger.errors import InputError
    from flagger.lexicon import Lexicon, check_lexicon
    from flagger.lexicon.check import MINIMUM_CORPUS

    rules = Lexicon.default()
    if folder is not None:
        rules = rules.with_folder(folder)
    posts = None if corpus is None else list(_posts(corpus, text_column))
    if posts is not None and len(posts) < MINIMUM_CORPUS:
        raise InputError(
            f"'{corpus}' has {len(posts)} posts, too few to say which rules are broad; give at least {MINIMUM_CORPUS}."
        )
    report = check_lexicon(rules, corpus=posts)
    if as_json:
        print_json(report.to_dict())
    else:
        for problem in report.problems:
            typer.echo(f"{problem.entry_id}: {problem.kind}: {problem.message}")
        typer.echo(f"{report.entries} rules with {report.patterns} patterns, {len(report.problems)} problems", err=True)
    if not report.ok:
        raise typer.Exit(EXIT_PROBLEMS)


def _posts(path: str, text_column: str) -> Iterator[str]:
    from flagger.tables import Selection, Table

    with Table(path, Selection(text=text_column)) as table:
        for chunk in table:
            yield from (text for text in chunk.texts if text is not None)
