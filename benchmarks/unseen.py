"""Judge the shipped model on written posts whose authors had seen neither the model nor the posts that train it.

Usage: python benchmarks/unseen.py [--posts data/unseen_posts.jsonl] [--model FOLDER]

Families of posts that differ in what decides the label: opinion of every kind beside rumours, rumours beside their
sourced, corrected and first-hand twins, harm in a place beside figures of speech, adverts and complaints there. No part
of the model is trained on them. Writes benchmarks/results/unseen.json.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from result_files import write_results

from flagger.evaluation.report import judge
from flagger.evaluation.shipped import score_labelled
from flagger.model_folder import read_model_folder
from flagger.scorer import default_model_folder
from flagger.training.dataset import read_labelled, text_key

PROJECT = Path(__file__).parents[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=Path, default=PROJECT / "data" / "unseen_posts.jsonl")
    parser.add_argument("--model", type=Path, default=default_model_folder())
    arguments = parser.parse_args()
    model = read_model_folder(arguments.model)
    posts = read_labelled(arguments.posts)
    if model.record is not None and model.record.look_up([text_key(post.text) for post in posts])[0].any():
        raise SystemExit("the model was trained on some of these posts")
    report = judge(score_labelled(model, posts), method="the model as it is, on written posts that it never saw")
    write_results("unseen", report.to_dict())
    print(report.render())


if __name__ == "__main__":
    main()
