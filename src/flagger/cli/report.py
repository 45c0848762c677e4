"""``flagger report``: a scored table in, one self-contained page out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flagger.cli.errors import refuse_revision
from flagger.cli.options import LabelLanguage, RevisionOption, TextColumn
from flagger.errors import OutputError

if TYPE_CHECKING:
    from flagger.model_folder import ModelFolder
    from flagger.scorer import Flagger
    from flagger.tables import Chunk
    from flagger.vocabulary import Language

_PAGE_ENDINGS = (".html", ".htm")


def report(
    source: Annotated[
        str, typer.Argument(metavar="SCORED", help="Output of 'flagger score --keep-text': CSV, TSV, JSONL or Parquet.")
    ],
    output: Annotated[str, typer.Option("--output", "-o", metavar="OUT", help="An .html file.")],
    text_column: TextColumn = "text",
    id_column: Annotated[
        str | None, typer.Option(help="Column that names the rows; 'id' if there is one, else their number.")
    ] = None,
    time_column: Annotated[str | None, typer.Option(help="Column with the time of each post.")] = None,
    group_column: Annotated[
        str | None, typer.Option(help="Column with the group of near-duplicates; 'group' if there is one.")
    ] = None,
    title: Annotated[str | None, typer.Option(help="Heading; the name of the file when left out.")] = None,
    language: Annotated[
        LabelLanguage, typer.Option("--lang", help="Language at first; the reader can change it.")
    ] = LabelLanguage.VI,
    model: Annotated[
        str | None,
        typer.Option(help="Model folder or hub id that made the scores; the model inside the package when left out."),
    ] = None,
    revision: RevisionOption = None,
    format: Annotated[str | None, typer.Option(help="Format of the input: csv, tsv, jsonl or parquet.")] = None,
) -> None:
    """Write a page to work from: a queue with search, filters, reasons and charts, in one file without a network.

    The page holds the posts themselves: give it to nobody who may not read them. Of more than 50,000 posts, those with
    the highest priority are in it. Score with --evidence to see the words behind each score.
    """
    from flagger.model_folder import locate_model, read_model_folder
    from flagger.report import ReportColumns, read_scored, write_report
    from flagger.scorer import DEFAULT_MODEL, default_model_folder

    refuse_revision(model, revision)
    refuse_page(output, source)
    folder = default_model_folder() if model is None else locate_model(model, revision=revision)
    content = read_model_folder(folder)
    columns = ReportColumns(text=text_column, id=id_column, time=time_column, group=group_column)
    posts = read_scored(source, columns, _topic_thresholds(content), format=format)
    write_report(
        posts,
        output,
        title=Path(source).name if title is None else title,
        versions=versions(content, name=DEFAULT_MODEL if model is None else model),
        thresholds=_thresholds(content),
        language=language.value,
    )
    typer.echo(f"{posts.rows:,} rows -> {output}", err=True)


def refuse_page(page: str, *others: str) -> None:
    """Refuse a page that is no HTML file, or is another file of the same command.

    :param page: where the page goes.
    :param others: the input and other outputs.
    :raises OutputError: when it cannot go there.
    """
    from flagger.tables import refuse_same_file

    if not page.lower().endswith(_PAGE_ENDINGS):
        raise OutputError(f"Cannot write a page to '{page}': expected a name that ends in .html.")
    for other in others:
        refuse_same_file(other, page)


def versions(content: ModelFolder, *, name: str) -> dict[str, str]:
    """Name what made the scores.

    :param content: the model.
    :param name: what the user calls it.
    :return: values by name, for people.
    """
    from flagger.lexicon import Lexicon
    from flagger.version import __version__

    return {
        "flagger": __version__,
        "model": name,
        "model's lexicon": content.lexicon_hash[:16],
        "lexicon": Lexicon.default().content_hash[:16],
    }


class PageDuringScoring:
    """Gathers the posts of a page while they are scored.

    :param scorer: the scorer.
    :param id: the column that names the rows, or ``None`` for ``id`` if there is one.
    :param time: the column with times, or ``None``.
    """

    def __init__(self, scorer: Flagger, *, id: str | None, time: str | None) -> None:
        self._scorer = scorer
        self._id = id
        self._time = time
        self._posts: Any = None

    def add(self, chunk: Chunk, rows: list[dict[str, Any]]) -> None:
        """Take a chunk.

        :param chunk: the rows as they were read.
        :param rows: their result columns.
        """
        from flagger.report import ReportColumns, ReportPosts
        from flagger.tables.text_writers import as_list

        names = {"id": self._id or "id", "group": "group"}
        if self._time is not None:
            names["time"] = self._time
        kept = {role: as_list(chunk.kept[name]) for role, name in names.items() if name in chunk.kept}
        if self._posts is None:
            # Groups are among the results when they were found just now.
            roles = {*kept, *({"group"} if rows and "group" in rows[0] else ())}
            columns = ReportColumns(**{role: role for role in roles})
            self._posts = ReportPosts(columns, _topic_thresholds(self._scorer.model))
        for position, (text, row) in enumerate(zip(chunk.texts, rows, strict=True)):
            values = {role: column[position] for role, column in kept.items()}
            self._posts.add({**row, "text": text, **values})

    def write(self, path: str, *, title: str, language: Language) -> None:
        """Write the page.

        :param path: where to.
        :param title: name of the input.
        :param language: language at first.
        """
        from flagger.report import ReportColumns, ReportPosts, write_report

        posts = self._posts or ReportPosts(ReportColumns(), {})
        problem = posts.problem_of_times()
        if problem is not None:
            typer.echo(f"flagger: warning: {problem} The page shows no times.", err=True)
        content = self._scorer.model
        found = versions(content, name=self._scorer.name)
        found["lexicon"] = self._scorer.lexicon.content_hash[:16]
        write_report(
            posts,
            path,
            title=Path(title).name,
            versions=found,
            thresholds=_thresholds(content),
            language=language,
        )


def _topic_thresholds(content: ModelFolder) -> Mapping[str, float]:
    thresholds: Mapping[str, float] = content.fusion.to_dict()["topic_thresholds"]
    return thresholds


def _thresholds(content: ModelFolder) -> Mapping[str, Mapping[str, float]]:
    thresholds: Mapping[str, Mapping[str, float]] = content.fusion.to_dict()["thresholds"]
    return thresholds
