"""Measure what each kind of spelling noise costs rules and n-grams on labelled posts that they were not trained on.

Usage: python benchmarks/noise.py [FILE] [--authored FILE ...]

FILE holds labelled posts. The n-gram recipe, without an encoder, is trained on four fifths of them and on the posts
written for training; the last fifth is scored clean and with noise, from the raw text on. So these are figures of the
first stage of the default model only; `flagger evaluate --noise` judges a whole model. Writes
benchmarks/results/noise.json.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from flagger.evaluation.robustness import first_fold, measure_robustness, robustness_lines
from flagger.training.table import read_table

PROJECT = Path(__file__).parents[1]
RESULTS = PROJECT / "benchmarks" / "results" / "noise.json"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, nargs="?", default=PROJECT / "../shared/data/posts_labelled.jsonl")
    parser.add_argument("--authored", type=Path, nargs="*", default=sorted((PROJECT / "data").glob("authored_*.jsonl")))
    arguments = parser.parse_args()
    table, judged = read_table(arguments.file, arguments.authored)
    figures = measure_robustness(*first_fold(table, judged), progress=print)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    print("\n".join(robustness_lines(figures)))


if __name__ == "__main__":
    main()
