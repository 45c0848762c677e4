"""Measure scoring on real posts: all that ``flagger bench`` measures, and ``flagger score`` from file to file.

Usage: python benchmarks/scoring.py [--posts ../shared/data/unlabelled/social.jsonl.gz] [--most 100000]

Writes benchmarks/results/scoring.json. Rates depend on the machine: read the ratios between the steps, which come from
one run.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from result_files import write_results

from flagger.benchmarking.threads import set_threads

PROJECT = Path(__file__).parents[1]
THREADS = 2
ROUNDS = 2
# The steps are measured on a part of the posts, the command on all.
STEP_POSTS = 1_500
MOST_POSTS = 100_000
# Linux counts the peak of a child in KiB.
_MEASURE = (
    "import resource,subprocess,sys;"
    "code=subprocess.run(sys.argv[1:]).returncode;"
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss);sys.exit(code)"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=Path, default=PROJECT / "../shared/data/unlabelled/social.jsonl.gz")
    parser.add_argument("--most", type=int, default=MOST_POSTS, help="spread evenly over the file")
    arguments = parser.parse_args()
    # Before numpy is loaded, which reads the number of threads once.
    set_threads(THREADS)
    from flagger import Flagger
    from flagger.benchmarking.benchmark import run_benchmark
    from flagger.benchmarking.workload import Workload

    workload = Workload.read(arguments.posts, limit=arguments.most)
    part = Workload.of(workload.posts[:: max(1, len(workload.posts) // STEP_POSTS)])
    results = run_benchmark(Flagger.from_pretrained(), part, model=None, threads=THREADS, rounds=ROUNDS)
    results["workload"] = workload.lengths()
    results["command"] = measure_command(list(workload.posts))
    write_results("scoring", results)
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


if __name__ == "__main__":
    main()
