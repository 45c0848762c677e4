"""Train and judge on ReINTEL's own weak label, for comparison with the literature.

Usage: python benchmarks/reintel.py [FILE] [--base ENCODER --work FOLDER]

Rows without political keywords only. Splits: five folds that keep near-duplicates together, and by time: trained on the
earlier months, tested on the later ones. With --base the encoder is trained too, fold by fold, which takes an hour or
more without a GPU. Writes benchmarks/results/reintel.json. Published ROC-AUC on other splits, with metadata of authors
and engagement: 0.9378 to 0.9575.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from result_files import write_results

from flagger.evaluation.crossvalidation import cross_validate
from flagger.evaluation.metrics import ranking
from flagger.training.dataset import LabelledPost
from flagger.training.linear import OtherLogits, assemble, train
from flagger.training.table import HEADS, build_table

PROJECT = Path(__file__).parents[1]
LATER_SHARE = 0.25


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, nargs="?", default=PROJECT / "../shared/data/reintel_weak.jsonl")
    parser.add_argument("--base")
    parser.add_argument("--work", type=Path, default=Path("reintel.training"))
    arguments = parser.parse_args()
    rows = [json.loads(line) for line in arguments.file.read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if not row["political_keyword"]]
    posts = [
        LabelledPost(
            *(row["text"], str(row["near_duplicate_group"]), int(row["unreliable"])),
            *(frozenset(), frozenset(), False, False),
        )
        for row in rows
    ]
    table = build_table(posts, [1.0] * len(posts))
    other = None
    if arguments.base:
        from flagger.recipes.encoder_model import plan_for
        from flagger.training.encoder.crossfit import train_encoder

        plan = plan_for(arguments.base, auxiliary=(), epochs=2, learning_rate=None, pieces=1536, accumulate=1)
        fitted = train_encoder(plan, posts, (), arguments.work, say=print)
        other = OtherLogits(fitted.logits, tuple(f"encoder.{name}" for name in HEADS))
    fused, alone = cross_validate(table, len(posts), other=other, progress=print)
    labels = np.array([post.unverified > 0 for post in posts])
    figures = {
        "posts": len(posts),
        "grouped_folds": {"n-grams and rules": ranking(labels, alone.unverified)},
        "by_time": by_time(table, rows, labels),
    }
    if other is not None:
        figures["grouped_folds"]["with the encoder"] = ranking(labels, fused.unverified)
    write_results("reintel", figures, of_model=False)
    print(json.dumps(figures, indent=2))


def by_time(table, rows, labels):  # noqa: ANN001, ANN201 - a script
    months = np.array([str(row["month"]) for row in rows])
    known = np.flatnonzero((months != "None") & (months != ""))
    order = known[np.argsort(months[known], kind="stable")]
    border = months[order[int(len(order) * (1.0 - LATER_SHARE))]]
    earlier, later = known[months[known] < border], known[months[known] >= border]
    # A later copy of an earlier post would be no test of time.
    groups = {rows[row]["near_duplicate_group"] for row in earlier}
    later = np.array([row for row in later if rows[row]["near_duplicate_group"] not in groups])
    trained = train(table, earlier)
    logits = np.stack([trained.space.logits(head, later) for head in trained.heads], axis=1)
    scores = trained.fusion.combine(assemble(logits, table.rules[later], None, None)[0]).unverified
    return {"trained_before": border, "n-grams and rules": ranking(labels[later], scores)}


if __name__ == "__main__":
    main()
