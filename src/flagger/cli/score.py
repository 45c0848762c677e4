"""``flagger score``: a table in, the same rows with scores out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flagger.cli.errors import EXIT_UNSCORED_ROWS


def score(
    source: Annotated[
        str,
        typer.Argument(
            metavar="IN",
            help="CSV, TSV, JSONL, Parquet (file or folder) or plain text (.txt); - is the standard input.",
        ),
    ],
    output: Annotated[
        str,
        typer.Option(
            "--output", "-o", metavar="OUT", help="A .csv, .tsv, .jsonl or .parquet file; - writes JSONL to the output."
        ),
    ],
    text_column: Annotated[str, typer.Option(help="Column with the posts.")] = "text",
    id_column: Annotated[
        str | None,
        typer.Option(help="Column that names the rows; 'id' is kept if there is one."),
    ] = None,
    keep: Annotated[
        list[str] | None,
        typer.Option(help="Further columns to keep: names separated by commas; may be given again."),
    ] = None,
    keep_text: Annotated[bool, typer.Option("--keep-text", help="Keep the posts too.")] = False,
    model: Annotated[
        str | None,
        typer.Option(help="Model folder or hub id; the model inside the package when left out."),
    ] = None,
    revision: Annotated[
        str | None,
        typer.Option(help="Commit or tag of a hub model."),
    ] = None,
    lexicon: Annotated[
        Path | None,
        typer.Option(help="Folder of your own rules, added to the shipped ones."),
    ] = None,
    format: Annotated[
        str | None,
        typer.Option(help="Format of the input: csv, tsv, jsonl, parquet or text."),
    ] = None,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict", help="Exit with 3 when any row could not be scored; the output is written all the same."
        ),
    ] = False,
) -> None:
    """Score every row of a table.

    Every input row is in the output, in order. A row that cannot be scored (no text, bytes that are not UTF-8, broken
    quotes) has empty scores and says why in the column 'error'. Added columns: unverified, unverified_decision,
    sensitive, sensitive_decision, rumour, priority, topics, places, is_local, cues, truncated, error.

    The output appears only when it is complete; until then, and after any failure, an earlier file stays as it was.
    The format of the standard input is JSONL when its first line begins with '{', else CSV with a header; name it with
    --format otherwise.

    In Parquet, columns kept from Parquet have the types they had there, and those from JSONL are numbers, booleans or
    strings as they were; they are strings where a column mixes these or holds lists or objects, and from all else.

    Cells are written as they are: before opening a CSV file of strangers' posts in a spreadsheet, mind that a cell
    beginning with =, +, - or @ may be taken for a formula.

    Exit codes: 0 done, even if single rows could not be scored (their number is printed); 2 wrong usage, input or
    output; 3 with --strict, when rows could not be scored; 130 interrupted; 141 the reader of the output went away;
    143 terminated.
    """
    from flagger.cli.score_table import score_table
    from flagger.frames import RESULT_COLUMNS
    from flagger.scorer import Flagger
    from flagger.tables import Selection, Table, open_writer, refuse_clashes, refuse_same_file
    from flagger.tables.formats import output_format

    output_format(output)
    refuse_same_file(source, output)
    selection = Selection(text=text_column, id=id_column, keep=tuple(keep or ()), keep_text=keep_text)
    with Table(source, selection, format=format) as table:
        refuse_clashes(table.columns, RESULT_COLUMNS)
        scorer = Flagger.from_pretrained(model, lexicon=lexicon, revision=revision)
        with open_writer(output, (*table.columns, *RESULT_COLUMNS), types=table.types) as writer:
            summary = score_table(scorer, table, writer)
    typer.echo(f"{summary} -> {output}", err=True)
    if strict and summary.failed:
        raise typer.Exit(EXIT_UNSCORED_ROWS)
