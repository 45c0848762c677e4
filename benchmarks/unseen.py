"""Judge the shipped model on written posts whose authors had seen neither the model nor the posts that train it.

Usage: python benchmarks/unseen.py [--posts data/unseen_posts.jsonl] [--model FOLDER]

Families of posts that differ in what decides the label: opinion of every kind beside rumours, rumours beside their
sourced, corrected and first-hand twins, harm in a place beside figures of speech, adverts and complaints there. No part
of the model is trained on them. Writes benchmarks/results/unseen.json.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from never_seen import judge_never_seen

from flagger.scorer import default_model_folder
from flagger.training.dataset import read_labelled

PROJECT = Path(__file__).parents[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=Path, default=PROJECT / "data" / "unseen_posts.jsonl")
    parser.add_argument("--model", type=Path, default=default_model_folder())
    arguments = parser.parse_args()
    posts = read_labelled(arguments.posts)
    method = "the model as it is, on written posts that it never saw"
    judge_never_seen("unseen", arguments.model, posts, method=method)


if __name__ == "__main__":
    main()
