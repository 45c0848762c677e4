"""Score data sets of Ray Data on a cluster: ``flagger.ray.score(dataset)`` (extra ``ray``)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from flagger.arrow import WORKER_THREADS, ArrowScorer, ScorerSettings, added_columns
from flagger.errors import InputError, missing_extra
from flagger.tables.chunk import DEFAULT_TEXT_COLUMN
from flagger.threads import THREADS_VARIABLE

if TYPE_CHECKING:
    from ray.data import Dataset

BATCH_ROWS = 512


def score(
    dataset: Dataset,
    *,
    text: str = DEFAULT_TEXT_COLUMN,
    model: str | Path | None = None,
    revision: str | None = None,
    lexicon: str | Path | None = None,
    exact: bool = False,
    evidence: bool = False,
    workers: int | tuple[int, int] | None = None,
    gpus: float = 0.0,
    batch_rows: int = BATCH_ROWS,
) -> Dataset:
    """Add flagger's columns to a data set, on a pool of workers with one core and one model each.

    Nothing runs before the result is read; Ray holds back readers that are ahead of the workers, so memory stays
    bounded. A worker that dies is replaced and its batches are scored again. Ray keeps the order of rows only when
    ``DataContext.execution_options.preserve_order`` is set.

    :param dataset: the posts and any other columns, which are kept.
    :param text: name of the column with the posts.
    :param model: folder or hub id that every worker can reach; the model inside the package when left out.
    :param revision: commit or tag of a hub model.
    :param lexicon: folder of rules to add to the shipped ones, which every worker can reach.
    :param exact: whether the encoder reads every post.
    :param evidence: whether to add the columns ``evidence`` and ``parts`` too.
    :param workers: how many, or the fewest and the most; as many as the cluster has cores when left out.
    :param gpus: share of a GPU for each worker, such as 0.25; of use only to models that are run by torch.
    :param batch_rows: rows that a worker scores at a time, at least 1.
    :return: the data set with the same rows.
    :raises InputError: when the column is missing, a name is taken that flagger adds, or an argument is out of range.
    :raises MissingExtraError: when Ray is not installed.
    """
    try:
        from ray.data import ActorPoolStrategy
    except ModuleNotFoundError as error:
        raise missing_extra("Scoring on Ray needs ray", "ray") from error
    _refuse_wrong_schema(dataset, text, evidence)
    if batch_rows < 1:
        raise InputError(f"batch_rows is {batch_rows}; expected at least 1.")
    if gpus < 0:
        raise InputError(f"gpus is {gpus}; expected 0 or more, such as 0.25.")
    if workers is None:
        workers = (1, max(1, int(_resources().get("CPU", 1))))
    fewest, most = workers if isinstance(workers, tuple) else (workers, workers)
    if not 1 <= fewest <= most:
        raise InputError(f"workers is {workers}; expected a number of 1 or more, or the fewest and the most.")
    settings = ScorerSettings(model=model, revision=revision, lexicon=lexicon, exact=exact)
    resources: dict[str, Any] = {"num_cpus": WORKER_THREADS, **({"num_gpus": gpus} if gpus else {})}
    variables = dict.fromkeys((THREADS_VARIABLE, "OMP_NUM_THREADS", "ARROW_NUM_THREADS"), str(WORKER_THREADS))
    return dataset.map_batches(
        ArrowScorer,
        fn_constructor_args=(settings,),
        fn_constructor_kwargs={"text": text, "evidence": evidence},
        batch_format="pyarrow",
        batch_size=batch_rows,
        zero_copy_batch=True,
        compute=ActorPoolStrategy(min_size=fewest, max_size=most),
        runtime_env={"env_vars": variables},
        **resources,
    )


def _resources() -> dict[str, float]:
    import ray

    # Ray starts itself on first use, and only then knows its resources.
    if not ray.is_initialized():
        ray.init()
    found: dict[str, float] = ray.cluster_resources()  # type: ignore[no-untyped-call]
    return found


def _refuse_wrong_schema(dataset: Dataset, text: str, evidence: bool) -> None:
    import pyarrow as pa

    schema = dataset.schema()
    # A data set without rows has no schema, and nothing to score.
    if schema is not None:
        added_columns(pa.schema([(name, pa.null()) for name in schema.names]), text=text, evidence=evidence)
