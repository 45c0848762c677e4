"""Score very many posts with flat memory, then again with ten kills and resumptions, and compare the outputs.

Usage: python benchmarks/soak.py [--posts 1000000] [--texts ../shared/data/unlabelled/social.jsonl.gz] [--folder /tmp]

Writes benchmarks/results/soak.json. Posts are real ones repeated with seeded edits, in a temporary folder. The model is
the default one without its encoder (the cascade's first stage scores all posts), so that a million posts take minutes;
reading, resuming and writing are those of any model. The unbroken run and the killed one go side by side, one thread
each.
"""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import itertools
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
from result_files import write_results

from flagger import Flagger
from flagger.benchmarking.workload import Workload
from flagger.model_folder import write_model_folder
from flagger.version import __version__

PROJECT = Path(__file__).parents[1]
COMMAND = (sys.executable, "-c", "from flagger.cli.main import main; main()", "score")
KILLS = 10
SEED = 7
SECONDS_BETWEEN_SAMPLES = 0.5
TRIAL_POSTS = 5_000
# Most of the expected time of all posts that a run may have, once it scores, before it is killed: ten stay short of
# the end.
MOST_OF_A_RUN = 0.09
KEPT_SAMPLES = 50


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=1_000_000)
    parser.add_argument("--texts", type=Path, default=PROJECT / "../shared/data/unlabelled/social.jsonl.gz")
    parser.add_argument("--folder", type=Path, help="where a temporary folder may stand; needs about 2 kB a post")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as name:
        folder = Path(name)
        texts = Workload.read(arguments.texts, limit=arguments.posts).posts
        write_posts(folder / "posts.jsonl", texts, arguments.posts)
        write_model(folder / "model")
        expected = expected_seconds(folder, arguments.posts)
        with ThreadPoolExecutor(1) as beside:
            running = beside.submit(run_unbroken, folder)
            killed = run_killed(folder, expected)
            unbroken = running.result()
        results = {
            "flagger": __version__,
            "posts": arguments.posts,
            "model": "the default one without its encoder",
            "threads": 1,
            "side_by_side": True,
            "unbroken": unbroken,
            "killed": killed,
            "same_bytes": digest(folder / "unbroken.parquet") == digest(folder / "killed.parquet"),
        }
    write_results("soak", results)
    print(json.dumps(results, indent=2))
    if not results["same_bytes"]:
        sys.exit("the output of the killed run differs from the unbroken one's")


def write_posts(path: Path, texts: Sequence[str], count: int) -> None:
    """Repeat texts with edits: in each round, two words changed places and a number is put in."""
    generator = random.Random(SEED)
    with path.open("w", encoding="utf-8") as lines:
        for number in range(count):
            words = texts[number % len(texts)].split(" ")
            if number >= len(texts):
                first, second = generator.randrange(len(words)), generator.randrange(len(words))
                words[first], words[second] = words[second], words[first]
                words.insert(generator.randrange(len(words) + 1), str(generator.randrange(10_000)))
            lines.write(json.dumps({"id": number, "text": " ".join(words)}, ensure_ascii=False) + "\n")


def write_model(folder: Path) -> None:
    """Write the default model with the first stage of its cascade in place of the encoder."""
    model = Flagger.from_pretrained().model
    if model.cascade is not None:
        model = dataclasses.replace(model, encoder=None, record=None, fusion=model.cascade.fusion, cascade=None)
    write_model_folder(folder, model, version=__version__)


def expected_seconds(folder: Path, posts: int) -> float:
    """Score the first posts, to know about how long all of them take once they are being scored (s)."""
    with (folder / "posts.jsonl").open(encoding="utf-8") as posts_file:
        trial = list(itertools.islice(posts_file, TRIAL_POSTS))
    (folder / "trial.jsonl").write_text("".join(trial), encoding="utf-8")
    process = start(folder, "trial.parquet", "--resume", source="trial.jsonl")
    wait_for_growth(process, folder / "trial.parquet.resume", beyond=0)
    started = time.monotonic()
    if process.wait():
        sys.exit(f"scoring ended with {process.returncode}")
    return (time.monotonic() - started) * posts / len(trial)


def start(folder: Path, output: str, *options: str, source: str = "posts.jsonl") -> subprocess.Popen[bytes]:
    command = [*COMMAND, str(folder / source), "-o", str(folder / output), "--model", str(folder / "model")]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "FLAGGER_THREADS": "1"}
    return subprocess.Popen([*command, *options], env=environment, stderr=subprocess.DEVNULL)


def run_unbroken(folder: Path) -> dict[str, Any]:
    started = time.monotonic()
    process = start(folder, "unbroken.parquet")
    watched = psutil.Process(process.pid)
    samples = []
    while process.poll() is None:
        with_memory = watched.memory_info().rss / 2**20 if watched.is_running() else 0.0
        if with_memory:
            samples.append((time.monotonic() - started, with_memory))
        time.sleep(SECONDS_BETWEEN_SAMPLES)
    seconds = time.monotonic() - started
    if process.returncode:
        sys.exit(f"scoring ended with {process.returncode}")
    quarter = max(1, len(samples) // 4)
    return {
        "seconds": round(seconds, 1),
        # The whole command, from start to finished file.
        "posts_per_second": round(count_rows(folder / "unbroken.parquet") / seconds, 1),
        "peak_mebibytes": round(max(held for _, held in samples), 1),
        "median_mebibytes_by_quarter": [
            round(statistics.median(held for _, held in samples[part * quarter : (part + 1) * quarter]), 1)
            for part in range(min(4, len(samples)))
        ],
        "seconds_and_mebibytes": [
            [round(at), round(held, 1)] for at, held in samples[:: max(1, len(samples) // KEPT_SAMPLES)]
        ],
    }


def run_killed(folder: Path, expected: float) -> dict[str, Any]:
    """Kill the same run again and again with SIGKILL, and let it end the last time."""
    generator = random.Random(SEED)
    journal = folder / "killed.parquet.resume"
    journals: list[int] = []
    for _ in range(KILLS):
        process = start(folder, "killed.parquet", "--resume")
        wait_for_growth(process, journal, beyond=journals[-1] if journals else 0)
        time.sleep(generator.random() * MOST_OF_A_RUN * expected)
        if process.poll() is not None:
            sys.exit(f"a run ended before it was killed, with {process.returncode}; use more posts")
        process.kill()
        process.wait()
        journals.append(size(journal))
    process = start(folder, "killed.parquet", "--resume")
    if process.wait():
        sys.exit(f"the resumed run ended with {process.returncode}")
    grown = [round(held / 2**20, 2) for held in journals]
    return {"kills": KILLS, "journal_mebibytes_at_each_kill": grown, "rows": count_rows(folder / "killed.parquet")}


def wait_for_growth(process: subprocess.Popen[bytes], journal: Path, *, beyond: int) -> None:
    """Wait until a run has written to its journal: loading and replaying are over then."""
    while process.poll() is None and size(journal) <= beyond:
        time.sleep(0.01)


def size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def count_rows(path: Path) -> int:
    import pyarrow.parquet as pq

    return int(pq.read_metadata(path).num_rows)


def digest(path: Path) -> str:
    total = hashlib.sha256()
    with path.open("rb") as content:
        while block := content.read(1 << 20):
            total.update(block)
    return total.hexdigest()


if __name__ == "__main__":
    main()
