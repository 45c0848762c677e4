"""Results as HTML: self-contained, everything escaped, readable in light and dark, told apart by more than colour."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from itertools import islice
from typing import Final

from flagger.display.spans import (
    WORDING,
    Segment,
    cue_name,
    parts_line,
    percent,
    place_label,
    reason_label,
    segments,
    visible,
)
from flagger.results import AxisScore, Result
from flagger.vocabulary import Decision, Language, label

# Orange and blue of Okabe and Ito's palette, which colour-blind people tell apart; text keeps the page's own colour.
_STYLE: Final = """<style>
.flagger{font:14px/1.5 system-ui,sans-serif;border:1px solid rgba(128,128,128,.5);border-radius:6px;\
padding:.6em .9em;margin:.5em 0;color:inherit;background:transparent;max-width:60em}
.flagger .post{white-space:pre-wrap;overflow-wrap:anywhere;unicode-bidi:isolate;margin:0 0 .6em}
.flagger mark{color:inherit;background:transparent;border-radius:2px;padding:0 1px}
.flagger mark.raises{background:rgba(230,159,0,.35);border-bottom:2px solid #e69f00}
.flagger mark.lowers{background:rgba(86,180,233,.35);border-bottom:2px dotted #56b4e9}
.flagger mark.place{border-bottom:3px double currentColor}
.flagger mark small{font-size:.7em;opacity:.8;margin-left:.3em}
.flagger .axis{display:flex;gap:.8em;align-items:center;flex-wrap:wrap}
.flagger .axis>span:first-child{min-width:12em}
.flagger .bar{width:10em;height:.7em;border:1px solid rgba(128,128,128,.7);border-radius:3px}
.flagger .bar>div{height:100%;background:#e69f00}
.flagger .decision{border:1px solid rgba(128,128,128,.7);border-radius:3px;padding:0 .4em}
.flagger .decision.flag{font-weight:bold;border:2px solid #e69f00}
.flagger .decision.clear{opacity:.75}
.flagger .sum{flex-basis:100%;opacity:.8;margin-bottom:.3em}
.flagger ul{margin:.3em 0;padding-left:1.3em}
</style>"""
_WORDS: Final[dict[Language, dict[str, str]]] = {
    "en": {
        "priority": "priority",
        "topics": "topics",
        "places": "places",
        "truncated": "A part of the post was not read.",
        "windows": "Read in {} windows.",
        "more": "There are more results; these are the first {}.",
    },
    "vi": {
        "priority": "độ ưu tiên",
        "topics": "chủ đề",
        "places": "địa danh",
        "truncated": "Một phần bài chưa được đọc.",
        "windows": "Đọc thành {} đoạn.",
        "more": "Còn nữa; đây là {} kết quả đầu.",
    },
}


def render_result(result: Result, *, language: Language = "en") -> str:
    """Render a result as a piece of HTML that needs nothing else.

    :param result: the result.
    :param language: language of the labels.
    :return: HTML for a notebook or a page.
    """
    return _STYLE + _card(result, language)


def render_results(results: Iterable[Result], *, language: Language = "en", limit: int | None = None) -> str:
    """Render results one below the other.

    :param results: the results.
    :param language: language of the labels.
    :param limit: most results to show; ``None`` for all.
    :return: HTML for a notebook or a page.
    """
    remaining = iter(results)
    cards = [_card(result, language) for result in islice(remaining, limit)]
    if limit is not None and next(remaining, None) is not None:
        cards.append(f'<div class="flagger" lang="{language}">{_WORDS[language]["more"].format(limit)}</div>')
    return _STYLE + "".join(cards)


def _card(result: Result, language: Language) -> str:
    words = _WORDS[language]
    # Notebooks read dollar signs as formulas unless these classes forbid it.
    parts = [f'<div class="flagger tex2jax_ignore mathjax_ignore" lang="{language}">']
    marked = "".join(_segment(segment, language) for segment in segments(result.post, result.evidence))
    parts.append(f'<div class="post" lang="vi" dir="auto">{marked}</div>')
    parts += [_axis(name, score, language) for name, score in _axes(result)]
    parts.append(f'<div class="axis"><span>{words["priority"]}</span><span>{result.priority:.2f}</span></div>')
    topics = [f"{label(name, language)} {percent(result.topics[name])}" for name in result.top_topics]
    places = list(dict.fromkeys(place_label(result, position, language) for position in range(len(result.places))))
    for name, lines in (("topics", topics), ("places", places)):
        if lines:
            items = "".join(f"<li><bdi>{_escaped(line)}</bdi></li>" for line in lines)
            parts.append(f"<div>{words[name]}<ul>{items}</ul></div>")
    if result.truncated:
        parts.append(f"<div>{words['truncated']}</div>")
    if result.windows > 1:
        parts.append(f"<div>{words['windows'].format(result.windows)}</div>")
    return "".join(parts) + "</div>"


def _axes(result: Result) -> tuple[tuple[str, AxisScore], ...]:
    return (("unverified", result.unverified), ("sensitive", result.sensitive))


def _axis(name: str, score: AxisScore, language: Language) -> str:
    share = _escaped(percent(score.probability))
    decision = Decision(score.decision)
    verdict = _escaped(label(decision.value, language))
    title = f"{_escaped(label(name, language))}: {share}, {verdict}"
    return (
        f'<div class="axis"><span>{_escaped(label(name, language))}</span>'
        f'<div class="bar" role="img" aria-label="{title}"><div style="width:{score.probability:.1%}"></div></div>'
        f'<span>{share}</span><span class="decision {decision.value}">{verdict}</span>'
        f"{_sum(score, language)}</div>"
    )


def _sum(score: AxisScore, language: Language) -> str:
    line = parts_line(score, language)
    return f'<small class="sum">{_escaped(line)}</small>' if line else ""


def _segment(segment: Segment, language: Language) -> str:
    text = _escaped(segment.text)
    if segment.effect is None:
        return text
    title = _escaped("; ".join(reason_label(item, language) for item in segment.evidence))
    # Evidence that goes on in the next piece is named once, where it ends.
    ending = [item for item in segment.evidence if item.end == segment.end]
    names = ", ".join(dict.fromkeys(cue_name(item, language) for item in ending if item.cue != WORDING))
    small = f"<small>{_escaped(names)}</small>" if names else ""
    return f'<mark class="{segment.effect}" title="{title}">{text}{small}</mark>'


def _escaped(text: str) -> str:
    return escape(visible(text), quote=True)
