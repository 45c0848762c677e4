"""Measure what each kind of spelling noise costs the shipped model, on posts that no part of it was trained on.

Usage: python benchmarks/noise.py [--labels data/labels_heldout.jsonl] [--posts FILE]

`flagger evaluate FILE --noise` does the same on any file of labelled posts. Writes benchmarks/results/noise.json.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from result_files import write_results

from flagger.evaluation.robustness import noise_report, robustness_lines
from flagger.model_folder import read_model_folder
from flagger.scorer import default_model_folder
from flagger.training.dataset import read_labels, text_key

PROJECT = Path(__file__).parents[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--labels", type=Path, default=PROJECT / "data" / "labels_heldout.jsonl")
    parser.add_argument("--posts", type=Path, default=PROJECT / "../shared/data/unlabelled/social.jsonl.gz")
    arguments = parser.parse_args()
    posts = read_labels(arguments.labels, [arguments.posts])
    model = read_model_folder(default_model_folder())
    if model.record is not None and model.record.look_up([text_key(post.text) for post in posts])[0].any():
        raise SystemExit("the model was trained on some of these posts")
    figures = noise_report(model, posts, limit=len(posts), progress=print)
    write_results("noise", figures)
    print("\n".join(robustness_lines(figures)))


if __name__ == "__main__":
    main()
