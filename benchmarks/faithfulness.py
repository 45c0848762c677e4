"""Measure whether reasons are true: deleting the top evidence must lower a score more than deleting random words.

Usage: python benchmarks/faithfulness.py [--posts-file ../shared/data/posts_labelled.jsonl] [--posts 60] [--sums 1000]

Writes benchmarks/results/faithfulness.json. Needs the extra ``explain``; without it integrated gradients are left out.

* Sums: on the first ``--sums`` posts the parts of both scores must add up to their logits, the logits must give the
  probabilities, and the contributions of the rules' evidence must add up to the part that the rules have.
* Deletion: posts whose unverified score is not ``clear``, every post read by the encoder. Each explainer orders the
  words of a post by their contributions; the first 5, 10, 20, 30 and 50 % of the words are deleted and the rest is
  scored anew. The mean fall of the logit over these steps is the area over the perturbation curve (Samek et al. 2017).
  "Random" deletes as many words in random order; "random, same length" deletes at each step as many random words with
  nearly as many characters as those that "all evidence" deletes. Words without evidence come last, in random order, so
  an explainer that names few words falls back on chance.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from result_files import write_results

from flagger import Flagger
from flagger.encoder.attribution import Attribution
from flagger.errors import MissingExtraError
from flagger.results import AxisScore, Evidence, Result
from flagger.text.syllables import words
from flagger.version import __version__
from flagger.vocabulary import Decision

PROJECT = Path(__file__).parents[1]
SHARED = PROJECT.parent / "shared" / "data" / "posts_labelled.jsonl"
AUTHORED = PROJECT / "data" / "authored_posts.jsonl"
FRACTIONS = (0.05, 0.1, 0.2, 0.3, 0.5)
LEAST_WORDS, MOST_WORDS = 12, 120
RANDOM_ORDERS = 3
TRIES = 30
RESAMPLES = 2000
SEED = 11

Doubles = npt.NDArray[np.float64]
Spans = Sequence[tuple[int, int]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts-file", type=Path, default=SHARED if SHARED.is_file() else AUTHORED)
    parser.add_argument("--posts", type=int, default=60)
    parser.add_argument("--sums", type=int, default=1000)
    arguments = parser.parse_args()
    started = time.perf_counter()
    posts = read_posts(arguments.posts_file)
    results = {
        "flagger": __version__,
        "posts_file": arguments.posts_file.name,
        "sums": sums(posts[: arguments.sums]),
        "deletion": deletion(posts, arguments.posts),
        "seconds": 0.0,
    }
    results["seconds"] = round(time.perf_counter() - started)
    write_results("faithfulness", results)
    print(json.dumps(results, indent=2))


def read_posts(path: Path) -> list[str]:
    """Give the distinct posts of a file, in an order that has nothing to do with theirs."""
    lines = path.read_text(encoding="utf-8").split("\n")
    posts = list(dict.fromkeys(json.loads(line)["text"] for line in lines if line.strip()))
    random.Random(SEED).shuffle(posts)
    return posts


def sums(posts: Sequence[str]) -> dict[str, Any]:
    """Give the largest differences between a score and the sum of what it is said to rest on."""
    worst = {"parts": 0.0, "probability": 0.0, "rules": 0.0}
    for result in Flagger.from_pretrained().score_many(posts, explain=False):
        for axis, score in (("unverified", result.unverified), ("sensitive", result.sensitive)):
            worst["parts"] = max(worst["parts"], abs(sum(score.parts.values()) - score.logit))
            worst["probability"] = max(worst["probability"], abs(from_parts(score) - score.probability))
            if axis == "unverified":
                shared = sum(item.contribution for item in result.evidence if item.axis == axis)
                worst["rules"] = max(worst["rules"], abs(shared - score.parts.get("rules", 0.0)))
    return {"posts": len(posts), "largest_difference": {name: float(f"{value:.2g}") for name, value in worst.items()}}


def from_parts(score: AxisScore) -> float:
    """Give the probability that the parts of a score add up to."""
    return float(1.0 / (1.0 + np.exp(-sum(score.parts.values()))))


def deletion(posts: Iterable[str], count: int) -> dict[str, Any]:
    """Delete words by each explainer's order, and compare how far the score falls."""
    flagger = Flagger.from_pretrained(exact=True)
    falls: dict[str, list[Doubles]] = {}
    taken = lengths = 0
    for number, post in enumerate(posts):
        if taken == count:
            break
        spans = words(post)
        if not LEAST_WORDS <= len(spans) <= MOST_WORDS or flagger(post).unverified.decision == Decision.CLEAR:
            continue
        curves = curves_of(flagger, post, spans, random.Random(SEED + number))
        for name, curve in curves.items():
            falls.setdefault(name, []).append(curve)
        taken += 1
        lengths += len(spans)
    if not taken:
        raise SystemExit("No post of the file is above 'clear' on unverified; give another --posts-file.")
    table = {name: np.array(curves) for name, curves in falls.items()}
    chance = table["random"].mean(axis=1)
    alike = table["random, same length"].mean(axis=1)
    return {
        "posts": taken,
        "mean_words": round(lengths / taken),
        "fractions": list(FRACTIONS),
        "explainers": {
            name: {
                "area": round(float(curves.mean()), 3),
                "falls": [round(value, 3) for value in curves.mean(axis=0).tolist()],
                "above_random": interval(curves.mean(axis=1) - chance),
                "above_random_same_length": interval(curves.mean(axis=1) - alike),
                "posts_above_random": round(float((curves.mean(axis=1) > chance).mean()), 3),
            }
            if not name.startswith("random")
            else {"area": round(float(curves.mean()), 3)}
            for name, curves in table.items()
        },
    }


