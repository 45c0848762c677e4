"""What ``flagger score`` does beyond scoring chunk by chunk: going on after a kill, and groups of near-duplicates."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from flagger.errors import InputError
from flagger.frames import GROUP_COLUMNS
from flagger.near_duplicates.reading import group_posts
from flagger.tables import Selection, Table
from flagger.tables.atomic import output_error
from flagger.tables.journal import Journal
from flagger.tables.source import is_stream
from flagger.version import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flagger.near_duplicates.grouping import Groups
    from flagger.scorer import Flagger
    from flagger.tables import Chunk

ChunkScorer = Callable[["Chunk"], list[dict[str, Any]]]


def refuse_streams(source: str, output: str, *, groups: bool, resume: bool) -> None:
    """Refuse streams where a file is needed, before anything is loaded.

    :param source: the input.
    :param output: the output.
    :param groups: whether near-duplicates are looked for, which reads the input twice.
    :param resume: whether the run shall be resumable.
    :raises InputError: when a stream was given.
    """
    if groups and is_stream(source):
        raise InputError(
            "--groups reads the input twice, which the standard input or a pipe cannot be. Save it to a file first."
        )
    if resume and (is_stream(source) or is_stream(output)):
        raise InputError("--resume needs files for input and output; standard streams and pipes cannot be resumed.")


def open_journal(
    wanted: bool,
    scorer: Flagger,
    source: str,
    output: str,
    *,
    selection: Selection,
    format: str | None,
    explain: bool,
) -> AbstractContextManager[Journal | None]:
    """Open the journal of a resumable run.

    :param wanted: whether there shall be one.
    :param scorer: the scorer.
    :param source: the input.
    :param output: the output.
    :param selection: the columns to read.
    :param format: format of the input, if the user named it.
    :param explain: whether reasons in the wording are found.
    :return: a context manager that gives the journal, or ``None`` when none is wanted.
    """
    if not wanted:
        return nullcontext()
    run = {
        "version of flagger": __version__,
        "model": _model_identity(scorer),
        "lexicon": scorer.lexicon.content_hash,
        "input": _input_identity(Path(source)),
        "text column": selection.text,
        "format": format,
        "choice of reasons": explain,
    }
    return Journal(output, run)


def resumed(score: ChunkScorer, journal: Journal) -> ChunkScorer:
    """Take the results of a chunk from the journal, or score it and write them down.

    :param score: scores a chunk.
    :param journal: the journal.
    :return: a function like ``score``.
    """

    def from_journal(chunk: Chunk) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] | None = journal.take()
        if rows is None:
            rows = score(chunk)
            journal.add(rows)
        elif len(rows) != len(chunk):
            raise InputError(f"'{journal.path}' does not fit the input. Remove that file to begin anew.")
        return rows

    return from_journal


def find_groups(source: str, selection: Selection, *, format: str | None, output: str) -> Groups:
    """Read the input once to find near-duplicates.

    :param source: the input.
    :param selection: the columns to read.
    :param format: format of the input, if the user named it.
    :param output: the output, beside which a temporary file stands; for a stream it is in the system's folder for them.
    :return: the groups, by row.
    :raises OutputError: when there is no place for the temporary file.
    """
    folder = None if is_stream(output) else os.path.dirname(os.path.realpath(output))

    def posts() -> Iterator[Sequence[str | None]]:
        with Table(source, Selection(text=selection.text), format=format) as table:
            for chunk in table:
                yield chunk.texts

    try:
        return group_posts(posts(), folder=folder)
    except OSError as error:
        raise output_error(folder or "the temporary folder", error) from error


def with_groups(score: ChunkScorer, groups: Groups) -> ChunkScorer:
    """Add the columns of the groups to the results of each chunk.

    :param score: scores a chunk; called with all chunks in order.
    :param groups: the groups, by row.
    :return: a function like ``score``.
    """
    position = 0

    def grouped(chunk: Chunk) -> list[dict[str, Any]]:
        nonlocal position
        here = slice(position, position + len(chunk))
        position += len(chunk)
        firsts, sizes = groups.first[here].tolist(), groups.size[here].tolist()
        if len(firsts) != len(chunk):
            raise InputError("The input changed between the two readings that --groups needs. Run it again.")
        name, size_name = GROUP_COLUMNS
        return [
            {**row, name: first + 1 if size else None, size_name: size or None}
            for row, first, size in zip(score(chunk), firsts, sizes, strict=True)
        ]

    return grouped


def _model_identity(scorer: Flagger) -> str:
    linear = scorer.model.linear
    model, cascade = scorer.model, scorer.model.cascade
    parts = [model.fusion.to_dict(), linear.outputs, {} if cascade is None else cascade.to_dict()]
    parts.append({"exact": scorer.pipeline.exact})
    parts.append({} if model.encoder is None else dict(model.encoder.files))
    content = hashlib.sha256(msgspec.json.encode(parts))
    for array in (linear.buckets, linear.document_frequency_weights, linear.weights, linear.scales, linear.intercepts):
        content.update(array.tobytes())
    return content.hexdigest()


def _input_identity(path: Path) -> list[list[Any]]:
    """Tell an input by the sizes and times of its files."""
    files = sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]
    return [[str(file.resolve()), file.stat().st_size, file.stat().st_mtime_ns] for file in files if file.exists()]
