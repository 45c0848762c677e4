"""The figures of one evaluation, as a dictionary and as text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from flagger.evaluation.intervals import intervals
from flagger.evaluation.metrics import calibration_error, operating_point, ranking
from flagger.evaluation.scored import Scored
from flagger.evaluation.slices import slice_figures
from flagger.vocabulary import TOPICS

Doubles = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class EvaluationReport:
    """What an evaluation found.

    :param figures: all figures, JSON-ready.
    """

    figures: dict[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """Give all figures, JSON-ready."""
        return self.figures

    def render(self) -> str:
        """Give the main figures as text for a terminal."""
        figures = self.figures
        lines = [f"{figures['posts']} posts: {figures['method']}", ""]
        lines.append(f"{'':<16}{'ROC-AUC':>9}{'avg prec':>10}{'positives':>11}")
        rows = [(name, figures[name]) for name in ("unverified", "rumour", "sensitive", "any_topic", "local")]
        rows += [(f"  {name}", values) for name, values in figures["topics"].items()]
        for name, values in rows:
            lines.append(
                f"{name:<16}{_number(values['roc_auc']):>9}{_number(values['average_precision']):>10}"
                f"{values['positives']:>11}"
            )
        lines.append(f"topics, macro average precision (20 or more positives): {_number(figures['topics_macro'])}")
        for axis in ("unverified", "sensitive"):
            points = figures[axis]
            clear = points["above_clear"]
            lines.append(
                f"{axis}: calibration error {_number(points['calibration_error'])}, at flag precision "
                f"{_number(points['at_flag']['precision'])} and recall {_number(points['at_flag']['recall'])}, "
                f"above clear recall {_number(clear['recall'])} at rate {_number(clear['rate'])}"
            )
        rates = figures["neutrality"]
        lines.append(
            f"flag rate on calm political posts {_number(rates['flag_rate_political'])} "
            f"({rates['political_posts']} posts), on other calm posts {_number(rates['flag_rate_other'])}"
        )
        if "without_encoder" in figures:
            alone = figures["without_encoder"]
            lines.append(
                "without the encoder: "
                + ", ".join(
                    f"{name} {_number(alone[name]['roc_auc'])}/{_number(alone[name]['average_precision'])}"
                    for name in ("unverified", "rumour", "sensitive")
                )
            )
        for name, other in figures.get("against", {}).items():
            lines += ["", *against_lines(name, other)]
        if "noise" in figures:
            lines += ["", *noise_lines(figures["noise"])]
        return "\n".join(lines)


def against_lines(name: str, figures: dict[str, Any]) -> list[str]:
    """Give the comparison with another model as lines for a terminal.

    :param name: its name.
    :param figures: what ``evaluate_model`` put under that name.
    :return: the lines: what is not compared, then for each score the other's figures and the interval of the gain.
    """
    lines = [f"against {name}:"]
    if "note" in figures:
        lines.append(f"  {figures['note']}")
    if figures["seen_in_training"]:
        lines.append(f"  it was trained on {figures['seen_in_training']} of the posts, so its figures are too good")
    for score, gain in figures["gain"].items():
        low, high = gain["roc_auc"]
        lines.append(f"  {score:<14}{_pair(figures[score])}, ROC-AUC gains {low:+.3f} to {high:+.3f} (95 %)")
    return lines


def noise_lines(figures: dict[str, Any]) -> list[str]:
    """Give what noise costs as lines for a terminal.

    :param figures: what :func:`flagger.evaluation.robustness.noise_report` gave.
    :return: the lines: fall of ROC-AUC and average precision by kind of noise, at each strength.
    """
    seen = figures["seen_in_training"]
    lines = [
        f"under noise, {figures['posts']} posts ({seen} of them seen in training):",
        f"{'':<18}{'unverified: ROC-AUC / avg prec':<42}sensitive: ROC-AUC / avg prec",
    ]
    axes = ("unverified", "sensitive")
    clean = (f"{_pair(figures['clean'][axis]):<42}" for axis in axes)
    lines.append(f"{'no noise':<18}{''.join(clean)}".rstrip())
    for kind, strengths in figures["noises"].items():
        cells = ("  ".join(_pair(values[axis]) for values in strengths.values()) for axis in axes)
        lines.append(f"{kind:<18}{''.join(f'{cell:<42}' for cell in cells)}".rstrip())
    return [*lines, "(light, medium and heavy noise from left to right)"]


def _pair(values: dict[str, Any]) -> str:
    return f"{_number(values['roc_auc'])}/{_number(values['average_precision'])}"


def judge(scored: Scored, *, method: str, brief: bool = False) -> EvaluationReport:
    """Compute all figures.

    :param scored: held-out scores.
    :param method: how the scores were made, in words.
    :param brief: leave out ``intervals`` and ``slices``, which cost most of the time.
    :return: the report.
    """
    posts = scored.posts
    judged, targets, topic_targets = scored.judged, scored.targets, scored.topic_targets
    political = np.array([post.is_political for post in posts])
    with_level = np.array([post.has_unverified for post in posts])
    with_topics = scored.judges("topics")
    topics = {
        name: ranking(topic_targets[with_topics, i], scored.topics[with_topics, i]) for i, name in enumerate(TOPICS)
    }
    frequent = [
        float(values["average_precision"])
        for values in topics.values()
        if values["average_precision"] is not None and int(values["positives"] or 0) >= 20
    ]
    flagged = scored.unverified >= scored.unverified_thresholds[:, 1]

    def of(name: str) -> tuple[Booleans, Doubles]:
        rows = scored.judges(name)
        return targets[name][rows], getattr(scored, name)[rows]

    figures: dict[str, Any] = {
        "method": method,
        "posts": len(posts),
        "unverified": _axis(*of("unverified"), scored.unverified_thresholds[judged]),
        "unverified_all_rows": ranking(targets["unverified"][with_level], scored.unverified[with_level]),
        "rumour": ranking(*of("rumour")),
        "sensitive": _axis(*of("sensitive"), scored.sensitive_thresholds[scored.judges("sensitive")]),
        "any_topic": ranking(*of("any_topic")),
        "local": ranking(*of("local")),
        "topics": topics,
        "topics_macro": round(float(np.mean(frequent)), 4) if frequent else None,
        "neutrality": _neutrality(flagged, scored.unverified, with_level & ~targets["unverified"], political),
    }
    if not brief:
        figures |= {"intervals": intervals(scored), "slices": slice_figures(scored)}
    return EvaluationReport(figures)


def compare(report: EvaluationReport, linear: EvaluationReport) -> EvaluationReport:
    """Put the figures of the n-gram model alone, on the same posts and folds, beside those of the whole model.

    :param report: figures of the whole model.
    :param linear: figures without the encoder; brief ones suffice.
    :return: the report with ``without_encoder``.
    """
    names = ("unverified", "rumour", "sensitive", "any_topic", "local", "topics_macro", "neutrality")
    return EvaluationReport({**report.figures, "without_encoder": {name: linear.figures[name] for name in names}})


def _axis(targets: Booleans, probabilities: Doubles, thresholds: Doubles) -> dict[str, Any]:
    return {
        **ranking(targets, probabilities),
        "calibration_error": calibration_error(targets, probabilities),
        "at_flag": operating_point(targets, probabilities >= thresholds[:, 1]),
        "above_clear": operating_point(targets, probabilities >= thresholds[:, 0]),
    }


def _neutrality(flagged: Booleans, probabilities: Doubles, calm: Booleans, political: Booleans) -> dict[str, Any]:
    parts = {"political": calm & political, "other": calm & ~political}
    rates: dict[str, Any] = {"political_posts": int(parts["political"].sum()), "other_posts": int(parts["other"].sum())}
    for name, rows in parts.items():
        rates[f"flag_rate_{name}"] = round(float(flagged[rows].mean()), 4) if rows.any() else None
        rates[f"above_half_rate_{name}"] = round(float((probabilities[rows] > 0.5).mean()), 4) if rows.any() else None
    return rates


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
