"""How much each kind of spelling noise costs a model on posts that it has not seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from flagger.evaluation.metrics import ranking
from flagger.evaluation.noise import NOISES, STRENGTHS, add_noise
from flagger.lexicon import Lexicon
from flagger.model_folder import ModelFolder
from flagger.scorer import Flagger
from flagger.training.dataset import LabelledPost, text_key

SEED: Final = 0

Doubles = npt.NDArray[np.float64]


def noise_report(
    model: ModelFolder, posts: Sequence[LabelledPost], *, limit: int, progress: Callable[[str], None] | None = None
) -> dict[str, Any]:
    """Judge a model under noise, on posts that it was not trained on where there are any.

    :param model: the model.
    :param posts: labelled posts.
    :param limit: most posts to score; more are sampled. Each is scored 1 + noises x strengths times.
    :param progress: called with a line of text as each noise ends.
    :return: what :func:`measure_robustness` gives, and ``seen_in_training``: how many of the posts the model was
        trained on. Where all were, the drops still hold, the figures without noise are too good.
    """
    seen = np.zeros(len(posts), dtype=bool)
    if model.record is not None:
        seen, _ = model.record.look_up([text_key(post.text) for post in posts])
    chosen = np.arange(len(posts)) if seen.all() else np.flatnonzero(~seen)
    if len(chosen) > limit:
        chosen = np.sort(np.random.default_rng(SEED).choice(chosen, size=limit, replace=False))
    flagger = Flagger(model, Lexicon.default())
    found = measure_robustness(flagger, [posts[row] for row in chosen.tolist()], progress=progress)
    return {"seen_in_training": int(seen[chosen].sum()), **found}


def measure_robustness(
    flagger: Flagger, posts: Sequence[LabelledPost], *, progress: Callable[[str], None] | None = None
) -> dict[str, Any]:
    """Judge the order that a scorer gives under each noise at each strength.

    :param flagger: a scorer that has not seen the posts.
    :param posts: labelled posts.
    :param progress: called with a line of text as each noise ends.
    :return: ``clean`` and ``noises``; the latter has by kind and strength the ROC-AUC of both axes, how much it lies
        below the clean one (``drop``), and the share of posts whose decision changed.
    """
    kept = np.array([post.trains_unverified for post in posts])
    targets = {
        "unverified": np.array([post.unverified > 0 for post in posts]),
        "sensitive": np.array([post.is_sensitive for post in posts]),
    }
    rows = {"unverified": kept, "sensitive": np.array([post.trains_sensitive for post in posts])}
    texts = [post.text for post in posts]
    clean_scores, clean_decisions = _score(flagger, texts)
    clean = {axis: ranking(targets[axis][rows[axis]], clean_scores[axis][rows[axis]]) for axis in targets}
    noises: dict[str, dict[str, Any]] = {}
    for kind in NOISES:
        noises[kind] = {}
        for strength in STRENGTHS:
            scores, decisions = _score(flagger, [add_noise(text, kind, strength, seed=SEED) for text in texts])
            noises[kind][strength] = {
                axis: _compared(
                    ranking(targets[axis][rows[axis]], scores[axis][rows[axis]]),
                    clean[axis],
                    float(np.mean(decisions[axis] != clean_decisions[axis])),
                )
                for axis in targets
            }
        if progress is not None:
            progress(f"{kind}: unverified drops by {noises[kind]['heavy']['unverified']['drop']} at heavy strength")
    return {"posts": len(posts), "clean": clean, "noises": noises}


def _score(flagger: Flagger, texts: Sequence[str]) -> tuple[dict[str, Doubles], dict[str, npt.NDArray[np.str_]]]:
    results = list(flagger.score_many(texts, explain=False))
    axes = {
        "unverified": [result.unverified for result in results],
        "sensitive": [result.sensitive for result in results],
    }
    return (
        {name: np.array([score.logit for score in scores]) for name, scores in axes.items()},
        {name: np.array([score.decision.value for score in scores]) for name, scores in axes.items()},
    )


def _compared(
    noisy: dict[str, float | int | None], clean: dict[str, float | int | None], changed: float
) -> dict[str, float | int | None]:
    before, after = clean["roc_auc"], noisy["roc_auc"]
    drop = None if before is None or after is None else round(before - after, 4)
    return {**noisy, "drop": drop, "decisions_changed": round(changed, 4)}


def robustness_lines(figures: dict[str, Any]) -> list[str]:
    """Give the figures as a Markdown table.

    :param figures: what :func:`measure_robustness` gave.
    :return: the lines of the table.
    """
    heads = [f"{axis} {strength}" for axis in ("unverified", "sensitive") for strength in STRENGTHS]
    clean = [f"{figures['clean'][axis]['roc_auc']}" for axis in ("unverified", "sensitive") for _ in STRENGTHS]
    lines = [f"| drop of ROC-AUC | {' | '.join(heads)} |", "|---|" + "---:|" * len(heads)]
    lines.append(f"| (ROC-AUC without noise) | {' | '.join(clean)} |")
    for kind, strengths in figures["noises"].items():
        drops = [strengths[strength][axis]["drop"] for axis in ("unverified", "sensitive") for strength in STRENGTHS]
        lines.append(f"| {kind} | {' | '.join('-' if drop is None else f'{drop:.4f}' for drop in drops)} |")
    return lines
