"""Print how well two labellings of the same posts agree (Cohen's kappa, 1960).

Usage: python data/agreement.py

Reads labels_double.jsonl, second labellings made without sight of the first, and the first ones from the other
labels_*.jsonl.
"""

from __future__ import annotations

import json
from pathlib import Path

from sklearn.metrics import cohen_kappa_score

DATA = Path(__file__).parent
QUESTIONS = {
    "unverified (1 or 2 against 0)": lambda row: row["unverified"] > 0,
    "rumour (2 against the rest)": lambda row: row["unverified"] > 1,
    "any topic": lambda row: bool(row["topics"]),
    "local": lambda row: bool(row["local"]),
    "political": lambda row: bool(row["political"]),
}


def read(name: str) -> dict[str, dict]:
    """Read labels by hash."""
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return {row["key"]: row for row in map(json.loads, lines)}


def main() -> None:
    """Print the table."""
    second = read("labels_double.jsonl")
    first = {**read("labels_social.jsonl"), **read("labels_heldout.jsonl")}
    keys = sorted(first.keys() & second.keys())
    print(f"| {len(keys)} posts labelled twice | same answer | kappa |\n|---|---|---|")
    for name, answer in QUESTIONS.items():
        ones, others = ([answer(rows[key]) for key in keys] for rows in (first, second))
        same = sum(a == b for a, b in zip(ones, others, strict=True))
        print(f"| {name} | {same / len(keys):.1%} | {cohen_kappa_score(ones, others):.2f} |")


if __name__ == "__main__":
    main()
