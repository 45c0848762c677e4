"""Measure place recognition on the ``places`` labels of the labelled posts, and its cost.

Overlap match: a found place is right when it overlaps an occurrence of a labelled mention; a labelled mention is found
when some found place overlaps some occurrence of it. Groups whose hash is 0 modulo 5 are the dev split, never tuned on.

The table by form counts found places for precision and labelled mentions for recall, each under all forms it has
(``place_forms.py``). Run ``python benchmarks/places.py`` from the project root; it writes ``results/places.json``.
"""

from __future__ import annotations

import argparse
import json
import time
import unicodedata
import zlib
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from place_forms import FORMS, NESTED, forms, in_chain
from result_files import write_results

from flagger.places import PlaceFinder
from flagger.results import Place
from flagger.text import prepare

DEFAULT_POSTS = Path(__file__).resolve().parents[2] / "shared" / "data" / "posts_labelled.jsonl"


def is_dev(group: object) -> bool:
    """Say whether a near-duplicate group belongs to the dev split."""
    return zlib.crc32(str(group).encode()) % 5 == 0


def occurrences(text: str, mention: str) -> list[tuple[int, int]]:
    """Give every span of a mention in a text, without regard to case."""
    lower, wanted = text.lower(), mention.lower()
    spans, position = [], lower.find(wanted)
    while position >= 0:
        spans.append((position, position + len(wanted)))
        position = lower.find(wanted, position + 1)
    return spans


def overlaps(place: Place, spans: list[tuple[int, int]]) -> bool:
    """Say whether a place overlaps one of the spans."""
    return any(place.start < end and start < place.end for start, end in spans)


def stripped(row: dict[str, Any]) -> dict[str, Any]:
    """Take the diacritics out of a post and its labelled places, as many people type; real ones are too few."""

    def plain(text: str) -> str:
        decomposed = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
        return "".join(character for character in decomposed if not unicodedata.combining(character))

    return {**row, "text": plain(row["text"]), "places": [plain(mention) for mention in row["places"]]}


def measure(rows: list[dict[str, Any]], finder: PlaceFinder, *, show: int = 0) -> dict[str, Any]:
    """Count right, false and missed places."""
    counts: Counter[str] = Counter()
    by_form: dict[str, Counter[str]] = defaultdict(Counter)
    wrong: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    elsewhere: Counter[str] = Counter()
    for row in rows:
        places = finder.find(prepare(row["text"]))
        if not row["local"]:
            counts["other posts"] += 1
            counts["places in other posts"] += len(places)
            counts["other posts with a place"] += bool(places)
            elsewhere.update(place.text for place in places)
            continue
        counts["local posts"] += 1
        counts["local posts with a place"] += bool(places)
        if not row["places"]:
            continue
        spans = [span for mention in row["places"] for span in occurrences(row["text"], mention)]
        own = [(place.start, place.end) for place in places]
        for place, span in zip(places, own, strict=True):
            right = overlaps(place, spans)
            counts["right" if right else "wrong"] += 1
            nested = {NESTED} if in_chain(row["text"], span, own) else set()
            for form in forms(place.text, finder.gazetteer) | nested:
                by_form[form]["right" if right else "wrong"] += 1
            if not right:
                wrong[place.text] += 1
        for mention in row["places"]:
            mention_spans = occurrences(row["text"], mention)
            found = any(overlaps(place, mention_spans) for place in places)
            counts["found" if found else "missed"] += 1
            nested = {NESTED} if any(in_chain(row["text"], span, spans) for span in mention_spans) else set()
            for form in forms(mention, finder.gazetteer) | nested:
                by_form[form]["found" if found else "missed"] += 1
            if not found:
                missed[mention] += 1
    if show:
        print("WRONG", wrong.most_common(show))
        print("MISSED", missed.most_common(show))
        print("ELSEWHERE", elsewhere.most_common(show))
    return {"counts": counts, "forms": by_form}


def share(part: int, rest: int) -> float | None:
    """Give a share, or ``None`` of nothing."""
    return part / (part + rest) if part + rest else None


def figures(result: dict[str, Any]) -> dict[str, Any]:
    """Turn counts into precision and recall, over all and by form."""

    def line(counts: Counter[str]) -> dict[str, Any]:
        return {
            "precision": share(counts["right"], counts["wrong"]),
            "places": counts["right"] + counts["wrong"],
            "recall": share(counts["found"], counts["missed"]),
            "mentions": counts["found"] + counts["missed"],
        }

    return {"all": line(result["counts"]), "forms": {form: line(result["forms"][form]) for form in FORMS}}


def report(name: str, result: dict[str, Any]) -> dict[str, Any]:
    """Print one split and give its figures."""
    found = figures(result)
    print(f"{name}: {dict(result['counts'])}")
    for form, line in {"all": found["all"], **found["forms"]}.items():
        precision, recall = (
            "    -" if value is None else f"{value:.3f}" for value in (line["precision"], line["recall"])
        )
        print(f"    {form:32} precision {precision} of {line['places']:5}, recall {recall} of {line['mentions']:5}")
    return found


def cost(rows: list[dict[str, Any]], finder: PlaceFinder) -> None:
    """Print the time of ``find`` a post, apart from ``prepare``."""
    prepared = [prepare(row["text"]) for row in rows]
    best = min(timed(prepared, finder) for _ in range(3))
    length = sum(len(post.original) for post in prepared) / len(prepared)
    median = sorted(len(post.original) for post in prepared)[len(prepared) // 2]
    print(f"{best / len(prepared) * 1e6:.0f} microseconds a post of mean length {length:.0f} (median {median})")
    short = [post for post in prepared if 180 <= len(post.original) <= 280]
    best = min(timed(short, finder) for _ in range(5))
    print(f"{best / len(short) * 1e6:.0f} microseconds a post of 180-280 characters")


def timed(prepared: list[Any], finder: PlaceFinder) -> float:
    """Give the seconds that all posts take."""
    start = time.perf_counter()
    for post in prepared:
        finder.find(post)
    return time.perf_counter() - start


def main() -> None:
    """Read the arguments, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=Path, default=DEFAULT_POSTS)
    parser.add_argument("--show", type=int, default=0, help="print that many wrong and missed mentions")
    arguments = parser.parse_args()
    rows = [json.loads(line) for line in arguments.posts.read_text(encoding="utf-8").splitlines()]
    finder = PlaceFinder.default()
    parts = {
        "tuning": [row for row in rows if not is_dev(row["group"])],
        "dev": [row for row in rows if is_dev(row["group"])],
    }
    # What is wrong in the dev split is never shown, so that nobody tunes on it.
    results = {
        name: report(name, measure(part, finder, show=arguments.show if name == "tuning" else 0))
        for name, part in parts.items()
    }
    for name, part in parts.items():
        results[name]["stripped"] = report(f"{name}, stripped", measure(list(map(stripped, part)), finder))["all"]
    write_results("places", results, of_model=False)
    cost(rows, finder)


if __name__ == "__main__":
    main()
