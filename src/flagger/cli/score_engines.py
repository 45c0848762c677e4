"""``flagger score --engine``: where the posts of a table are scored."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flagger.errors import InputError, missing_extra
from flagger.rows import failed_row
from flagger.tables import Selection, Table
from flagger.tables.chunk import DEFAULT_TEXT_COLUMN
from flagger.tables.source import is_stream

if TYPE_CHECKING:
    from flagger.tables import Chunk

ChunkScorer = Callable[["Chunk"], list[dict[str, Any]]]


class Engine(str, Enum):
    """What runs the scoring."""

    LOCAL = "local"
    RAY = "ray"


def refuse_engine(engine: Engine, source: str, *, resume: bool, report: bool) -> None:
    """Refuse what cannot go together, before anything is loaded.

    :param engine: the engine.
    :param source: the input.
    :param resume: whether the run shall be resumable.
    :param report: whether a page is wanted too.
    :raises InputError: when the engine cannot do it.
    """
    if engine is Engine.LOCAL:
        return
    if is_stream(source):
        raise InputError(
            "--engine ray reads the input twice, which the standard input or a pipe cannot be. Save it to a file first."
        )
    if resume:
        raise InputError("--engine ray and --resume do not go together: Ray replaces workers that die. Give one.")
    if report:
        raise InputError("--engine ray writes no page. Score first, then run 'flagger report' on the output.")


def score_on_ray(
    source: str,
    selection: Selection,
    *,
    format: str | None,
    explain: bool,
    model: str | None,
    revision: str | None,
    lexicon: Path | None,
    exact: bool,
) -> ChunkScorer:
    """Have all posts of a table scored by Ray: on the cluster of ``RAY_ADDRESS``, else on the cores of this machine.

    A first pass puts the posts into Ray's object store, which moves to disk what does not fit into memory.

    :param source: the input.
    :param selection: the columns to read.
    :param format: format of the input, if the user named it.
    :param explain: whether to add the columns of reasons.
    :param model: folder or hub id that every worker can reach; the model inside the package when ``None``.
    :param revision: commit or tag of a hub model.
    :param lexicon: folder of rules to add to the shipped ones.
    :param exact: whether the encoder reads every post.
    :return: gives the results of one chunk after another, in the order of the table.
    :raises MissingExtraError: when Ray is not installed.
    """
    try:
        import ray
        import ray.data
    except ModuleNotFoundError as error:
        raise missing_extra("--engine ray needs ray", "ray") from error
    import pyarrow as pa

    from flagger.ray import score

    if not ray.is_initialized():
        # What workers print goes to Ray's own log files, so that the progress and the summary stay readable.
        ray.init(logging_level=logging.WARNING, log_to_driver=False)
    context = ray.data.DataContext.get_current()
    context.execution_options.preserve_order = True
    context.enable_progress_bars = False
    tables: list[Any] = []
    # The same columns as in the second pass: a value to keep can make a row one that is not scored.
    with Table(source, selection, format=format) as table:
        for chunk in table:
            posts = [text for text in chunk.texts if text is not None]
            if posts:
                tables.append(ray.put(pa.table({DEFAULT_TEXT_COLUMN: pa.array(posts, pa.large_string())})))

    def results() -> Iterator[dict[str, Any]]:
        if not tables:
            return
        dataset = score(
            ray.data.from_arrow_refs(tables),
            model=model,
            revision=revision,
            lexicon=lexicon,
            exact=exact,
            evidence=explain,
        )
        batches: Iterator[Any] = iter(dataset.iter_batches(batch_format="pyarrow", batch_size=None))
        for batch in batches:
            yield from batch.drop_columns([DEFAULT_TEXT_COLUMN]).to_pylist()

    scored = results()

    def from_ray(chunk: Chunk) -> list[dict[str, Any]]:
        try:
            return [
                failed_row(problem or "the row holds no text", explain=explain) if text is None else next(scored)
                for text, problem in zip(chunk.texts, chunk.problems, strict=True)
            ]
        except StopIteration as error:
            raise InputError("The input changed between the two readings that --engine needs. Run it again.") from error

    return from_ray