def curves_of(flagger: Flagger, post: str, spans: Spans, chance: random.Random) -> dict[str, Doubles]:
    """Give for each explainer how far the logit falls at each step."""
    whole = flagger(post).unverified.logit
    steps = [max(1, round(fraction * len(spans))) for fraction in FRACTIONS]

    def falls(deleted: Iterable[Sequence[int]]) -> Doubles:
        rests = [without(post, spans, numbers) for numbers in deleted]
        scored = flagger.score_many(rests, explain=False)
        return np.array([whole - result.unverified.logit for result in scored])

    def ordered(order: Sequence[int]) -> list[Sequence[int]]:
        return [order[:step] for step in steps]

    orders = {name: order_by(items, spans, chance) for name, items in explained(flagger, post).items()}
    curves = {name: falls(ordered(order)) for name, order in orders.items()}
    mixed = [chance.sample(range(len(spans)), len(spans)) for _ in range(RANDOM_ORDERS)]
    curves["random"] = np.mean([falls(ordered(order)) for order in mixed], axis=0)
    top = ordered(orders["all evidence"])
    curves["random, same length"] = np.mean(
        [falls([of_same_length(numbers, spans, chance) for numbers in top]) for _ in range(RANDOM_ORDERS)], axis=0
    )
    return curves


def explained(flagger: Flagger, post: str) -> dict[str, list[Evidence]]:
    """Give the evidence for the unverified axis, by explainer."""
    result = flagger.explain(post)
    found = {
        "all evidence": of_sources(result, lambda source: True),
        "without the encoder": of_sources(result, lambda source: not source.startswith("encoder")),
        "all evidence, encoder by gradients": [],
        "occlusion of the encoder": of_sources(result, lambda source: source == "encoder"),
        "integrated gradients of the encoder": [],
        "n-grams": of_sources(result, lambda source: source == "linear"),
        "rules alone (lexicon)": of_sources(
            result, lambda source: source != "linear" and not source.startswith("encoder")
        ),
    }
    try:
        by_gradients = flagger.explain(post, attribution=Attribution.GRADIENTS)
    except MissingExtraError:
        return {name: items for name, items in found.items() if "gradients" not in name}
    found["all evidence, encoder by gradients"] = of_sources(by_gradients, lambda source: True)
    found["integrated gradients of the encoder"] = of_sources(by_gradients, lambda source: source.startswith("encoder"))
    return found


def of_sources(result: Result, wanted: Callable[[str], bool]) -> list[Evidence]:
    """Give the evidence for the unverified axis from some sources."""
    return [item for item in result.evidence if item.axis == "unverified" and wanted(item.source)]


def order_by(evidence: Iterable[Evidence], spans: Spans, chance: random.Random) -> list[int]:
    """Order words by what they contribute; each piece of evidence is shared evenly over its words."""
    shares = [0.0] * len(spans)
    for item in evidence:
        inside = [number for number, (start, end) in enumerate(spans) if start < item.end and item.start < end]
        for number in inside:
            shares[number] += item.contribution / len(inside)
    return sorted(range(len(spans)), key=lambda number: (-shares[number], chance.random()))


def of_same_length(numbers: Sequence[int], spans: Spans, chance: random.Random) -> list[int]:
    """Give as many random words, of the number of characters that comes nearest in some tries."""
    wanted = characters(numbers, spans)
    tries = (chance.sample(range(len(spans)), len(numbers)) for _ in range(TRIES))
    return min(tries, key=lambda picked: abs(characters(picked, spans) - wanted))


def characters(numbers: Iterable[int], spans: Spans) -> int:
    """Count the characters of some words."""
    return sum(spans[number][1] - spans[number][0] for number in numbers)


def without(post: str, spans: Spans, numbers: Iterable[int]) -> str:
    """Delete words from a post."""
    rest = list(post)
    for number in numbers:
        start, end = spans[number]
        rest[start:end] = [""] * (end - start)
    return "".join(rest)


def interval(differences: Doubles) -> dict[str, float]:
    """Give a mean over posts with a 95 % interval by resampling the posts."""
    generator = np.random.default_rng(SEED)
    picked = generator.integers(0, len(differences), (RESAMPLES, len(differences)))
    low, high = np.quantile(differences[picked].mean(axis=1), (0.025, 0.975))
    return {"mean": round(float(differences.mean()), 3), "low": round(float(low), 3), "high": round(float(high), 3)}


if __name__ == "__main__":
    main()
