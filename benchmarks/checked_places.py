"""Measure how often a resolved place has the right province, on mentions that were checked by hand.

``data/places/checked_mentions.csv`` names 200 mentions by the hash of their text and their span, and says which
province is right. The texts are found again in ``../shared/data``. A mention counts when the present resolver still
gives an overlapping place one province; it is right when that is the checked one, before and now. Places that it
no longer resolves are counted apart, so that a resolver that says nothing does not look good.

Run ``python benchmarks/checked_places.py`` from the project root; results go to ``benchmarks/results``.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from result_files import write_results
from scipy.stats import binomtest

from flagger.places import PlaceFinder
from flagger.results import Place
from flagger.text import prepare
from flagger.training.dataset import text_key

PROJECT = Path(__file__).resolve().parents[1]
CHECKED = PROJECT / "data" / "places" / "checked_mentions.csv"
SHARED = PROJECT.parent / "shared" / "data"
SOURCES = ("posts_labelled.jsonl", "unlabelled/social.jsonl.gz")


def read_checked(path: Path = CHECKED) -> list[dict[str, str]]:
    """Read the checked mentions."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_texts(folder: Path) -> Iterator[str]:
    """Give the texts of all sources in a folder."""
    for name in SOURCES:
        path = folder / name
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)["text"]


def provinces(place: Place) -> tuple[str | None, str | None] | None:
    """Give the province before and now when the candidates leave one province, else ``None``."""
    before, now = place.province_before, place.province
    return None if before is None and now is None else (before, now)


def is_right(row: dict[str, str], found: tuple[str | None, str | None]) -> bool:
    """Say whether the provinces found are the checked ones; ``|`` parts several that are right (a road through two)."""
    pairs = zip(found, (row["province_before"], row["province_now"]), strict=True)
    return row["verdict"] != "no_place" and all(name is None or name in checked.split("|") for name, checked in pairs)


def measure(checked: list[dict[str, str]], texts: dict[str, str], finder: PlaceFinder) -> dict[str, Any]:
    """Run the resolver on the checked posts.

    :param checked: rows of the file of checked mentions.
    :param texts: texts by key; mentions whose text is not here are counted and left out.
    :param finder: the resolver to judge.
    :return: counts, the share with the right province with its 95 % Wilson interval, and the share of the real places
        that are still resolved.
    """
    resolved = right = real = kept = 0
    present = [row for row in checked if row["key"] in texts]
    for row in present:
        start, end = int(row["start"]), int(row["end"])
        overlapping = [
            found
            for place in finder.find(prepare(texts[row["key"]]))
            if place.start < end and start < place.end and (found := provinces(place)) is not None
        ]
        real += row["verdict"] != "no_place"
        if overlapping:
            resolved += 1
            right += all(is_right(row, found) for found in overlapping)
            kept += row["verdict"] != "no_place"
    interval = binomtest(right, resolved).proportion_ci(method="wilson")
    return {
        "mentions": len(checked),
        "texts_missing": len(checked) - len(present),
        "resolved": resolved,
        "right": right,
        "share": right / resolved,
        "low": float(interval.low),
        "high": float(interval.high),
        "real_places": real,
        "real_places_resolved": kept,
        "when_drawn": {source: when_drawn(checked, source) for source in ("labelled", "social")},
    }


def when_drawn(checked: list[dict[str, str]], source: str) -> dict[str, int]:
    """Count the verdicts on the resolver that the mentions were drawn with."""
    verdicts = [row["verdict"] for row in checked if row["source"] == source]
    return {"mentions": len(verdicts), "right": verdicts.count("right")}


def find_texts(checked: list[dict[str, str]], folder: Path) -> dict[str, str]:
    """Find the texts of checked mentions by their keys."""
    wanted = {row["key"] for row in checked}
    return {key: text for text in read_texts(folder) if (key := text_key(text)) in wanted}


def main() -> None:
    """Measure, print and write the results."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=SHARED, help="folder with the public posts")
    arguments = parser.parse_args()
    checked = read_checked()
    figures = measure(checked, find_texts(checked, arguments.data), PlaceFinder.default())
    print(
        f"right province: {figures['right']} of {figures['resolved']} resolved, {figures['share']:.1%} "
        f"(95 % Wilson interval {figures['low']:.1%} to {figures['high']:.1%}); "
        f"{figures['real_places_resolved']} of {figures['real_places']} real places still resolved; "
        f"{figures['texts_missing']} texts missing"
    )
    write_results("checked_places", figures, of_model=False)


if __name__ == "__main__":
    main()
