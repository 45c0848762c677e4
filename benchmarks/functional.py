"""Run the functional suite on the shipped model and print its table.

Usage: python benchmarks/functional.py [--suite tests/functional]

Writes benchmarks/results/functional.json.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from result_files import write_results

from flagger import Flagger
from flagger.evaluation.functional import read_cases, run_suite, summarise, table_lines

PROJECT = Path(__file__).parents[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--suite", type=Path, default=PROJECT / "tests" / "functional")
    arguments = parser.parse_args()
    summary = summarise(run_suite(Flagger.from_pretrained(), read_cases(arguments.suite)))
    write_results("functional", summary)
    print("\n".join(table_lines(summary)))


if __name__ == "__main__":
    main()
