"""Turn a trained model folder into one that scores by onnxruntime, and measure what that changes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np

from flagger.encoder.phobert_reader import MERGES_FILE, VOCABULARY_FILE
from flagger.encoder.pieces import chunks
from flagger.encoder.probe_texts import PROBE_TEXTS
from flagger.encoder.reading import TOKENIZER_FILE, load_reader
from flagger.encoder.storage import EXACT_GRAPH_FILE, FOLDER, GRAPH_FILE, Probe, StoredEncoder, digest_of
from flagger.errors import ModelFolderError, OutputError
from flagger.lexicon import Lexicon
from flagger.model_folder import ModelFolder, read_model_folder, write_model_folder
from flagger.recipes.card import parity_section
from flagger.recipes.first_stage import Lesson, teach_first_stage
from flagger.recipes.on_encoder import PARITY
from flagger.scorer import Flagger
from flagger.text import prepare
from flagger.text.cased import cased
from flagger.training.encoder.arranged import arranged
from flagger.training.encoder.export import mark_batches, quantised, to_onnx, write_sharing
from flagger.training.encoder.folder import ScoringNetwork, empty_folder
from flagger.training.encoder.ranges import fix_ranges
from flagger.training.encoder.rounding import round_weights
from flagger.training.encoder.smoothing import smooth
from flagger.version import __version__

Precision = Literal["int8", "float32"]
TOLERANCE: Final = 0.5
CALIBRATION_POSTS: Final = 800
_SCORING_FILES: Final = (TOKENIZER_FILE, VOCABULARY_FILE, MERGES_FILE)


def export_model(
    source: str | Path,
    target: str | Path,
    *,
    precision: Precision = "int8",
    posts: Sequence[str] = (),
    settle_on: Mapping[str, Sequence[str]] | None = None,
    unseen: frozenset[str] = frozenset(),
    progress: Callable[[str], None],
) -> dict[str, Any]:
    """Export the encoder of a trained model to ONNX.

    :param source: the trained model, as ``flagger train --base`` wrote it; of one that is exported already, the first
        stage alone is taught again.
    :param target: where the exported model goes.
    :param precision: ``int8``, with an exact graph over the same weights to fall back on, or ``float32``; one that is
        exported already stays as it is.
    :param posts: a quarter of them, at most about ``CALIBRATION_POSTS``, shows what the layers read when their weights
        are rounded, beside some posts that flagger brings; on the others int8 is compared with float32.
    :param settle_on: posts without labels, by name of their set, that teach the first stage of the cascade what the
        whole model says.
    :param unseen: keys of posts that must not teach it (see :func:`flagger.training.dataset.text_key`).
    :param progress: called with a line of text for each step.
    :return: the comparison; empty without posts or for float32.
    :raises ModelFolderError: when the source has no encoder, or an exported one and anything but posts that teach its
        first stage.
    :raises OutputError: when the target is the source, unless that is exported already.
    :raises InputError: when no set of ``settle_on`` is large enough.
    """
    model = read_model_folder(source)
    stored = model.encoder
    if stored is None:
        raise ModelFolderError(
            f"'{source}' holds no trained encoder to export. Give a folder that 'flagger train --base' wrote."
        )
    if GRAPH_FILE in stored.files:
        only_teaches = not posts and precision == "int8"
        _teach_exported(source, target, model, settle_on if only_teaches else None, unseen=unseen, progress=progress)
        return {}
    lesson = Lesson.of(model, settle_on, unseen=unseen) if settle_on else None
    folder = Path(target) / FOLDER
    if folder.resolve() == stored.folder.resolve():
        raise OutputError(f"'{target}' is the trained model itself; give another folder for the exported one.")
    empty_folder(folder)
    for name in _SCORING_FILES:
        if name in stored.files:
            shutil.copyfile(stored.folder / name, folder / name)
    if (folder / TOKENIZER_FILE).is_file():
        _without_white_space(folder / TOKENIZER_FILE)
    network = arranged(ScoringNetwork(stored.folder).eval())
    reader = load_reader(stored.folder, stored.settings)

    def framed(texts: Sequence[str]) -> list[list[int]]:
        read = (reader.read(cased(prepare(text)).text).ids for text in texts)
        return [
            reader.frame(ids[start:end]) for ids in read for start, end in chunks(len(ids), stored.settings.most_pieces)
        ]

    probed = framed(PROBE_TEXTS)
    step = max(4, len(posts) // CALIBRATION_POSTS)
    calibrating = posts[::step]
    compared = [post for number, post in enumerate(posts) if number % step]
    if precision == "int8":
        progress(f"rounding the weights by {len(PROBE_TEXTS) + len(calibrating)} posts")
        shown = [*probed, *framed(calibrating)]
        smooth(network.body, network, shown)
        round_weights(network.body, network, shown)
    progress("exporting")
    graph = to_onnx(network)
    if precision == "int8":
        fast, exact = quantised(graph)
        fix_ranges(fast, shown)
        mark_batches(fast)
        write_sharing([(GRAPH_FILE, fast), (EXACT_GRAPH_FILE, exact)], folder)
    else:
        mark_batches(graph)
        write_sharing([(GRAPH_FILE, graph)], folder)
    trained = stored.load().graph
    probes = tuple(
        Probe(tuple(ids), tuple(round(float(value), 4) for value in trained.run(ids)))
        for ids in probed[:: max(1, len(probed) // 8)]
    )
    digests = {path.name: digest_of(path) for path in sorted(folder.iterdir()) if path.is_file()}
    exported = StoredEncoder(folder, stored.settings, digests, probes, TOLERANCE)
    complete = replace(model, encoder=exported)
    parity: dict[str, Any] = {}
    if compared and precision == "int8":
        progress(f"comparing on {len(compared)} posts")
        parity = compare_scores(model, complete, compared)
        complete = replace(
            complete, metrics={**model.metrics, PARITY: parity}, card=model.card + parity_section(parity)
        )
    if lesson is not None:
        complete = teach_first_stage(complete, lesson, progress=progress)
    write_model_folder(target, complete, version=__version__)
    progress(f"model written to {target}")
    return parity


def _teach_exported(
    source: str | Path,
    target: str | Path,
    model: ModelFolder,
    settle_on: Mapping[str, Sequence[str]] | None,
    *,
    unseen: frozenset[str],
    progress: Callable[[str], None],
) -> None:
    """Teach the first stage of a model whose graph is exported: after its n-grams and fusion were fitted again."""
    if not settle_on:
        raise ModelFolderError(
            f"The encoder of '{source}' is exported, so that there is no trained one to export in another precision or "
            "to compare with. Give --settle-on without --compare-on and --precision to teach its first stage, or what "
            "'flagger train --base' wrote."
        )
    lesson = Lesson.of(model, settle_on, unseen=unseen)
    write_model_folder(target, teach_first_stage(model, lesson, progress=progress), version=__version__)
    progress(f"model written to {target}")


def _without_white_space(path: Path) -> None:
    content = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


def compare_scores(trained: ModelFolder, exported: ModelFolder, posts: Sequence[str]) -> dict[str, Any]:
    """Score posts with both models and compare.

    :param trained: the model with the trained weights.
    :param exported: the model with the exported graph.
    :param posts: the posts.
    :return: for both axes mean and largest difference of probability, share of equal decisions, and rank correlation.
    """
    from scipy.stats import spearmanr

    lexicon = Lexicon.default()
    before, after = (
        [(result.unverified, result.sensitive) for result in Flagger(model, lexicon).score_many(posts, explain=False)]
        for model in (trained, exported)
    )
    figures: dict[str, Any] = {"posts": len(posts)}
    for position, axis in enumerate(("unverified", "sensitive")):
        pairs = [(one[position], other[position]) for one, other in zip(before, after, strict=True)]
        first, second = (np.array([pair[side].probability for pair in pairs]) for side in (0, 1))
        figures[axis] = {
            "mean_difference": round(float(np.abs(first - second).mean()), 5),
            "largest_difference": round(float(np.abs(first - second).max()), 4),
            "same_decision": round(float(np.mean([one.decision is other.decision for one, other in pairs])), 5),
            "rank_correlation": round(float(spearmanr(first, second).statistic), 5),
        }
    return figures
