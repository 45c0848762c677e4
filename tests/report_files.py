"""Scored files for the tests of the report page, made without a model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from flagger.report import ReportColumns, read_scored, write_report
from flagger.vocabulary import TOPICS

HOSTILE = "Bài này có <script>window.stolen = 1</script> và </script><img src=x onerror=alert(1)> &amp; <b>đậm</b>"
THRESHOLDS = {"unverified": {"review": 0.3, "flag": 0.6}, "sensitive": {"review": 0.3, "flag": 0.5}}


def scored_row(
    number: int,
    text: str,
    *,
    unverified: float = 0.1,
    sensitive: float = 0.1,
    topic: str | None = None,
    place: tuple[str, str] | None = None,
    cues: tuple[tuple[str, str], ...] = (),
    **more: object,
) -> dict[str, Any]:
    """Give a row as ``flagger score --keep-text --evidence`` writes it."""
    evidence = [span(text, words) | reason(cue) for cue, words in cues]
    places = []
    if place is not None:
        level = {"level": "province", "province": place[1], "province_before": place[1]}
        places.append(span(text, place[0]) | level)
    return {
        "id": f"post-{number}",
        "text": text,
        "unverified": unverified,
        "unverified_decision": decision(unverified, "unverified"),
        "sensitive": sensitive,
        "sensitive_decision": decision(sensitive, "sensitive"),
        "rumour": 0.1,
        "priority": 0.5 * unverified + 0.3 * unverified * sensitive + 0.2 * sensitive,
        "topics": {name: 0.9 if name == topic else 0.01 for name in TOPICS},
        "places": places,
        "is_local": bool(places),
        "cues": [cue for cue, _ in cues],
        "truncated": False,
        "error": None,
        "evidence": evidence,
        "parts": [
            {"axis": "unverified", "part": "intercept", "contribution": -1.25},
            {"axis": "unverified", "part": "encoder", "contribution": 2.0},
            {"axis": "sensitive", "part": "harm", "contribution": 0.001},
        ],
        **more,
    }


def span(text: str, words: str) -> dict[str, Any]:
    start = text.index(words)
    return {"text": words, "start": start, "end": start + len(words)}


def reason(cue: str) -> dict[str, Any]:
    contribution = -0.7 if cue == "official_source" else 1.6
    return {"cue": cue, "axis": "unverified", "source": f"{cue}.rule", "contribution": contribution}


def decision(share: float, axis: str) -> str:
    levels = THRESHOLDS[axis]
    return "flag" if share >= levels["flag"] else "review" if share >= levels["review"] else "clear"


def write_lines(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def make_page(folder: Path, rows: list[dict[str, Any]], *, time: str | None = None, language: str = "en") -> Path:
    """Write the rows as a scored file and the page made of it."""
    scored = write_lines(folder / "scored.jsonl", rows)
    posts = read_scored(scored, ReportColumns(time=time), dict.fromkeys(TOPICS, 0.5))
    page = folder / "report.html"
    versions = {"flagger": "1.2.3", "model": "stand-in", "lexicon": "abcdef"}
    write_report(posts, page, title="scored.jsonl", versions=versions, thresholds=THRESHOLDS, language=language)
    return page
