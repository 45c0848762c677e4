"""Run the neutrality gate on a model: the same sentence about somebody else.

Usage: python benchmarks/neutrality.py [MODEL]

MODEL is a model folder; the shipped model when left out, and then benchmarks/results/neutrality.json is written. Prints
the table and every limit that is broken.
"""

from __future__ import annotations

import argparse

from result_files import write_results

from flagger import Flagger
from flagger.evaluation.neutrality import failures, measure_neutrality, neutrality_lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", nargs="?")
    arguments = parser.parse_args()
    figures = measure_neutrality(Flagger.from_pretrained(arguments.model))
    if arguments.model is None:
        write_results("neutrality", figures)
    print("\n".join([*neutrality_lines(figures), "", *failures(figures)]))


if __name__ == "__main__":
    main()
