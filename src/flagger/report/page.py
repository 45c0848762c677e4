"""Put the page together: template, style, code and posts in one file that asks nothing of any network."""

from __future__ import annotations

import base64
import gzip
import hashlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from flagger.report.posts import REASONS, ReportPosts
from flagger.report.provinces import TILES
from flagger.report.words import page_words
from flagger.tables.atomic import AtomicFile
from flagger.tables.source import without_surrogates
from flagger.vocabulary import AXES, CUES, LABELS, LOWERING_CUES, PARTS, TOPICS, Decision, Language, PlaceLevel

_ASSETS: Final = Path(__file__).with_name("assets")
_TEMPLATE: Final = "page.html.j2"
_STYLE: Final = "style.css"
# In the order in which they need each other; together they are one script.
_SCRIPTS: Final = ("text.js", "words.js", "data.js", "filters.js", "list.js", "detail.js", "facets.js", "main.js")
# Level 6 is a third of the time of 9 for one per cent more bytes.
_COMPRESSION: Final = 6


def write_report(
    posts: ReportPosts,
    path: str | Path,
    *,
    title: str,
    versions: Mapping[str, str],
    thresholds: Mapping[str, Mapping[str, float]],
    language: Language = "vi",
) -> None:
    """Write the page; it appears only when it is complete.

    :param posts: the posts.
    :param path: where to; ``.html``.
    :param title: heading, such as the name of the scored file.
    :param versions: what made the scores, by name; shown at the end of the page.
    :param thresholds: ``review`` and ``flag`` of each axis, in [0, 1].
    :param language: language at first; the reader can change it.
    :raises OutputError: when the file cannot be written.
    """
    page = render_page(posts, title=title, versions=versions, thresholds=thresholds, language=language)
    with AtomicFile(path) as stream:
        stream.write(page.encode("utf-8", "replace"))


def render_page(
    posts: ReportPosts,
    *,
    title: str,
    versions: Mapping[str, str],
    thresholds: Mapping[str, Mapping[str, float]],
    language: Language = "vi",
) -> str:
    """Give the page as text; see :func:`write_report`.

    :param posts: the posts.
    :param title: heading; as a name of a file it may hold what is no Unicode.
    :param versions: what made the scores, by name.
    :param thresholds: ``review`` and ``flag`` of each axis, in [0, 1].
    :param language: language at first.
    :return: HTML.
    """
    title = without_surrogates(title)
    facts: dict[str, Any] = {
        "title": title,
        "made": datetime.now().astimezone().strftime("%Y-%m-%d %H:%M"),
        "language": language,
        "versions": {name: without_surrogates(version) for name, version in versions.items()},
        "thresholds": {axis: dict(values) for axis, values in thresholds.items()},
        "names": _names(),
        "labels": LABELS,
        "words": page_words(),
        "tiles": [list(tile) for tile in TILES],
        **posts.payload(),
    }
    # The queue can be read before the reasons are unpacked, which are half of the page.
    reasons = {name: facts["posts"].pop(name, []) for name in ("evidence", "parts")}
    style = (_ASSETS / _STYLE).read_text(encoding="utf-8")
    script = "\n".join((_ASSETS / name).read_text(encoding="utf-8") for name in _SCRIPTS)
    script = f"(() => {{\n'use strict';\n{script}\n}})();\n"
    environment = Environment(
        loader=FileSystemLoader(_ASSETS), autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True
    )
    return environment.get_template(_TEMPLATE).render(
        language=language,
        title=title,
        words=page_words()[language],
        style=Markup(style),  # noqa: S704 - our own file
        script=Markup(script),  # noqa: S704 - our own files
        style_hash=_hash(style),
        script_hash=_hash(script),
        posts=_packed(facts),
        reasons=_packed(reasons),
    )


def _names() -> dict[str, Any]:
    return {
        "axes": AXES,
        "decisions": [decision.value for decision in Decision],
        "topics": TOPICS,
        "cues": CUES,
        "lowering": LOWERING_CUES,
        "levels": [level.value for level in PlaceLevel],
        "reasons": REASONS,
        "parts": PARTS,
    }


def _hash(content: str) -> str:
    """Give the hash by which the page's security policy allows this content and no other."""
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()


def _packed(facts: dict[str, Any]) -> str:
    """Give JSON, packed and in letters: posts are a third as large, and cannot be taken for HTML."""
    return base64.b64encode(gzip.compress(msgspec.json.encode(facts), _COMPRESSION, mtime=0)).decode()
