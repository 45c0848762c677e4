"""Measure place recognition on the ``places`` labels of the labelled posts, and its cost.

Overlap match: a found place is right when it overlaps an occurrence of a labelled mention; a labelled mention is found
when some found place overlaps some occurrence of it. Groups whose hash is 0 modulo 5 are the dev split, never tuned on.

Run ``python benchmarks/places.py`` from the project root.
"""

from __future__ import annotations

import argparse
import json
import time
import zlib
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

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


def form(mention: str) -> str:
    """Name the form of a mention for the table."""
    first = mention.lower().split()[0].split(".")[0]
    if mention.isascii() and any(character.isalpha() for character in mention) and len(mention) > 4:
        return "no diacritics"
    if any(character.isdigit() for character in mention):
        return "with a number"
    if first in ABBREVIATIONS or (mention.upper() == mention and len(mention) < 6):
        return "abbreviated"
    if first in ("tỉnh", "thành", "quận", "huyện", "thị", "xã", "phường"):
        return "full, with unit word"
    if first in ("thôn", "ấp", "xóm", "tổ", "khu", "bản", "buôn", "làng", "đội"):
        return "hamlet"
    if mention.lower() == mention:
        return "bare, lower case"
    if mention.upper() == mention:
        return "bare, all capitals"
    if len(mention.split()) <= 3 and mention.split()[0].lower() not in FACILITIES:
        return "bare"
    return "facility, street, site"


ABBREVIATIONS = frozenset({"tp", "q", "p", "tx", "tt", "h", "hn", "sg", "hcm"})
FACILITIES = frozenset(
    {
        "bệnh",
        "bv",
        "trường",
        "chợ",
        "cầu",
        "đường",
        "phố",
        "chung",
        "kcn",
        "sân",
        "bến",
        "nhà",
        "sông",
        "hồ",
        "chùa",
        "cảng",
        "quốc",
        "viện",
        "đèo",
        "đảo",
    }
)


def overlaps(place: Place, spans: list[tuple[int, int]]) -> bool:
    """Say whether a place overlaps one of the spans."""
    return any(place.start < end and start < place.end for start, end in spans)


def measure(rows: list[dict[str, Any]], finder: PlaceFinder, *, show: int = 0) -> dict[str, Any]:
    """Count right, false and missed places."""
    counts: Counter[str] = Counter()
    forms: dict[str, list[int]] = defaultdict(lambda: [0, 0])
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
        for place in places:
            right = overlaps(place, spans)
            counts["right" if right else "wrong"] += 1
            if not right:
                wrong[place.text] += 1
        for mention in row["places"]:
            mention_spans = occurrences(row["text"], mention)
            found = any(overlaps(place, mention_spans) for place in places)
            counts["found" if found else "missed"] += 1
            forms[form(mention)][0] += found
            forms[form(mention)][1] += 1
            if not found:
                missed[mention] += 1
    if show:
        print("WRONG", wrong.most_common(show))
        print("MISSED", missed.most_common(show))
        print("ELSEWHERE", elsewhere.most_common(show))
    return {"counts": counts, "forms": forms}


def report(name: str, result: dict[str, Any]) -> None:
    """Print one split."""
    counts = result["counts"]
    precision = counts["right"] / max(1, counts["right"] + counts["wrong"])
    recall = counts["found"] / max(1, counts["found"] + counts["missed"])
    print(f"{name}: precision {precision:.3f}, recall {recall:.3f}; {dict(counts)}")
    for kind, (found, total) in sorted(result["forms"].items(), key=lambda item: -item[1][1]):
        print(f"    {kind:24} {found:4} of {total:4}  {found / total:.2f}")


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
    parser.add_argument("--dev", action="store_true", help="also report the dev split")
    arguments = parser.parse_args()
    rows = [json.loads(line) for line in arguments.posts.read_text(encoding="utf-8").splitlines()]
    finder = PlaceFinder.default()
    report("tuning", measure([row for row in rows if not is_dev(row["group"])], finder, show=arguments.show))
    if arguments.dev:
        report("dev", measure([row for row in rows if is_dev(row["group"])], finder))
    cost(rows, finder)


if __name__ == "__main__":
    main()
