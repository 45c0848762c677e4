"""Judge the shipped model on posts that no part of it was trained on: the held-out part of our labels by hash.

Usage: python benchmarks/heldout.py [--labels data/labels_heldout.jsonl] [--posts POOL.jsonl.gz] [--model FOLDER]

These posts were chosen because an earlier model was unsure of them or because their cues and topics are rare, so the
figures lie below those on ordinary posts. Writes benchmarks/results/heldout.json.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from never_seen import judge_never_seen

from flagger.scorer import default_model_folder
from flagger.training.dataset import read_labels

PROJECT = Path(__file__).parents[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--labels", type=Path, default=PROJECT / "data" / "labels_heldout.jsonl")
    parser.add_argument("--posts", type=Path, default=PROJECT / "../shared/data/unlabelled/social.jsonl.gz")
    parser.add_argument("--model", type=Path, default=default_model_folder())
    arguments = parser.parse_args()
    posts = read_labels(arguments.labels, [arguments.posts])
    method = "the model as it is, on posts that it never saw"
    judge_never_seen("heldout", arguments.model, posts, method=method)


if __name__ == "__main__":
    main()
