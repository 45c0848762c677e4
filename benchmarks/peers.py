"""Compare flagger with what a user would write instead: underthesea and a transformers pipeline over PhoBERT-base.

Usage: python benchmarks/peers.py [--posts ../shared/data/unlabelled/social.jsonl.gz] [--count 200] [--threads 2]

The weights of PhoBERT do not matter for its speed, so a network of its exact shape (12 layers of 768, 64,001 pieces) is
made with random ones. All run on the same posts in one process with the same number of threads. Writes
benchmarks/results/peers.json.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from flagger.benchmarking.threads import set_threads

PROJECT = Path(__file__).parents[1]
RESULTS = PROJECT / "benchmarks" / "results" / "peers.json"
PHOBERT = {
    "vocab_size": 64_001,
    "hidden_size": 768,
    "num_hidden_layers": 12,
    "num_attention_heads": 12,
    "intermediate_size": 3072,
    "max_position_embeddings": 258,
    "type_vocab_size": 1,
    "pad_token_id": 1,
}
ROUNDS = 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=Path, default=PROJECT / "../shared/data/unlabelled/social.jsonl.gz")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    set_threads(arguments.threads)
    import torch

    from flagger import Flagger
    from flagger.benchmarking.workload import Workload

    torch.set_num_threads(arguments.threads)
    workload = Workload.read(arguments.posts, limit=arguments.count)
    posts = list(workload.posts)
    cascade, exact = Flagger.from_pretrained(), Flagger.from_pretrained(exact=True)
    ways: dict[str, Callable[[], object]] = {
        "underthesea and transformers": naive(posts),
        "flagger": lambda: list(cascade.score_many(posts, explain=False)),
        "flagger, exact": lambda: list(exact.score_many(posts, explain=False)),
    }
    rates = {}
    for name, score in ways.items():
        seconds = []
        for _ in range(ROUNDS):
            started = time.perf_counter()
            score()
            seconds.append(time.perf_counter() - started)
        rates[name] = round(len(posts) / min(seconds), 2)
        print(name, rates[name], file=sys.stderr)
    base = rates["underthesea and transformers"]
    results = {
        "workload": workload.lengths(),
        "threads": arguments.threads,
        "posts_per_second": rates,
        "times_the_naive_way": {name: round(rate / base, 1) for name, rate in rates.items()},
    }
    RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(results, indent=2))


def naive(posts: list[str]) -> Callable[[], object]:
    from transformers import PhobertTokenizer, RobertaConfig, RobertaForSequenceClassification, pipeline
    from underthesea import word_tokenize

    sys.path.insert(0, str(PROJECT / "tests"))
    from phobert_checkpoint import learn_merges

    merges, pieces = learn_merges((word for post in posts for word in post.split()), 300)
    with tempfile.TemporaryDirectory() as folder:
        vocabulary, codes = Path(folder, "vocab.txt"), Path(folder, "bpe.codes")
        vocabulary.write_text("".join(f"{piece} {count}\n" for piece, count in pieces.items()), encoding="utf-8")
        codes.write_text("".join(f"{first} {second} 1\n" for first, second in merges), encoding="utf-8")
        tokenizer = PhobertTokenizer(str(vocabulary), str(codes), model_max_length=256)
    model = RobertaForSequenceClassification(RobertaConfig(**PHOBERT)).eval()
    classify = pipeline("text-classification", model=model, tokenizer=tokenizer, device="cpu")

    def score() -> object:
        segmented = [word_tokenize(post, format="text") for post in posts]
        return classify(segmented, truncation=True, max_length=256, batch_size=8)

    return score


if __name__ == "__main__":
    main()
