"""Ask how well a second reader's grades rank the labels: about the most that a model can reach.

Usage: python benchmarks/ceiling.py [--labelled ../shared/data/posts_labelled.jsonl]

The reader graded every labelled post but the rescue calls by the annotation guide, without sight of the labels
(data/labels_graded.jsonl). Writes benchmarks/results/ceiling.json.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from result_files import write_results
from sklearn.metrics import average_precision_score, cohen_kappa_score, roc_auc_score

from flagger.training.dataset import read_labelled, text_key

PROJECT = Path(__file__).parents[1]
GRADES = PROJECT / "data" / "labels_graded.jsonl"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--labelled", type=Path, default=PROJECT / "../shared/data/posts_labelled.jsonl")
    arguments = parser.parse_args()
    rows = {row["key"]: row for row in map(json.loads, GRADES.read_text(encoding="utf-8").splitlines())}
    found = [(post, rows.get(text_key(post.text))) for post in read_labelled(arguments.labelled)]
    pairs = [(post, row) for post, row in found if row is not None and post.trains_unverified]
    levels = np.array([post.unverified for post, _ in pairs])
    grades = np.array([row["grades"] for _, row in pairs])
    second = np.array([row["unverified"] for _, row in pairs])
    results: dict[str, object] = {"posts": len(pairs)}
    for position, name in enumerate(("unverified", "rumour")):
        targets = levels > position
        results[name] = {
            "positives": int(targets.sum()),
            "roc_auc": round(float(roc_auc_score(targets, grades[:, position])), 4),
            "average_precision": round(float(average_precision_score(targets, grades[:, position])), 4),
            "kappa": round(float(cohen_kappa_score(targets, second > position)), 3),
        }
    write_results("ceiling", results, of_model=False)
    print(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
