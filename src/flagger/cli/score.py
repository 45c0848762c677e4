"""``flagger score``: a table in, the same rows with scores out."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import typer

from flagger.cli.errors import EXIT_UNSCORED_ROWS, refuse_revision, refuse_unused
from flagger.cli.options import LabelLanguage, LexiconOption, ModelOption, RevisionOption, TextColumn
from flagger.cli.score_engines import Engine


class SummaryWindow(str, Enum):
    """How long the time windows of the summary are."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


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
    text_column: TextColumn = "text",
    id_column: Annotated[
        str | None,
        typer.Option(help="Column that names the rows; 'id' is kept if there is one."),
    ] = None,
    keep: Annotated[
        list[str] | None,
        typer.Option(help="Further columns to keep: names separated by commas; may be given again."),
    ] = None,
    keep_text: Annotated[bool, typer.Option("--keep-text", help="Keep the posts too.")] = False,
    model: ModelOption = None,
    revision: RevisionOption = None,
    lexicon: LexiconOption = None,
    exact: Annotated[
        bool,
        typer.Option("--exact", help="Let the encoder read every post, also those that rules and n-grams settle."),
    ] = False,
    evidence: Annotated[
        bool,
        typer.Option(
            "--evidence",
            help="Add the columns 'evidence' and 'parts': the words behind each score, and its sum. Slower.",
        ),
    ] = False,
    report: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Also write a page to work from, with reasons, as 'flagger report' does."),
    ] = None,
    time_column: Annotated[
        str | None,
        typer.Option(help="Column with the time of each post, for the page and the summary; kept in the output too."),
    ] = None,
    summary: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Also write counts by province, topic and, with --time-column, time: JSON."),
    ] = None,
    window: Annotated[
        SummaryWindow | None,
        typer.Option(help="Length of a time window of the summary, with --time-column; a day when left out."),
    ] = None,
    language: Annotated[
        LabelLanguage | None, typer.Option("--lang", help="Language of the page; Vietnamese when left out.")
    ] = None,
    format: Annotated[
        str | None,
        typer.Option(help="Format of the input: csv, tsv, jsonl, parquet or text."),
    ] = None,
    groups: Annotated[
        bool,
        typer.Option(
            "--groups",
            help="Add the columns 'group' and 'group_size', which say what are near-duplicates of each other; reads "
            "the input twice.",
        ),
    ] = False,
    resume: Annotated[
        bool,
        typer.Option("--resume", help="Keep a journal beside the output, and go on from it after a kill."),
    ] = False,
    engine: Annotated[
        Engine,
        typer.Option(help="What scores: this process, or Ray on the cluster of RAY_ADDRESS or the cores here."),
    ] = Engine.LOCAL,
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
    sensitive, sensitive_decision, rumour, priority, topics, places, is_local, cues, truncated, error; with --evidence
    also evidence and parts; with --groups also group, the number of the first row of the group, and group_size.

    The output appears only when it is complete; until then, and after any failure, an earlier file stays as it was. The
    page and the summary are written after it, so that what goes wrong with them costs no scores.
    The format of the standard input is JSONL when its first line begins with '{', else CSV with a header; name it with
    --format otherwise.

    With --resume, results are also written to OUT.resume as they come. Killed at any moment, the same command goes on
    after the rows that are there, and its output is byte for byte that of an unbroken run; then the journal is removed.
    It is refused when the input, the model, the rules or the options that change a score are not those it began with.

    --groups reads the input a first time to compare the posts, with MinHash; it needs about 40 bytes of memory and 256
    bytes of disk for each post, and the extra 'groups'.

    --summary counts posts by province (the 34 and the 63), topic and decision, never by author.

    --engine ray (extra 'ray') reads the input a first time to hand the posts to Ray. Workers that die are replaced; the
    output is that of this process. Models and rules must be where every worker can read them.

    In Parquet, columns kept from Parquet have the types they had there, and those from JSONL are numbers, booleans or
    strings as they were; they are strings where a column mixes these or holds lists or objects, and from all else. The
    keys of JSONL that can be kept are those of its first 512 rows; an 'id' that comes later only is told and left out.

    Cells are written as they are: before opening a CSV file of strangers' posts in a spreadsheet, mind that a cell
    beginning with =, +, - or @ may be taken for a formula.

    Exit codes: 0 done, even if single rows could not be scored (their number is printed); 2 wrong usage, input or
    output; 3 with --strict, when rows could not be scored; 129 the terminal went away; 130 interrupted; 141 the reader
    of the output went away; 143 terminated.
    """
    from flagger.cli.score_run import ScoreRun
    from flagger.tables import Selection

    refuse_unused({} if report else {"--lang": language}, "Without --report there is no page")
    refuse_unused({} if summary else {"--window": window}, "Without --summary there are no counts")
    refuse_unused({} if time_column is not None else {"--window": window}, "Without --time-column there are no windows")
    refuse_unused(
        {} if report or summary else {"--time-column": time_column is not None},
        "Without --report and --summary nothing is shown by time",
    )
    refuse_revision(model, revision)
    run = ScoreRun(
        source=source,
        output=output,
        selection=Selection(
            text=text_column,
            id=id_column,
            keep=tuple(keep or ()),
            keep_text=keep_text,
            named={} if time_column is None else {"--time-column": time_column},
        ),
        format=format,
        model=model,
        revision=revision,
        lexicon=lexicon,
        exact=exact,
        engine=engine,
        evidence=evidence,
        groups=groups,
        resume=resume,
        report=report,
        language=(language or LabelLanguage.VI).value,
        summary=summary,
        window=(window or SummaryWindow.DAY).value,
        time=time_column,
    )
    run.refuse()
    outcome = run.execute()
    if strict and outcome.failed:
        raise typer.Exit(EXIT_UNSCORED_ROWS)
