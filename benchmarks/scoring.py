"""Measure ``flagger score`` on real posts: rate, memory, and what each step of the library costs.

Usage: python benchmarks/scoring.py [--posts ../shared/data/unlabelled/social.jsonl.gz]

Writes benchmarks/results/scoring.json. Rates depend on the machine: read the ratios between the steps, which come from
one run, with one thread.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

PROJECT = Path(__file__).parents[1]
RESULTS = PROJECT / "benchmarks" / "results" / "scoring.json"
STEP_POSTS = 2_000
ROUNDS = 3
# Linux counts the peak of a child in KiB.
_MEASURE = (
    "import resource,subprocess,sys;"
    "code=subprocess.run(sys.argv[1:]).returncode;"
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss);sys.exit(code)"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=Path, default=PROJECT / "../shared/data/unlabelled/social.jsonl.gz")
    arguments = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = "1"
    with gzip.open(arguments.posts, "rt", encoding="utf-8") as lines:
        posts = [json.loads(line)["text"] for line in lines]
    results = {
        "machine": {"processor": platform.machine(), "python": platform.python_version()},
        "posts": len(posts),
        "median_characters": statistics.median(map(len, posts)),
        "command": measure_command(posts),
        "steps": measure_steps(posts[:STEP_POSTS]),
        "start": measure_start(),
    }
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(results, indent=2))


def measure_command(posts: list[str]) -> dict[str, float | int]:
    """Run the command line over all posts, and over a tenth, to see whether memory grows with the input."""
    figures: dict[str, float | int] = {}
    for name, part in (("tenth", posts[::10]), ("all", posts)):
        with tempfile.TemporaryDirectory() as folder:
            source, target = Path(folder, "posts.jsonl"), Path(folder, "scored.jsonl")
            source.write_text(
                "".join(json.dumps({"id": number, "text": post}) + "\n" for number, post in enumerate(part)),
                encoding="utf-8",
            )
            command = [sys.executable, "-c", "from flagger.cli.main import main; main()", "score"]
            started = time.perf_counter()
            run = subprocess.run(
                [sys.executable, "-c", _MEASURE, *command, str(source), "-o", str(target), "--id-column", "id"],
                check=True,
                stdout=subprocess.PIPE,
            )
            seconds = time.perf_counter() - started
            with target.open(encoding="utf-8") as lines:
                kept = [json.loads(line)["id"] for line in lines]
        if list(map(int, kept)) != list(range(len(part))):
            raise SystemExit("rows were lost or moved")
        figures[f"posts_per_second_{name}"] = round(len(part) / seconds, 1)
        figures[f"peak_mebibytes_{name}"] = round(int(run.stdout.split()[-1]) / 1024, 1)
    return figures


def measure_steps(posts: list[str]) -> dict[str, float]:
    """Microseconds a post of each step, the best of some rounds, one thread."""
    import numpy as np

    from flagger import Flagger
    from flagger.fusion.features import rule_features
    from flagger.text import prepare

    pipeline = Flagger.from_pretrained().pipeline
    prepared = [prepare(post) for post in posts]
    hits = [pipeline.matcher.find(post) for post in prepared]
    places = [pipeline.finder.find(post) for post in prepared]
    rules = [rule_features(*row) for row in zip(prepared, hits, places, strict=True)]
    batches = range(0, len(posts), 64)
    matrix = np.concatenate([np.zeros((len(posts), len(pipeline.linear.outputs))), np.stack(rules)], axis=1)
    steps: dict[str, Callable[[], object]] = {
        "prepare": lambda: [prepare(post) for post in posts],
        "lexicon": lambda: [pipeline.matcher.find(post) for post in prepared],
        "places": lambda: [pipeline.finder.find(post) for post in prepared],
        "features": lambda: [rule_features(*row) for row in zip(prepared, hits, places, strict=True)],
        "linear": lambda: [pipeline.linear.logits(prepared[begin : begin + 64]) for begin in batches],
        "fusion": lambda: [pipeline.fusion.combine(matrix[begin : begin + 64]) for begin in batches],
        "whole": lambda: [pipeline.score(posts[begin : begin + 64], explain=False) for begin in batches],
        "whole_with_wording": lambda: [pipeline.score(posts[begin : begin + 64], explain=True) for begin in batches],
    }
    return {name: round(best(step) / len(posts) * 1e6, 1) for name, step in steps.items()}


def best(step: Callable[[], object]) -> float:
    """Seconds of the fastest of some rounds, after one to warm up."""
    step()
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        step()
        times.append(time.perf_counter() - started)
    return min(times)


def measure_start() -> dict[str, float]:
    """Seconds of a fresh process until it has imported flagger, and until it has scored one post."""
    figures = {}
    for name, code in (
        ("import", "import flagger"),
        ("first_score", "import flagger; flagger.Flagger.from_pretrained()('Nghe nói sắp có bão')"),
    ):
        seconds = []
        for _ in range(ROUNDS):
            started = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], check=True)
            seconds.append(time.perf_counter() - started)
        figures[f"seconds_to_{name}"] = round(min(seconds), 3)
    return figures


if __name__ == "__main__":
    main()
