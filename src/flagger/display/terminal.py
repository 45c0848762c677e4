"""Results in a terminal, by rich."""

from __future__ import annotations

from typing import Final

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from flagger.display.spans import (
    LOWERS,
    PLACE,
    RAISES,
    parts_line,
    percent,
    place_label,
    reason_name,
    segments,
    visible,
)
from flagger.results import AxisScore, Result
from flagger.vocabulary import Decision, Language, label

BAR_WIDTH: Final = 24
MOST_REASONS: Final = 15
# Told apart by more than colour: bold, underline and italics.
STYLES: Final = {RAISES: "bold yellow", LOWERS: "italic cyan", PLACE: "underline"}
_DECISION_STYLES: Final = {
    Decision.CLEAR: "cyan",
    Decision.REVIEW: "yellow",
    Decision.FLAG: "bold reverse yellow",
}
_WORDS: Final[dict[Language, dict[str, str]]] = {
    "en": {
        "priority": "priority",
        "topics": "topics",
        "places": "places",
        "evidence": "evidence",
        "none": "none",
        "truncated": "a part of the post was not read",
        "windows": "read in {} windows",
        "more": "and {} more",
        "sums": "what the scores add up from (logit scale: 0 is 50%, +1 is 73%, +2 is 88%)",
    },
    "vi": {
        "priority": "độ ưu tiên",
        "topics": "chủ đề",
        "places": "địa danh",
        "evidence": "căn cứ",
        "none": "không có",
        "truncated": "một phần bài chưa được đọc",
        "windows": "đọc thành {} đoạn",
        "more": "và {} căn cứ nữa",
        "sums": "điểm cộng từ đâu (thang logit: 0 là 50%, +1 là 73%, +2 là 88%)",
    },
}


def render_terminal(result: Result, *, language: Language = "en") -> RenderableType:
    """Lay out a result for a terminal.

    :param result: the result.
    :param language: language of the labels.
    :return: something that a rich console prints.
    """
    words = _WORDS[language]
    scores = Table.grid(padding=(0, 2))
    for name, score in (("unverified", result.unverified), ("sensitive", result.sensitive)):
        scores.add_row(label(name, language), bar(score), percent(score.probability), _decision(score, language))
    scores.add_row(words["priority"], "", f"{result.priority:.2f}")
    topics = [f"{label(name, language)} {percent(result.topics[name])}" for name in result.top_topics]
    places = [place_label(result, position, language) for position in range(len(result.places))]
    facts = Table.grid(padding=(0, 2))
    facts.add_row(words["topics"], Text(", ".join(topics) or words["none"]))
    facts.add_row(words["places"], Text("\n".join(dict.fromkeys(places)) or words["none"]))
    notes = [words["truncated"]] if result.truncated else []
    notes += [words["windows"].format(result.windows)] if result.windows > 1 else []
    parts: list[RenderableType] = [highlighted(result), Text(), scores, Text(), facts]
    if result.evidence:
        parts += [Text(), Text(words["evidence"], style="bold"), _reasons(result, language)]
    sums = _sums(result, language)
    if sums is not None:
        parts += [Text(), Text(words["sums"], style="bold"), sums]
    parts += [Text(note, style="dim") for note in notes]
    return Group(*parts)


def highlighted(result: Result) -> Text:
    """Give the post with its evidence marked.

    :param result: the result.
    :return: text with styles; control characters are made visible.
    """
    text = Text()
    for segment in segments(result.post, result.evidence):
        text.append(visible(segment.text), STYLES.get(segment.effect or ""))
    return text


def bar(score: AxisScore) -> Text:
    """Draw a probability as a bar.

    :param score: one axis.
    :return: a bar ``BAR_WIDTH`` characters wide.
    """
    filled = round(score.probability * BAR_WIDTH)
    return Text("█" * filled, style="yellow").append("░" * (BAR_WIDTH - filled), style="dim")


def _sums(result: Result, language: Language) -> RenderableType | None:
    table = Table.grid(padding=(0, 2))
    for name, score in (("unverified", result.unverified), ("sensitive", result.sensitive)):
        line = parts_line(score, language)
        if line:
            table.add_row(label(name, language), Text(line))
    return table if table.row_count else None


def _decision(score: AxisScore, language: Language) -> Text:
    return Text(f" {label(score.decision.value, language)} ", style=_DECISION_STYLES[score.decision])


def _reasons(result: Result, language: Language) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    for item in result.evidence[:MOST_REASONS]:
        style = STYLES[RAISES if item.contribution >= 0 else LOWERS]
        table.add_row(
            Text(f"{item.contribution:+.2f}", style=style),
            label(item.axis, language),
            reason_name(item, language),
            Text(visible(item.text)),
        )
    hidden = len(result.evidence) - MOST_REASONS
    return Group(table, Text(_WORDS[language]["more"].format(hidden), style="dim")) if hidden > 0 else table
