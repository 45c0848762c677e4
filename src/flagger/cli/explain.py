"""``flagger explain``: posts with reasons."""

from __future__ import annotations

import os
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from flagger.cli.errors import refuse_revision, refuse_unused
from flagger.cli.options import LabelLanguage, LexiconOption, ModelOption, RevisionOption

if TYPE_CHECKING:
    from flagger.results import Result
    from flagger.scorer import Flagger

DEFAULT_LIMIT: Final = 20


class AttributionChoice(str, Enum):
    """How to find what the encoder read; the same names as those of the encoder's own, which takes longer to load."""

    OCCLUSION = "occlusion"
    GRADIENTS = "gradients"


def explain(
    text: Annotated[
        str,
        typer.Argument(
            metavar="TEXT|FILE",
            help="The post, or a file of posts: CSV, TSV, JSONL, Parquet (file or folder) or plain lines; - reads one "
            "post from the standard input.",
        ),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON for each post.")] = False,
    language: Annotated[LabelLanguage, typer.Option("--lang", help="Language of the labels.")] = LabelLanguage.EN,
    attribution: Annotated[
        AttributionChoice,
        typer.Option(help="How to find what the encoder read; gradients need the extra 'explain'."),
    ] = AttributionChoice.OCCLUSION,
    limit: Annotated[
        int | None, typer.Option(min=1, help=f"At most this many posts of a file; {DEFAULT_LIMIT} when left out.")
    ] = None,
    text_column: Annotated[
        str | None, typer.Option(help="Column of a file with the posts; 'text' when left out.")
    ] = None,
    format: Annotated[str | None, typer.Option(help="Format of a file: csv, tsv, jsonl, parquet or text.")] = None,
    model: ModelOption = None,
    revision: RevisionOption = None,
    lexicon: LexiconOption = None,
) -> None:
    """Score a post, or the first posts of a file, and show why.

    Both axes, topics, places, and the words that raised or lowered the scores.
    """
    from flagger.cli.output import read_text
    from flagger.scorer import Flagger

    refuse_revision(model, revision)
    if not text or not (format is not None or _names_a_file(text)):
        options = {"--limit": limit, "--text-column": text_column, "--format": format}
        refuse_unused(options, "This is a post, not a file,")
        post = read_text(text)
        scorer = Flagger.from_pretrained(model, lexicon=lexicon, revision=revision)
        _show(scorer.explain(post, attribution=attribution.value), as_json, language)
        return
    posts = _posts(text, "text" if text_column is None else text_column, format)
    first = next(posts, None)
    scorer = Flagger.from_pretrained(model, lexicon=lexicon, revision=revision)
    _explain_file(scorer, first, posts, as_json, language, attribution, limit or DEFAULT_LIMIT)


def _explain_file(
    scorer: Flagger,
    first: tuple[int, str | None, str] | None,
    rest: Iterator[tuple[int, str | None, str]],
    as_json: bool,
    language: LabelLanguage,
    attribution: AttributionChoice,
    limit: int,
) -> None:
    from itertools import chain, islice

    from flagger.cli.output import print_json, print_rule

    if attribution is AttributionChoice.GRADIENTS and scorer.pipeline.attributor is not None:
        from flagger.encoder.attribution import Attribution

        scorer.pipeline.attributor.load(Attribution.GRADIENTS)
    posts = rest if first is None else chain([first], rest)
    for number, post, problem in islice(posts, limit):
        if not as_json:
            print_rule(str(number))
        if post is not None:
            _show(scorer.explain(post, attribution=attribution.value), as_json, language)
        elif as_json:
            print_json({"error": problem})
        else:
            typer.echo(problem)
    if next(posts, None) is not None:
        typer.echo(f"There are more posts; these are the first {limit}. See more with --limit.", err=True)


def _names_a_file(argument: str) -> bool:
    """Say whether an argument is a file or folder, or means to be one, rather than a post.

    A word can be the name of a folder by chance: a name counts where it has a separator of paths or ends as tables do.
    A post can hold what no path can. One without a space that ends as tables do, and is no link, is a name mistyped.
    """
    from flagger.tables.formats import has_known_ending

    is_of_a_table = has_known_ending(argument)
    if not is_of_a_table and os.sep not in argument and (os.altsep is None or os.altsep not in argument):
        return False
    try:
        path = Path(argument)
        if path.is_file() or path.is_dir():
            return True
    except (OSError, ValueError):
        return False
    return is_of_a_table and not any(map(str.isspace, argument)) and "://" not in argument


def _posts(path: str, text_column: str, format: str | None) -> Iterator[tuple[int, str | None, str]]:
    """Give the number of each row with its post, or with ``None`` and the problem that it has."""
    from flagger.tables import Selection, Table

    with Table(path, Selection(text=text_column), format=format) as table:
        number = 0
        for chunk in table:
            for post, problem in zip(chunk.texts, chunk.problems, strict=True):
                number += 1
                yield number, post, problem or ""


def _show(result: Result, as_json: bool, language: LabelLanguage) -> None:
    from flagger.cli.output import print_json, print_rich

    if as_json:
        print_json(result.to_dict())
        return
    from flagger.display.terminal import render_terminal

    print_rich(render_terminal(result, language=language.value))
