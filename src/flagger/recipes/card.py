"""The model card, written from what really happened in a training."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template
from typing import Any

from flagger.evaluation.report import EvaluationReport
from flagger.fusion.model import Fusion
from flagger.training.dataset import LabelledPost
from flagger.training.thresholds import FLAG_PRECISION, REVIEW_RECALL
from flagger.version import __version__
from flagger.vocabulary import AXES

_TEMPLATE = Path(__file__).with_name("card_template.md")


def render_card(
    report: EvaluationReport,
    fusion: Fusion,
    *,
    posts: Sequence[LabelledPost],
    authored: int,
    lexicon_hash: str,
    others: int = 0,
    encoder: str = "",
) -> str:
    """Fill the card template.

    :param report: figures of the cross-validation.
    :param fusion: the fitted fusion, for its thresholds.
    :param posts: labelled posts that it was trained on.
    :param authored: number of posts written for training.
    :param lexicon_hash: hash of the lexicon.
    :param others: number of further labelled real posts, which only trained.
    :param encoder: what the encoder is and how it was trained, in words; empty when there is none.
    :return: Markdown.
    """
    figures = report.to_dict()
    levels = Counter(post.unverified for post in posts)
    return Template(_TEMPLATE.read_text(encoding="utf-8")).substitute(
        version=__version__,
        posts=len(posts),
        levels=", ".join(f"{levels[level]} of level {level}" for level in (0, 1, 2)),
        political=sum(post.is_political for post in posts),
        more=_more(authored, others),
        encoder=f" {encoder}" if encoder else "",
        intervals=_intervals(figures),
        slices=_slices(figures),
        picture="![Reliability, precision and recall](quality.png)" if encoder else "",
        lexicon=lexicon_hash[:16],
        method=figures["method"],
        quality=_quality(figures),
        topics=_topics(figures, fusion),
        decisions=_decisions(figures, fusion),
        flag_goals=_goals(FLAG_PRECISION),
        review_goals=_goals(REVIEW_RECALL),
        neutrality=_neutrality(figures["neutrality"]),
    )


def parity_section(parity: Mapping[str, Any]) -> str:
    """Write the card's section on what int8 changes.

    :param parity: ``posts``, and for each axis what :func:`flagger.recipes.export.compare_scores` measured;
        ``refitted`` where n-grams and fusion were fitted again since.
    :return: Markdown.
    """
    since = ", before n-grams and fusion were fitted again" if parity.get("refitted") else ""
    rows = [
        "",
        "## Int8 against float32",
        "",
        f"On {parity['posts']} posts, the whole model with its encoder in int8 and in float32{since}:",
        "",
        "| axis | same decision | mean difference | largest difference | rank correlation |",
        "|---|---|---|---|---|",
    ]
    rows += [
        f"| {axis} | {parity[axis]['same_decision']:.2%} | {parity[axis]['mean_difference']} "
        f"| {parity[axis]['largest_difference']} | {parity[axis]['rank_correlation']} |"
        for axis in AXES
    ]
    return "\n".join([*rows, ""])


def _more(authored: int, others: int) -> str:
    sentences = []
    if authored:
        sentences.append(f"{authored} posts were written for training, to cover what public data lacks.")
    if others:
        sentences.append(f"{others} further real posts were labelled for it; they trained and were never judged.")
    return " ".join(sentences)


def _intervals(figures: dict[str, Any]) -> str:
    rows = ["| 95 % interval (bootstrap over groups) | ROC-AUC | average precision |", "|---|---|---|"]
    for axis, values in figures["intervals"].items():
        ends = [f"{low} to {high}" for low, high in (values["roc_auc"], values["average_precision"])]
        rows.append(f"| {axis} | {ends[0]} | {ends[1]} |")
    alone = figures.get("without_encoder")
    if alone is not None:
        rows += ["", "Without the encoder, on the same posts and folds:", ""]
        rows += ["| score | ROC-AUC | average precision |", "|---|---|---|"]
        rows += [
            f"| {name} | {_figures(alone[name])} |"
            for name in ("unverified", "rumour", "sensitive", "any_topic", "local")
        ]
        rows += [f"| topics, macro | | {_or_dash(alone['topics_macro'])} |"]
    return "\n".join(rows)


def _slices(figures: dict[str, Any]) -> str:
    rows = ["| part of the posts | posts | unverified ROC-AUC | sensitive ROC-AUC | flagged |", "|---|---|---|---|---|"]
    rows += [
        f"| {name} | {values['posts']} | {_or_dash(values['unverified']['roc_auc'])} "
        f"| {_or_dash(values['sensitive']['roc_auc'])} | {values['flag_rate']} |"
        for name, values in figures["slices"].items()
    ]
    return "\n".join(rows)


def _figures(values: Mapping[str, Any]) -> str:
    return f"{_or_dash(values['roc_auc'])} | {_or_dash(values['average_precision'])}"


def _or_dash(value: float | str | None) -> str:
    return "-" if value is None else str(value)


def _goals(goals: Mapping[str, float]) -> str:
    return ", ".join(f"{axis} {goal:.0%}" for axis, goal in goals.items())


def _quality(figures: dict[str, Any]) -> str:
    rows = ["| score | ROC-AUC | average precision | positives | calibration error |", "|---|---|---|---|---|"]
    names = {
        "unverified": "unverified (level 1 or 2)",
        "rumour": "rumour (level 2)",
        "sensitive": "sensitive (harm in a place)",
        "any_topic": "any topic",
        "local": "local",
    }
    for name, label in names.items():
        values = figures[name]
        error = _or_dash(values.get("calibration_error", ""))
        rows.append(f"| {label} | {_figures(values)} | {values['positives']} | {error} |")
    return "\n".join(rows)


def _topics(figures: dict[str, Any], fusion: Fusion) -> str:
    rows = ["| topic | ROC-AUC | average precision | positives | threshold |", "|---|---|---|---|---|"]
    rows += [
        f"| {name} | {_figures(values)} | {values['positives']} | {fusion.topic_thresholds[name]:.2f} |"
        for name, values in figures["topics"].items()
    ]
    return "\n".join(
        [
            *rows,
            "",
            f"Macro average precision over topics with 20 or more positives: {_or_dash(figures['topics_macro'])}.",
        ]
    )


def _decisions(figures: dict[str, Any], fusion: Fusion) -> str:
    rows = [
        "| axis | review from | flag from | precision at flag | recall at flag "
        "| recall above clear | share above clear |"
    ]
    rows.append("|---|---|---|---|---|---|---|")
    for axis, thresholds in fusion.thresholds.items():
        flag, clear = figures[axis]["at_flag"], figures[axis]["above_clear"]
        rows.append(
            f"| {axis} | {thresholds.review:.3f} | {thresholds.flag:.3f} | {_or_dash(flag['precision'])} "
            f"| {_or_dash(flag['recall'])} | {_or_dash(clear['recall'])} | {_or_dash(clear['rate'])} |"
        )
    return "\n".join(rows)


def _neutrality(rates: dict[str, Any]) -> str:
    rows = ["| posts of level 0, held out | posts | flagged | above 0.5 |", "|---|---|---|---|"]
    rows += [
        f"| {label} | {rates[f'{name}_posts']} | {_or_dash(rates[f'flag_rate_{name}'])} "
        f"| {_or_dash(rates[f'above_half_rate_{name}'])} |"
        for name, label in (("political", "mainly opinion on public affairs"), ("other", "all others"))
    ]
    return "\n".join(rows)
