"""One run of ``flagger score``: refused before anything is loaded, or carried out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from flagger.cli.report import PageDuringScoring, refuse_page
from flagger.cli.score_beside import BesideScoring
from flagger.cli.score_engines import Engine, refuse_engine, score_on_ray
from flagger.cli.score_passes import find_groups, open_journal, refuse_streams, resumed, with_groups
from flagger.cli.score_table import ChunkScorer, Summary, score_table
from flagger.cli.summary import SummaryDuringScoring, print_summary, refuse_summary
from flagger.frames import EVIDENCE_COLUMN, EVIDENCE_COLUMNS, GROUP_COLUMNS, PARTS_COLUMN, RESULT_COLUMNS
from flagger.scorer import Flagger
from flagger.tables import Selection, Table, open_writer, refuse_clashes, refuse_same_file
from flagger.tables.atomic import refuse_missing_folders
from flagger.tables.formats import output_format

if TYPE_CHECKING:
    from flagger.aggregates import Window
    from flagger.vocabulary import Language


@dataclass(frozen=True, kw_only=True)
class ScoreRun:
    """What is scored, by what, and where it goes.

    :param source: the input.
    :param output: where the rows go.
    :param selection: the columns to read and to keep.
    :param format: format of the input, if the user named it.
    :param model: model folder or hub id; the model inside the package when ``None``.
    :param revision: commit or tag of a hub model.
    :param lexicon: folder of rules to add to the shipped ones.
    :param exact: whether the encoder reads every post.
    :param engine: where the posts are scored.
    :param evidence: whether to write the columns of reasons.
    :param groups: whether to write the columns of near-duplicates.
    :param resume: whether to keep a journal and go on from it.
    :param report: where a page goes, or ``None``.
    :param language: language of the page.
    :param summary: where counts go, or ``None``.
    :param window: length of a time window of the counts.
    :param time: column with the time of each post, for the page and the counts.
    """

    source: str
    output: str
    selection: Selection
    format: str | None
    model: str | None
    revision: str | None
    lexicon: Path | None
    exact: bool
    engine: Engine
    evidence: bool
    groups: bool
    resume: bool
    report: str | None
    language: Language
    summary: str | None
    window: Window
    time: str | None

    @cached_property
    def explains(self) -> bool:
        """Whether reasons in the wording are found, which takes longer."""
        return self.evidence or self.report is not None

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns that scoring adds."""
        evidence = EVIDENCE_COLUMNS if self.evidence else ()
        return (*RESULT_COLUMNS, *evidence, *(GROUP_COLUMNS if self.groups else ()))

    def refuse(self) -> None:
        """Refuse what cannot be done, before anything is loaded.

        :raises InputError: when the input cannot be read in the way that is asked for.
        :raises OutputError: when an output cannot go where it should.
        """
        output_format(self.output)
        refuse_missing_folders(self.output, self.report, self.summary)
        refuse_same_file(self.source, self.output)
        refuse_streams(self.source, self.output, groups=self.groups, resume=self.resume)
        refuse_engine(self.engine, self.source, resume=self.resume, report=self.report is not None)
        if self.report is not None:
            refuse_page(self.report, self.source, self.output)
        if self.summary is not None:
            refuse_summary(self.summary, self.source, self.output, *(() if self.report is None else (self.report,)))

    def execute(self) -> Summary:
        """Score all rows and write what is asked for; the page and the counts come after the output.

        :return: what happened to the rows.
        :raises FlaggerError: when the input, the model, the rules or an output cannot be used.
        """
        with Table(self.source, self.selection, format=self.format) as table:
            refuse_clashes(table.columns, self.columns)
            scorer = Flagger.from_pretrained(self.model, lexicon=self.lexicon, revision=self.revision, exact=self.exact)
            beside = self._beside(scorer)
            # An error of what stands beside the output leaves the journal in place: the same command is quick then.
            with self._passes(scorer) as through:
                types = {**table.types, **self._types()}
                with open_writer(self.output, (*table.columns, *self.columns), types=types) as writer:
                    outcome = score_table(
                        scorer,
                        table,
                        writer,
                        columns=self.columns,
                        explain=self.explains,
                        observe=beside.observe,
                        through=through,
                    )
                try:
                    beside.finish()
                finally:
                    typer.echo(f"{outcome} -> {', '.join([self.output, *beside.written])}", err=True)
        return outcome

    def _beside(self, scorer: Flagger) -> BesideScoring:
        """Prepare the page and the counts."""
        beside = BesideScoring()
        if (report := self.report) is not None:
            page = PageDuringScoring(scorer, id=self.selection.id, time=self.time)
            beside.add(report, page.add, lambda: page.write(report, title=self.source, language=self.language))
        if (summary := self.summary) is not None:
            counts = SummaryDuringScoring(scorer, time=self.time, window=self.window)
            beside.add(summary, counts.add, lambda: print_summary(counts.write(summary)))
        return beside

    @contextmanager
    def _passes(self, scorer: Flagger) -> Iterator[Callable[[ChunkScorer], ChunkScorer]]:
        """Give what each chunk goes through: the engine, then the journal, then the groups."""
        groups = None
        if self.groups:
            groups = find_groups(self.source, self.selection, format=self.format, output=self.output)
        elsewhere = None
        if self.engine is Engine.RAY:
            elsewhere = score_on_ray(
                self.source,
                self.selection,
                format=self.format,
                explain=self.explains,
                model=self.model,
                revision=self.revision,
                lexicon=self.lexicon,
                exact=self.exact,
            )
        with open_journal(
            self.resume,
            scorer,
            self.source,
            self.output,
            selection=self.selection,
            format=self.format,
            explain=self.explains,
        ) as journal:

            def through(score_here: ChunkScorer) -> ChunkScorer:
                score_one = elsewhere or score_here
                scored = score_one if journal is None else resumed(score_one, journal)
                return scored if groups is None else with_groups(scored, groups)

            yield through

    def _types(self) -> dict[str, Any]:
        """Give the Arrow types of added columns that cannot be told from their values."""
        if not self.evidence and not self.groups:
            return {}
        import pyarrow as pa

        from flagger.tables.parquet_writer import EVIDENCE_TYPE, PARTS_TYPE

        return {
            **({EVIDENCE_COLUMN: EVIDENCE_TYPE, PARTS_COLUMN: PARTS_TYPE} if self.evidence else {}),
            **(dict.fromkeys(GROUP_COLUMNS, pa.int64()) if self.groups else {}),
        }
